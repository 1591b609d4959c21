"""A fresh clone in a path with spaces, everything for real: make up, again, down, clean. Slow.

It takes one to two minutes: packages, the CLI, an engine and the base image are made anew.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.cloning import copy_tree, run_git
from e2e.harness import Run, Started, users_environment

from toolchain.paths import identity
from toolchain.setup import engine_leftovers
from toolchain.setup.engine_choice import obstacles
from toolchain.verbs.orphans import read_processes

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(600),
    pytest.mark.skipif(bool(obstacles()), reason="no private engine can run here"),
]


class Clone:
    """`make` in a clone, as a user has it."""

    def __init__(self, folder: Path) -> None:
        copy_tree(folder / "origin")
        self.root = folder / "my fresh clone"
        run_git(folder, "clone", "--quiet", "origin", self.root.name)
        self.home = self.root / ".docklab"

    def make(self, *words: str) -> Run:
        run = Started(["make", *words], self.root, users_environment(), "").end(500)
        assert run_git(self.root, "status", "--porcelain") == ""
        return run


@pytest.fixture(scope="module")
def clone() -> Iterator[Clone]:
    folder = Path(tempfile.mkdtemp(prefix="docklab-e2e-"))
    folder.chmod(0o755)
    made = Clone(folder)
    try:
        yield made
    finally:
        if made.home.exists():
            made.make("down")
            made.make("clean")
        shutil.rmtree(folder, ignore_errors=True)


def test_make_up_alone_ends_isolated(clone: Clone) -> None:
    run = clone.make("up")
    assert run.isolated >= {"MNT", "IPC", "UTS", "PID", "NET"}, run.text


def test_make_up_again_changes_nothing(clone: Clone) -> None:
    run = clone.make("up")
    assert run.isolated, run.text
    assert "unchanged" in run.text
    assert not any(word in run.text for word in (" created", " updated", " replaced", " deleted"))


def test_make_down_and_make_clean_leave_the_clone_as_it_was(clone: Clone) -> None:
    assert clone.make("down").code == 0
    engine = identity(clone.home)
    assert engine_leftovers.processes(engine) == []
    assert not (engine_leftovers.RUNTIME_ROOT / engine).exists()
    assert clone.make("clean").code == 0
    assert not clone.home.exists()
    ignored = run_git(clone.root, "status", "--porcelain", "--ignored").splitlines()
    assert ignored == []
    commands = [process.command for process in read_processes().values()]
    assert [command for command in commands if str(clone.root) in command] == []
