"""A child that holds something while others look: real processes, no privilege needed."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from verifier.demos.actor import Act, Actor
from verifier.facts import Unread


def holding(file: Path) -> Act:
    @contextmanager
    def act() -> Iterator[dict[str, Any]]:
        file.touch()
        try:
            yield {"pid": os.getpid()}
        finally:
            file.unlink()

    return act


def test_what_it_makes_is_there_until_it_is_dismissed(tmp_path: Path) -> None:
    file = tmp_path / "held"
    actor = Actor(holding(file))
    assert actor.report(5) == {"pid": actor.pid}
    assert file.exists()
    actor.dismiss()
    actor.stop()
    assert not file.exists()


def test_siblings_that_started_later_do_not_keep_it_from_ending(tmp_path: Path) -> None:
    first, second = (Actor(holding(tmp_path / name)) for name in ("one", "two"))
    assert isinstance(first.report(5), dict)
    assert isinstance(second.report(5), dict)
    began = time.monotonic()
    first.stop(5)
    assert time.monotonic() - began < 4
    assert not (tmp_path / "one").exists()
    assert (tmp_path / "two").exists()
    second.stop()


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (OSError(errno.EPERM, "no", "unshare net"), "EPERM at unshare net"),
        (OSError(errno.ENOSPC, "no"), "ENOSPC"),
        (OSError("odd"), "EIO"),
        (RuntimeError("odd"), "the child process died"),
    ],
    ids=str,
)
def test_a_child_that_fails_says_why(problem: Exception, said: str) -> None:
    @contextmanager
    def act() -> Iterator[dict[str, Any]]:
        raise problem
        yield {}

    actor = Actor(act)
    assert actor.report(5) == Unread(said)
    actor.stop()
    with pytest.raises(ChildProcessError):
        os.waitpid(actor.pid, 0)


def test_a_child_that_is_late_is_ended_by_force() -> None:
    @contextmanager
    def act() -> Iterator[dict[str, Any]]:
        time.sleep(60)
        yield {}

    actor = Actor(act)
    assert actor.report(0.05) == Unread("deadline")
    began = time.monotonic()
    actor.stop(0.05)
    assert time.monotonic() - began < 2


def test_no_file_stays_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    actor = Actor(holding(tmp_path / "held"))
    actor.stop()
    actor.stop()
    assert len(os.listdir("/proc/self/fd")) == before
