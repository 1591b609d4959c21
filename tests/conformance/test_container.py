"""docker.Container that runs on: create, read, refresh, update, replace, delete, drift."""

from __future__ import annotations

import re
import secrets
from typing import Any

import docker
import pytest
from conformance.containers import SLEEP, declare, exists, running
from conformance.harness import Stack

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(120)]


def rich(image: str, name: str, **changes: Any) -> dict[str, Any]:
    """A container with most of what a lab sets, in the forms that are read back as written."""
    return {
        "name": name,
        "image": image,
        "hostname": "boxhost",
        "user": "1000:1000",
        "working_dir": "/tmp",
        "envs": ["A=1", "B=2"],
        "labels": [{"label": "kind", "value": "test"}],
        "read_only": True,
        "tmpfs": {"/scratch": "rw,noexec,nosuid,size=1048576"},
        "capabilities": {"drops": ["ALL"], "adds": ["CAP_NET_BIND_SERVICE", "CAP_CHOWN"]},
        "security_opts": ["no-new-privileges:true"],
        "memory": 64,
        "memory_swap": 64,
        "cpus": "0.5",
        "shm_size": 8,
        "ipc_mode": "private",
        "restart": "unless-stopped",
        "init": True,
        "healthcheck": {
            "tests": ["CMD", "true"],
            "interval": "30s",
            "timeout": "5s",
            "start_period": "1m0s",
            "retries": 3,
        },
        "volumes": [{"container_path": "/anonymous"}],
        "destroy_grace_seconds": 1,
        **changes,
    }


def test_a_container_with_all_a_lab_sets_lives_from_create_to_destroy(
    engine: docker.APIClient, stack: Stack, host: str, image: str
) -> None:
    name = stack.name("box")

    def program(**changes: Any) -> None:
        declare(host, **rich(image, name, **changes))

    assert stack.up(program).of("box") == ["create"]
    found = engine.inspect_container(name)
    config, settings = found["Config"], found["HostConfig"]
    assert found["State"]["Running"]
    assert (config["Hostname"], config["User"], config["WorkingDir"]) == (
        "boxhost",
        "1000:1000",
        "/tmp",
    )
    assert {"A=1", "B=2"} <= set(config["Env"])
    assert settings["CapAdd"] == ["CAP_CHOWN", "CAP_NET_BIND_SERVICE"]
    assert settings["CapDrop"] == ["ALL"]
    assert settings["SecurityOpt"] == ["no-new-privileges:true"]
    assert (settings["Memory"], settings["MemorySwap"]) == (64 << 20, 64 << 20)
    assert (settings["NanoCpus"], settings["ShmSize"]) == (500_000_000, 8 << 20)
    assert settings["RestartPolicy"]["Name"] == "unless-stopped"
    assert settings["ReadonlyRootfs"] is True
    assert settings["Init"] is True
    assert config["Healthcheck"]["StartPeriod"] == 60 * 10**9

    assert stack.up(program).changed() == []
    assert stack.up(program, "--refresh").changed() == []

    updated = stack.up(lambda: program(memory=32, memory_swap=48, restart="no"))
    changed = engine.inspect_container(name)
    assert updated.of("box") == ["update"]
    assert updated.diffs("box") == {"memory", "memorySwap", "restart"}
    assert changed["Id"] == found["Id"]
    assert changed["HostConfig"]["Memory"] == 32 << 20
    assert changed["HostConfig"]["MemorySwap"] == 48 << 20
    assert changed["HostConfig"]["RestartPolicy"]["Name"] == "no"

    replaced = stack.up(lambda: program(envs=["A=1", "B=3"]))
    assert replaced.of("box") == ["delete-replaced", "replace", "create-replacement"]
    assert replaced.diffs("box") >= {"envs"}
    assert engine.inspect_container(name)["Id"] != found["Id"]

    assert stack.destroy().of("box") == ["delete"]
    assert not exists(engine, name)


def test_a_container_without_a_name_gets_one_and_still_goes_before_its_replacement(
    engine: docker.APIClient, stack: Stack, host: str, image: str
) -> None:
    made = stack.up(lambda: declare(host, image=image))
    assert re.fullmatch("box-[0-9a-f]{7}", made.outputs["name"])
    replaced = stack.up(lambda: declare(host, image=image, hostname="other"))
    assert replaced.of("box") == ["delete-replaced", "replace", "create-replacement"]
    assert not exists(engine, made.outputs["name"])


def test_the_order_of_sets_and_of_ports_makes_no_difference(
    stack: Stack, host: str, image: str
) -> None:
    envs, drops = ["A=1", "B=2", "C=3"], ["CAP_CHOWN", "CAP_KILL"]
    first = 20000 + secrets.randbelow(20000)
    ports = [
        {"internal": 80, "external": first, "ip": "127.0.0.1"},
        {"internal": 90, "external": first + 1, "ip": "127.0.0.1"},
    ]

    def program(step: int) -> None:
        declare(
            host,
            image=image,
            envs=envs[::step],
            capabilities={"drops": drops[::step]},
            ports=ports[::step],
        )

    stack.up(lambda: program(1))
    assert stack.up(lambda: program(-1)).changed() == []
    assert stack.up(lambda: program(-1), "--refresh").changed() == []


def test_a_stopped_container_that_must_run_is_started_again_after_a_refresh(
    engine: docker.APIClient, stack: Stack, host: str, image: str
) -> None:
    name = stack.name("box")

    def program() -> None:
        declare(host, name=name, image=image)

    stack.up(program)
    identity = engine.inspect_container(name)["Id"]
    engine.stop(name, timeout=0)
    assert stack.up(program).changed() == []

    started = stack.up(program, "--refresh")
    assert "update" in started.of("box")
    assert started.diffs("box") >= {"mustRun"}
    assert running(engine, name)
    assert engine.inspect_container(name)["Id"] == identity


def test_a_container_removed_behind_pulumis_back_is_found_missing_and_made_again(
    engine: docker.APIClient, stack: Stack, host: str, image: str
) -> None:
    name = stack.name("box")

    def program() -> None:
        declare(host, name=name, image=image)

    stack.up(program)
    engine.remove_container(name, force=True)
    stack.refresh()
    assert stack.stored("box") is None
    assert stack.up(program).of("box") == ["create"]

    engine.remove_container(name, force=True)
    assert stack.destroy().of("box") == ["delete"]
    assert stack.stored("box") is None


def test_a_container_reconfigured_behind_pulumis_back_is_set_right(
    engine: docker.APIClient, stack: Stack, host: str, image: str
) -> None:
    name = stack.name("box")

    def program() -> None:
        declare(host, name=name, image=image, memory=64, memory_swap=64)

    stack.up(program)
    engine.update_container(name, mem_limit="96m", memswap_limit="96m")
    assert stack.up(program).changed() == []
    assert stack.up(program, "--refresh").diffs("box") >= {"memory", "memorySwap"}
    assert engine.inspect_container(name)["HostConfig"]["Memory"] == 64 << 20
    assert stack.up(program, "--refresh").changed() == []


def test_a_container_that_was_never_started_is_left_alone(
    engine: docker.APIClient, stack: Stack, host: str, image: str
) -> None:
    name = stack.name("box")

    def program() -> None:
        declare(host, name=name, image=image, command=SLEEP, start=False, must_run=False)

    stack.up(program)
    assert not running(engine, name)
    assert stack.up(program, "--refresh").changed() == []
    assert not running(engine, name)
