"""docker.Provider: previews touch nothing, an engine that is away is named, hosts over SSH wait."""

from __future__ import annotations

import shutil

import docker
import pulumi
import pulumi_docker
import pytest
from conformance.containers import declare
from conformance.harness import Failed, Stack

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(120)]
CLOSED = "ssh://nobody@127.0.0.1:1"


def everything(host: str, stack: Stack, image: str, subnet: tuple[str, str, str]) -> None:
    provider = pulumi_docker.Provider("docker", host=host)
    own = pulumi.ResourceOptions(provider=provider)
    found = pulumi_docker.RemoteImage("image", name=image, keep_locally=True, opts=own)
    network = pulumi_docker.Network(
        "net",
        name=stack.name("net"),
        ipam_configs=[{"subnet": subnet[0], "gateway": subnet[1]}],
        opts=own,
    )
    volume = pulumi_docker.Volume("vol", name=stack.name("vol"), opts=own)
    box = pulumi_docker.Container(
        "box",
        name=stack.name("box"),
        image=found.image_id,
        command=["sleep", "1000"],
        networks_advanced=[{"name": network.name, "ipv4_address": subnet[2]}],
        volumes=[{"volume_name": volume.name, "container_path": "/data"}],
        opts=own,
    )
    pulumi.export("box", box.id)
    pulumi.export("addresses", box.network_datas.apply(lambda datas: datas[0].ip_address))


def inventory(engine: docker.APIClient, stack: Stack) -> list[str]:
    """All on the engine that carries this run's tag."""
    names = [
        *(name for found in engine.containers(all=True) for name in found["Names"]),
        *(found["Name"] for found in engine.networks()),
        *(found["Name"] for found in engine.volumes()["Volumes"] or ()),
    ]
    return [name for name in names if stack.tag in name]


def test_a_preview_touches_nothing_and_an_update_makes_everything_in_order(
    engine: docker.APIClient, stack: Stack, host: str, image: str, subnet: tuple[str, str, str]
) -> None:
    def program() -> None:
        everything(host, stack, image, subnet)

    first = stack.preview(program)
    assert first.of("box") == ["create"]
    assert inventory(engine, stack) == []
    assert stack.stored("box") is None

    made = stack.up(program)
    names = [step.name for step in made.steps if step.operation == "create"]
    assert names.index("net") < names.index("box") > names.index("vol")
    assert len(inventory(engine, stack)) == 3
    assert made.outputs["addresses"] == subnet[2]

    assert stack.preview(program, "--expect-no-changes").changed() == []
    assert stack.up(program, "--refresh", "--expect-no-changes").changed() == []

    gone = stack.destroy()
    names = [step.name for step in gone.steps if step.operation == "delete"]
    assert names.index("net") > names.index("box") < names.index("vol")
    assert inventory(engine, stack) == []
    assert engine.inspect_image(image)


def test_an_engine_that_is_away_fails_the_preview_and_is_named(stack: Stack, image: str) -> None:
    with pytest.raises(Failed, match="failed to connect to any docker daemon"):
        stack.preview(lambda: declare("unix:///no/such/docker.sock", image=image))


@pytest.mark.skipif(shutil.which("ssh") is None, reason="there is no ssh")
def test_a_host_over_ssh_is_not_dialled_before_the_update(stack: Stack, image: str) -> None:
    assert stack.preview(lambda: declare(CLOSED, image=image)).of("box") == ["create"]
    with pytest.raises(Failed, match=r"(?s)Error pinging Docker server.*stderr="):
        stack.up(lambda: declare(CLOSED, image=image))
    assert stack.stored("box") is None
