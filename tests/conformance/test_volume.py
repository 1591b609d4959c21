"""docker.Volume: create, adopt, read, refresh, replace, delete, drift, bad input."""

from __future__ import annotations

import re
import threading

import docker
import pulumi
import pulumi_docker
import pytest
from conformance.harness import Failed, Stack

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(120)]


def declare(host: str, **arguments: object) -> None:
    provider = pulumi_docker.Provider("docker", host=host)
    volume = pulumi_docker.Volume(
        "vol", **arguments, opts=pulumi.ResourceOptions(provider=provider)
    )
    pulumi.export("name", volume.name)
    pulumi.export("driver", volume.driver)
    pulumi.export("mountpoint", volume.mountpoint)


def exists(engine: docker.APIClient, name: str) -> bool:
    return any(found["Name"] == name for found in engine.volumes()["Volumes"] or ())


def test_a_volume_without_a_name_lives_from_create_to_destroy(
    engine: docker.APIClient, stack: Stack, host: str
) -> None:
    options = {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}
    made = stack.up(lambda: declare(host, driver_opts=options))
    name = made.outputs["name"]
    found = engine.inspect_volume(name)
    assert re.fullmatch("vol-[0-9a-f]{7}", name)
    assert found["Options"] == options
    assert made.outputs["driver"] == "local"
    assert made.outputs["mountpoint"] == found["Mountpoint"]

    assert stack.up(lambda: declare(host, driver_opts=options)).changed() == []
    assert stack.up(lambda: declare(host, driver_opts=options), "--refresh").changed() == []

    replaced = stack.up(lambda: declare(host, labels=[{"label": "a", "value": "b"}]))
    assert replaced.of("vol") == ["create-replacement", "replace", "delete-replaced"]
    assert replaced.outputs["name"] != name
    assert not exists(engine, name)

    assert stack.destroy().of("vol") == ["delete"]
    assert not exists(engine, replaced.outputs["name"])


def test_a_named_volume_that_exists_is_adopted_and_goes_before_its_replacement_comes(
    engine: docker.APIClient, stack: Stack, host: str
) -> None:
    name = stack.name("vol")
    engine.create_volume(name, labels={"owner": "someone"})
    assert stack.up(lambda: declare(host, name=name)).of("vol") == ["create"]
    assert engine.inspect_volume(name)["Labels"] == {"owner": "someone"}

    # The adopted volume's own labels are what was read: the next update wants them gone.
    replaced = stack.up(lambda: declare(host, name=name))
    assert replaced.of("vol") == ["delete-replaced", "replace", "create-replacement"]
    assert "labels" in replaced.diffs("vol")
    assert not engine.inspect_volume(name)["Labels"]


def test_a_volume_removed_behind_pulumis_back_is_found_missing_and_made_again(
    engine: docker.APIClient, stack: Stack, host: str
) -> None:
    name = stack.name("vol")
    stack.up(lambda: declare(host, name=name))
    engine.remove_volume(name)
    stack.refresh()
    assert stack.stored("vol") is None
    assert stack.up(lambda: declare(host, name=name)).of("vol") == ["create"]

    engine.remove_volume(name)
    assert stack.destroy().of("vol") == ["delete"]
    assert stack.stored("vol") is None


def test_a_volume_in_use_is_removed_once_it_is_free(
    engine: docker.APIClient, stack: Stack, host: str, image: str
) -> None:
    name = stack.name("vol")
    stack.up(lambda: declare(host, name=name))
    settings = engine.create_host_config(binds=[f"{name}:/data"])
    guest = engine.create_container(
        image, ["sleep", "100"], name=stack.name("guest"), host_config=settings
    )["Id"]
    leave = threading.Timer(3, lambda: engine.remove_container(guest, force=True))
    leave.start()
    stack.destroy()
    leave.join()
    assert not exists(engine, name)


def test_an_option_that_the_driver_does_not_know_fails_in_the_engines_own_words(
    stack: Stack, host: str
) -> None:
    with pytest.raises(Failed, match=r"Unable to create volume: .*nonsense"):
        stack.up(lambda: declare(host, name=stack.name("vol"), driver_opts={"nonsense": "x"}))
    assert stack.stored("vol") is None
