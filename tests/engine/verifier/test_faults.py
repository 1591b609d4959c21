"""Containers that stop, restart or pause while they are looked at, and controls that fail."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from engine.verifier import synthetic
from engine.verifier.engine import Engine, Run
from engine.verifier.marks import doubts
from engine.verifier.silence import Silent, wait_until_it_listens

pytestmark = pytest.mark.engine
LONG = 2000


@pytest.fixture
def silent(remapped: Engine) -> Iterator[Silent]:
    """Its own for each test, as each does something to it."""
    made = Silent(remapped)
    yield made
    made.remove()


def meanwhile(silent: Silent, file: Path, *command: str) -> Run:
    """A run during whose listening this was done to the container `far`."""
    name = f"{silent.engine.prefix}-far"
    with silent.engine.observing(silent.spec(LONG), file) as started:
        wait_until_it_listens(started)
        silent.engine.docker(*command, name)
        return started.finish()


@doubts("map")
def test_a_container_that_is_killed_meanwhile_is_no_live_one(
    silent: Silent, archive_file: Path
) -> None:
    run = meanwhile(silent, archive_file, "kill")
    assert (run.code, run.ids("fail")) == (3, set())
    assert run.row("map", "far")["status"] == "error"
    assert "ended" in run.row("map", "far")["evidence"]["problem"]


@doubts("map")
def test_a_container_that_restarts_meanwhile_is_not_taken_for_the_old_one(
    silent: Silent, archive_file: Path
) -> None:
    run = meanwhile(silent, archive_file, "restart", "-t", "0")
    assert (run.code, run.ids("fail")) == (3, set())
    assert "verify again" in run.row("map", "far")["remedy"]
    again = silent.engine.observe(silent.spec(), file=archive_file)
    assert again.code == 0, again.report["summary"]


def test_a_paused_container_is_as_isolated_as_before(silent: Silent, archive_file: Path) -> None:
    run = meanwhile(silent, archive_file, "pause")
    silent.engine.docker("unpause", f"{silent.engine.prefix}-far")
    assert run.code == 0, run.report["summary"]


@contextmanager
def down(silent: Silent, interface: str) -> Iterator[None]:
    """An interface of the container `far` that is switched off, as root in it could."""
    pid = silent.engine.pid("far")
    if not synthetic.possible(pid):
        pytest.skip("needs root on the engine's own machine")
    inside = ["nsenter", "-t", str(pid), "-n", "--", "ip", "link", "set", interface]
    subprocess.run([*inside, "down"], check=True)
    yield


@doubts("net.self", "net.reach", "net.loopback")
def test_without_a_loopback_that_works_no_silence_is_a_proof(
    silent: Silent, archive_file: Path
) -> None:
    with down(silent, "lo"):
        run = silent.engine.observe(silent.spec(), file=archive_file)
    assert (run.code, run.ids("fail")) == (3, set())
    assert run.row("net.reach", "far")["control"] == {"own_address": False}


@doubts("net.self", "net.reach")
def test_the_silence_of_a_container_whose_interface_is_down_proves_nothing(
    silent: Silent, archive_file: Path
) -> None:
    with down(silent, "eth0"):
        run = silent.engine.observe(silent.spec(), file=archive_file)
    assert (run.code, run.ids("fail")) == (3, set())
    assert run.row("net.self", "far")["evidence"]["down"] == ["eth0"]
