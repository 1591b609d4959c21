"""docker.Network: create, read, refresh, replace, delete, drift, bad input."""

from __future__ import annotations

import re
import threading

import docker
import pulumi
import pulumi_docker
import pytest
from conformance.harness import Failed, Stack

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(120)]
Subnet = tuple[str, str, str]


def declare(host: str, **arguments: object) -> None:
    provider = pulumi_docker.Provider("docker", host=host)
    network = pulumi_docker.Network(
        "net", **arguments, opts=pulumi.ResourceOptions(provider=provider)
    )
    pulumi.export("name", network.name)
    pulumi.export("driver", network.driver)
    pulumi.export("internal", network.internal)


def block(subnet: Subnet) -> list[pulumi_docker.NetworkIpamConfigArgs]:
    return [pulumi_docker.NetworkIpamConfigArgs(subnet=subnet[0], gateway=subnet[1])]


def exists(engine: docker.APIClient, name: str) -> bool:
    return any(found["Name"] == name for found in engine.networks())


def test_a_named_network_lives_from_create_to_destroy(
    engine: docker.APIClient, stack: Stack, host: str, subnet: Subnet
) -> None:
    name = stack.name("net")

    def program(internal: bool = False) -> None:
        declare(
            host,
            name=name,
            internal=internal,
            ipam_configs=block(subnet),
            labels=[{"label": "kind", "value": "test"}, {"label": "a.b", "value": "c"}],
            options={"com.docker.network.bridge.enable_icc": "false"},
        )

    made = stack.up(program)
    found = engine.inspect_network(name)
    assert made.of("net") == ["create"]
    assert made.outputs == {"name": name, "driver": "bridge", "internal": False}
    assert found["Labels"] == {"kind": "test", "a.b": "c"}
    assert found["IPAM"]["Config"] == [{"Subnet": subnet[0], "Gateway": subnet[1]}]
    assert found["Options"]["com.docker.network.bridge.enable_icc"] == "false"

    assert stack.up(program).changed() == []
    assert stack.up(program, "--refresh").changed() == []

    replaced = stack.up(lambda: program(internal=True))
    assert replaced.of("net") == ["delete-replaced", "replace", "create-replacement"]
    assert "internal" in replaced.diffs("net")
    assert engine.inspect_network(name)["Internal"] is True

    assert stack.destroy().of("net") == ["delete"]
    assert not exists(engine, name)


def test_a_network_without_a_name_gets_one_and_is_made_anew_before_the_old_one_goes(
    engine: docker.APIClient, stack: Stack, host: str, subnet: Subnet
) -> None:
    first = stack.up(lambda: declare(host, ipam_configs=block(subnet))).outputs["name"]
    assert re.fullmatch("net-[0-9a-f]{7}", first)
    assert stack.up(lambda: declare(host, ipam_configs=block(subnet))).outputs["name"] == first

    replaced = stack.up(lambda: declare(host, labels=[{"label": "a", "value": "b"}]))
    assert replaced.of("net") == ["create-replacement", "replace", "delete-replaced"]
    assert replaced.outputs["name"] != first
    assert not exists(engine, first)


def test_a_network_removed_behind_pulumis_back_is_found_missing_and_made_again(
    engine: docker.APIClient, stack: Stack, host: str, subnet: Subnet
) -> None:
    def program() -> None:
        declare(host, name=stack.name("net"), ipam_configs=block(subnet))

    stack.up(program)
    engine.remove_network(stack.name("net"))
    assert stack.up(program).changed() == []

    stack.refresh()
    assert stack.stored("net") is None
    assert stack.up(program).of("net") == ["create"]
    assert exists(engine, stack.name("net"))


def test_a_network_that_is_gone_can_be_destroyed(
    engine: docker.APIClient, stack: Stack, host: str, subnet: Subnet
) -> None:
    stack.up(lambda: declare(host, name=stack.name("net"), ipam_configs=block(subnet)))
    engine.remove_network(stack.name("net"))
    assert stack.destroy().of("net") == ["delete"]
    assert stack.stored("net") is None


def test_a_network_in_use_is_removed_once_it_is_free(
    engine: docker.APIClient, stack: Stack, host: str, subnet: Subnet, image: str
) -> None:
    stack.up(lambda: declare(host, name=stack.name("net"), ipam_configs=block(subnet)))
    guest = engine.create_container(image, ["sleep", "100"], name=stack.name("guest"))["Id"]
    try:
        engine.connect_container_to_network(guest, stack.name("net"))
        engine.start(guest)
        leave = threading.Timer(3, lambda: engine.remove_container(guest, force=True))
        leave.start()
        stack.destroy()
        leave.join()
    finally:
        if any(found["Id"] == guest for found in engine.containers(all=True)):
            engine.remove_container(guest, force=True)
    assert not exists(engine, stack.name("net"))


def test_an_address_range_that_is_taken_fails_in_the_engines_own_words(
    engine: docker.APIClient, stack: Stack, host: str, subnet: Subnet
) -> None:
    pool = docker.types.IPAMConfig(pool_configs=[docker.types.IPAMPool(subnet=subnet[0])])
    taken = engine.create_network(stack.name("taken"), ipam=pool)["Id"]
    try:
        with pytest.raises(Failed, match="Pool overlaps with other one on this address space"):
            stack.up(lambda: declare(host, name=stack.name("net"), ipam_configs=block(subnet)))
    finally:
        engine.remove_network(taken)
    assert stack.stored("net") is None
