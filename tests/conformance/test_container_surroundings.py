"""What surrounds a docker.Container: its networks, ports, volumes and secrets."""

from __future__ import annotations

import docker
import pulumi
import pytest
from conformance.containers import declare
from conformance.harness import Stack

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(120)]


def test_a_container_is_on_its_own_networks_only_with_its_aliases_and_address(
    engine: docker.APIClient, stack: Stack, host: str, image: str, subnet: tuple[str, str, str]
) -> None:
    name, network = stack.name("box"), stack.name("net")
    pool = docker.types.IPAMPool(subnet=subnet[0], gateway=subnet[1])
    engine.create_network(network, ipam=docker.types.IPAMConfig(pool_configs=[pool]))

    def program() -> None:
        declare(
            host,
            name=name,
            image=image,
            networks_advanced=[
                {"name": network, "aliases": ["www", "web"], "ipv4_address": subnet[2]}
            ],
        )

    try:
        stack.up(program)
        attached = engine.inspect_container(name)["NetworkSettings"]["Networks"]
        assert list(attached) == [network]
        assert {"www", "web"} <= set(attached[network]["Aliases"])
        assert attached[network]["IPAddress"] == subnet[2]
        assert stack.outputs("box")["networkDatas"][0]["ipAddress"] == subnet[2]
        assert stack.up(program).changed() == []
        assert stack.up(program, "--refresh").changed() == []
        stack.destroy()
    finally:
        engine.remove_network(network)


def test_published_ports_are_read_back_as_they_are(
    engine: docker.APIClient, stack: Stack, host: str, image: str
) -> None:
    name = stack.name("box")

    def program() -> None:
        declare(host, name=name, image=image, ports=[{"internal": 8080, "ip": "127.0.0.1"}])

    stack.up(program)
    bound = engine.inspect_container(name)["NetworkSettings"]["Ports"]["8080/tcp"][0]
    (port,) = stack.outputs("box")["ports"]
    assert (port["internal"], port["external"]) == (8080, int(bound["HostPort"]))
    assert (port["ip"], port["protocol"]) == ("127.0.0.1", "tcp")
    assert stack.up(program, "--refresh").changed() == []


def test_a_volume_is_mounted_read_only_or_read_write_as_it_says(
    engine: docker.APIClient, stack: Stack, host: str, image: str
) -> None:
    name, volume = stack.name("box"), stack.name("vol")
    engine.create_volume(volume)

    def program() -> None:
        declare(
            host,
            name=name,
            image=image,
            volumes=[{"volume_name": volume, "container_path": "/ro", "read_only": True}],
            mounts=[{"type": "volume", "source": volume, "target": "/rw"}],
        )

    try:
        stack.up(program)
        mounted = {
            one["Destination"]: one["RW"] for one in engine.inspect_container(name)["Mounts"]
        }
        assert mounted == {"/ro": False, "/rw": True}
        assert stack.up(program, "--refresh").changed() == []
        stack.destroy()
    finally:
        engine.remove_volume(volume)


def test_a_secret_in_the_environment_reaches_the_container_and_not_the_state(
    engine: docker.APIClient, stack: Stack, host: str, image: str
) -> None:
    name, word = stack.name("box"), f"hunter-{stack.tag}"

    def program() -> None:
        declare(host, name=name, image=image, envs=[pulumi.Output.secret(f"PASSWORD={word}")])

    made = stack.up(program)
    again = stack.up(program, "--refresh")
    assert f"PASSWORD={word}" in engine.inspect_container(name)["Config"]["Env"]
    assert word not in stack.stored_text()
    assert word not in made.text + again.text
    assert again.changed() == []
