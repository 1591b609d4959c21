"""A queue is made as somebody of whom the machine counts no queues yet."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from verifier import libc, markers, posix
from verifier.facts import Unread
from verifier.posix import _Folder, _try

MINE = os.getuid()


@pytest.fixture
def folder(tmp_path: Path) -> _Folder:
    return _Folder(os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY), (MINE, os.getgid()))


class Kernel:
    """Allows each real user `limit` queues, and has them made by whoever that is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
        self.user, self.limit, self.made = MINE, limit, [MINE] * limit
        self._create = markers.create
        monkeypatch.setattr(os, "setresuid", self.become)
        monkeypatch.setattr(os, "getuid", lambda: self.user)
        monkeypatch.setattr(markers, "create", self.create)

    def become(self, real: int, effective: int, saved: int) -> None:
        assert (effective, saved) == (-1, -1)
        self.user = real

    def create(self, folder: int, name: str) -> None:
        if self.made.count(self.user) >= self.limit:
            raise OSError(errno.EMFILE, "RLIMIT_MSGQUEUE")
        self.made.append(self.user)
        self._create(folder, name)


def test_queues_that_others_of_the_same_user_hold_do_not_keep_it_from_making_its_own(
    folder: _Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = Kernel(monkeypatch, limit=1)
    assert [_try(folder, {"c1": folder}) for _ in range(20)] == [("c1",)] * 20
    assert kernel.user == MINE
    assert len(set(kernel.made)) == 21
    assert min(set(kernel.made) - {MINE}) >= posix.SOMEBODY
    assert max(kernel.made) < (1 << 32) - 2
    assert os.listdir(folder.fd) == []


def test_a_run_that_may_be_nobody_else_says_what_kept_it_from_making_a_queue(
    folder: _Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = Kernel(monkeypatch, limit=1)

    def refuse(real: int, *_: int) -> None:
        if real != MINE:
            raise PermissionError(errno.EPERM, "no SETUID")

    monkeypatch.setattr(os, "setresuid", refuse)
    assert _try(folder, {"c1": folder}) == Unread("EMFILE")
    assert kernel.made == [MINE]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
def test_being_counted_as_another_leaves_every_power_and_ends_with_the_work() -> None:
    before = os.getresuid(), libc.permitted()
    with libc.counted_as(posix.SOMEBODY):
        assert os.getresuid() == (posix.SOMEBODY, *before[0][1:])
        assert libc.permitted() == before[1]
    assert (os.getresuid(), libc.permitted()) == before
