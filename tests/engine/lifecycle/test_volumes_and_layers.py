"""`python -m lifecycle` on real engines: sound volumes pass, broken ones fail the check for it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from engine.lifecycle import broken
from engine.lifecycle.things import MIB, Bench, by_id, folder

import lifecycle.__main__ as program
from lifecycle.engine import Engine
from lifecycle.judge import LAYER, OUTLIVES, rows
from lifecycle.observed import Observed

pytestmark = [pytest.mark.engine, pytest.mark.timeout(120)]


def tried(monkeypatch: pytest.MonkeyPatch, bench: Bench, kind: type[Engine]) -> Any:
    """The rows' statuses with an engine that is broken in one point."""
    monkeypatch.setattr(program, "Engine", kind)
    seen: Observed = program.prove(bench.asked(), bench.host)
    return {check: row["status"] for check, row in by_id(rows(seen)).items()}


def test_sound_volumes_pass_both_with_their_sizes(bench: Bench) -> None:
    found = bench.run()
    assert {row["status"] for row in found.values()} == {"pass"}
    layer = found[LAYER]["evidence"]
    assert layer["written_to_volume"] == 8 * MIB
    assert (layer["layer_grew"], layer["layer_before"]) == (0, layer["layer_after"])
    assert found[LAYER]["control"]["layer_grew"] >= MIB
    outlived = found[OUTLIVES]["evidence"]
    assert outlived["sha256_read"] == outlived["sha256_written"]
    assert outlived["bytes_read"] == 8 * MIB
    assert outlived["writer_gone"] is True
    assert outlived["writer"] != outlived["reader"]
    assert found[OUTLIVES]["control"]["layer_file_in_reader"] is False


def test_its_containers_are_confined(one: Bench) -> None:
    engine = program.connect(one.asked(), one.host)
    name = f"docklab-{one.stack}-scratch-x"
    engine.create_volume(f"{name}-volume")
    container = engine.create(f"{name}-writer", "wait", f"{name}-volume")
    found = one.api.inspect_container(container)["HostConfig"]
    one.clean()
    assert (found["NetworkMode"], found["IpcMode"]) == ("none", "private")
    assert found["CapDrop"] == ["ALL"]
    assert found["SecurityOpt"] == ["no-new-privileges:true"]
    assert found["Memory"] == found["MemorySwap"] == 64 * MIB
    assert (found["Privileged"], found["Binds"]) == (False, None)


MUTANTS: Mapping[type[Engine], tuple[str, str]] = {
    broken.NoVolume: ("fail", "fail"),
    broken.Tmpfs: ("fail", "pass"),
    broken.Anonymous: ("fail", "pass"),
    broken.OfMemory: ("fail", "pass"),
    broken.RemovedBetween: ("fail", "pass"),
    broken.Tampered: ("fail", "pass"),
    broken.NotRemoved: ("error", "pass"),
    broken.SizesUnknown: ("pass", "error"),
    broken.SizesConstant: ("pass", "error"),
}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda kind: kind.__name__)
def test_a_broken_volume_is_told_by_the_check_that_is_for_it(
    monkeypatch: pytest.MonkeyPatch, one: Bench, mutant: type[Engine]
) -> None:
    found = tried(monkeypatch, one, mutant)
    assert (found[OUTLIVES], found[LAYER]) == MUTANTS[mutant]


def test_no_broken_engine_is_the_sound_one(monkeypatch: pytest.MonkeyPatch, one: Bench) -> None:
    assert tried(monkeypatch, one, Engine) == {OUTLIVES: "pass", LAYER: "pass"}


def test_an_image_that_is_not_there_is_an_error_with_the_way_out(one: Bench) -> None:
    found = one.run(image="docklab-none:1")
    assert {row["status"] for row in found.values()} == {"error"}
    assert "pulumi up --refresh" in found[LAYER]["remedy"]


def test_an_image_without_python_is_an_error_that_names_the_setting(one: Bench) -> None:
    bare = f"docklab-{one.stack}:bare"
    one.api.import_image_from_data(folder("/etc"), repository=bare.split(":")[0], tag="bare")
    try:
        found = one.run(image=bare)
    finally:
        one.api.remove_image(bare)
    assert {row["status"] for row in found.values()} == {"error"}
    assert "lab.verification.image" in found[OUTLIVES]["remedy"]


def test_an_engine_behind_ssh_is_reached_by_the_machine_s_own_ssh(
    one: Bench, tmp_path: Path
) -> None:
    ssh = tmp_path / "ssh"
    ssh.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n'
        f"exec docker --host {one.host} system dial-stdio\n"
    )
    ssh.chmod(0o755)
    found = one.run(
        DOCKER_HOST="ssh://me@far:22",
        PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        LIFECYCLE_SSH_OPTIONS='["-o", "StrictHostKeyChecking=yes"]',
    )
    assert {row["status"] for row in found.values()} == {"pass"}
    asked = (tmp_path / "asked").read_text().splitlines()
    assert all("StrictHostKeyChecking=yes" in line and "-l me" in line for line in asked)
