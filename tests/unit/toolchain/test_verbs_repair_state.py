"""Damaged state files, and plugins that outlived the Pulumi that started them."""

import json
from pathlib import Path

import pytest

from toolchain.verbs import checkpoint, orphans
from toolchain.verbs.errors import VerbError
from toolchain.verbs.orphans import Process


def _write(path: Path, stack: str = "organization/docklab/local") -> str:
    whole = json.dumps({"version": 3, "checkpoint": {"stack": stack, "latest": {"resources": []}}})
    path.write_text(whole)
    return whole


def test_a_damaged_state_file_is_restored_from_its_backup_and_kept(tmp_path: Path) -> None:
    path, backup = tmp_path / "local.json", tmp_path / "local.json.bak"
    whole = _write(backup)
    path.write_text(whole[:40])
    error = checkpoint.broken(str(path))
    assert error is not None
    line = checkpoint.restore(str(path), "local", error)
    assert path.read_text() == whole
    (kept,) = tmp_path.glob("local.json.broken-*")
    assert kept.read_text() == whole[:40]
    assert str(kept) in line


@pytest.mark.parametrize("backup", ["", "{}", "[]", '{"checkpoint": {"latest": 3}}', "other stack"])
def test_a_backup_that_is_not_this_stacks_is_not_used(tmp_path: Path, backup: str) -> None:
    path, beside = tmp_path / "local.json", tmp_path / "local.json.bak"
    path.write_text("{")
    if backup == "other stack":
        _write(beside, "organization/docklab/other")
    else:
        beside.write_text(backup)
    error = checkpoint.broken(str(path))
    assert error is not None
    with pytest.raises(VerbError, match="its backup is not usable either"):
        checkpoint.restore(str(path), "local", error)
    assert path.read_text() == "{"


def test_a_whole_state_file_and_a_missing_one_are_not_damaged(tmp_path: Path) -> None:
    path = tmp_path / "local.json"
    assert checkpoint.broken(str(path)) is None
    _write(path)
    assert checkpoint.broken(str(path)) is None


HOME = "/clone/.docklab"
STAND_IN = f'{HOME}/venv/bin/python\0-I\0-B\0-c\0runpy.run_module("toolchain.standin.docker")\0'
PLUGIN = f"/bin/sh\0{HOME}/pulumi-home/plugins/resource-docker-v5.2.0/pulumi-resource-docker\0"


def _orphans(*processes: Process) -> tuple[int, ...]:
    return orphans.orphans({process.pid: process for process in processes}, HOME)


def test_a_plugin_whose_engine_died_is_an_orphan() -> None:
    init = Process(1, 0, "/sbin/init\0")
    assert _orphans(init, Process(9, 1, PLUGIN), Process(10, 9, PLUGIN)) == (9, 10)
    assert _orphans(init, Process(9, 1, STAND_IN)) == (9,)


def test_a_plugin_of_a_running_pulumi_is_not() -> None:
    engine = Process(5, 1, f"{HOME}/cli/pulumi\0up\0")
    assert _orphans(engine, Process(9, 5, PLUGIN), Process(10, 9, PLUGIN)) == ()


def test_the_plugin_of_another_clone_is_left_alone() -> None:
    other = PLUGIN.replace("/clone/", "/clone2/")
    assert _orphans(Process(9, 1, other), Process(10, 1, "/usr/bin/python\0")) == ()
