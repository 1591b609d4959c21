"""Whatever becomes of a run, nothing of it stays: not in the containers, and no process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from engine.verifier.engine import with_fault
from engine.verifier.silence import Silent, wait_until_it_listens

pytestmark = pytest.mark.engine

# What each puts into the program: it dies, or breaks, while its traces are there.
KILLED_AMID_FILES = """
import os
from verifier import posix, volumes
volumes._look = lambda *_: os.kill(os.getpid(), 9)
"""
KILLED_AMID_SHARED_MEMORY = """
import os
from verifier import posix
posix._there = lambda *_: os.kill(os.getpid(), 9)
"""
KILLED_AMID_QUEUES = """
import os
from verifier import queues
queues._look = lambda *_: os.kill(os.getpid(), 9)
"""
BREAKS = """
from verifier import posix, volumes
def broken(*_):
    raise RuntimeError("a defect")
{module}.{name} = broken
"""
HANGS = """
import time
from verifier import cli, volumes
cli.WORK_SECONDS, cli.GRACE_SECONDS = 0.5, 0.5
volumes._look = lambda *_: time.sleep(60)
"""
TOLD_TO_STOP = """
import os, time
from verifier import volumes
volumes._look = lambda *_: [os.kill(1, 15), time.sleep(60)]
"""
NOTHING_IS_TOO_YOUNG = """
from verifier import markers, queues
markers.OLD = queues.OLD = -1
"""


def observe(silent: Silent, fault: str, folder: Path) -> int:
    """The exit code; what did not pass is printed, for pytest to show where a test fails."""
    run = silent.engine.observe(silent.spec(), file=with_fault(fault, folder))
    print([row for row in run.report["checks"] if row["required"] and row["status"] != "pass"])
    return run.code


def passes(silent: Silent, file: Path) -> bool:
    """Once more where a bridge was open: while an engine makes a network it takes the rules that
    part its bridges out and puts them back, and other tests make networks of this one meanwhile.
    """
    run = silent.engine.observe(silent.spec(), file=file)
    if run.ids("fail") == {"net.reach"}:
        run = silent.engine.observe(silent.spec(), file=file)
    print([row for row in run.report["checks"] if row["required"] and row["status"] != "pass"])
    return run.code == 0


def test_a_sound_run_leaves_nothing(silent: Silent, archive_file: Path) -> None:
    assert passes(silent, archive_file)
    assert silent.left_behind() == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (BREAKS.format(module="volumes", name="_look"), 4),
        (BREAKS.format(module="posix", name="_there"), 4),
        (HANGS, 3),
        (TOLD_TO_STOP, 3),
    ],
    ids=["volumes", "memory", "late", "stopped"],
)
def test_a_run_that_ends_early_leaves_nothing(
    silent: Silent, tmp_path: Path, fault: str, code: int
) -> None:
    assert observe(silent, fault, tmp_path) == code
    assert silent.left_behind() == []


@pytest.mark.parametrize(
    "fault",
    [KILLED_AMID_FILES, KILLED_AMID_SHARED_MEMORY, KILLED_AMID_QUEUES],
    ids=["volumes", "memory", "queues"],
)
def test_what_a_killed_run_left_is_taken_away_by_the_next(
    silent: Silent, tmp_path: Path, archive_file: Path, fault: str
) -> None:
    assert observe(silent, fault, tmp_path) == 3
    assert silent.left_behind() != []
    # It is too young to be nobody's: a run beside this one could be using it.
    assert passes(silent, archive_file)
    assert silent.left_behind() != []
    assert passes(silent, with_fault(NOTHING_IS_TOO_YOUNG, tmp_path))
    assert silent.left_behind() == []


def test_what_only_looks_like_a_marker_stays(silent: Silent, tmp_path: Path) -> None:
    names = {kind: f".nsv-{n:024x}" for n, kind in enumerate(("full", "link", "folder", "open"))}
    words = {
        "full": f"echo data > {names['full']} && chmod 600 {names['full']}",
        "link": f"ln -s /etc/passwd {names['link']}",
        "folder": f"mkdir -m 700 {names['folder']}",
        "open": f"touch {names['open']} && chmod 644 {names['open']}",
        "short": "touch .nsv-abc && chmod 600 .nsv-abc",
    }
    target = f"{silent.engine.prefix}-near"
    shell = ("exec", "-w", "/data", target, "sh", "-c")
    silent.engine.docker(*shell, " && ".join(words.values()))
    assert passes(silent, with_fault(NOTHING_IS_TOO_YOUNG, tmp_path))
    found = silent.engine.docker(*shell, "ls -A").stdout.split()
    silent.engine.docker(*shell, "rm -rf .nsv-*")
    assert set(found) == {*names.values(), ".nsv-abc"}


def test_an_observer_that_is_stopped_answers_and_is_gone(
    silent: Silent, archive_file: Path
) -> None:
    with silent.engine.observing(silent.spec(2000), archive_file) as started:
        wait_until_it_listens(started)
        silent.engine.docker("stop", "-t", "5", started.name)
        run = started.finish()
        state = silent.engine.docker("inspect", "-f", "{{json .State}}", started.name)
    assert run.code == 3
    assert "stopped by a signal" in run.report["summary"]
    assert json.loads(state.stdout)["OOMKilled"] is False
    assert silent.left_behind() == []


def test_an_observer_that_is_killed_leaves_at_most_what_the_next_takes_away(
    silent: Silent, tmp_path: Path
) -> None:
    with silent.engine.observing(silent.spec(2000), with_fault("", tmp_path)) as started:
        silent.engine.docker("kill", started.name)
    assert passes(silent, with_fault(NOTHING_IS_TOO_YOUNG, tmp_path))
    assert silent.left_behind() == []
