"""What this process may do, as the kernel tells it; and giving it away, never to have it back.

A capability that is given away cannot be had again: nothing here is ever executed anew, and
no-new-privileges makes that so for good.
"""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TypeVar

from verifier import libc
from verifier.held import Held

T = TypeVar("T")
NOBODY = 65534
SETGID, SETUID, SYS_PTRACE, SYS_ADMIN = 6, 7, 19, 21
NAMES = {
    SETGID: "SETGID",
    SETUID: "SETUID",
    SYS_PTRACE: "SYS_PTRACE",
    SYS_ADMIN: "SYS_ADMIN",
}
LOOK, ENTER = (SYS_PTRACE,), (SYS_ADMIN,)
"""What looking at others' namespaces takes, and what entering or making them takes."""


def give_away_all_but(kept: Iterable[int]) -> None:
    """From here on this process is nobody, with these capabilities as far as it had them.

    What cannot be given away is kept without a word: `held` tells what came of it.
    """
    mask = sum(1 << one for one in kept)
    with suppress(OSError):
        libc.no_new_privileges()
    libc.empty_bounding_set()
    if os.getresuid() != (NOBODY, NOBODY, NOBODY):
        _become_nobody()
    with suppress(OSError):
        libc.keep_capabilities(mask & libc.permitted())


def _become_nobody() -> None:
    with suppress(OSError):
        os.setgroups([])
    with suppress(OSError):
        os.setresgid(NOBODY, NOBODY, NOBODY)
    with suppress(OSError):
        libc.keep_through_change_of_user()
        os.setresuid(NOBODY, NOBODY, NOBODY)


def only(kept: Iterable[int], work: Callable[[], T]) -> T:
    """For a child process: the work, with these capabilities alone."""
    give_away_all_but(kept)
    return work()


def kill(pid: int) -> None:
    """Ends a child. One that has become nobody is ended by nobody, where root has no KILL."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    except PermissionError:
        before = os.geteuid()
        with suppress(OSError):
            os.seteuid(NOBODY)
            try:
                os.kill(pid, signal.SIGKILL)
            finally:
                os.seteuid(before)


@contextmanager
def acting_with(kept: Iterable[int], act: Callable[[], AbstractContextManager[T]]) -> Iterator[T]:
    """The same for a demonstration."""
    give_away_all_but(kept)
    with act() as seen:
        yield seen


class Powers:
    """The powers of the run, given away step by step; `steps` are what was held after each.

    `real` is False where the process is not the run's own, as in tests: then all is kept.
    `on_first` is called when the process has become nobody.
    """

    def __init__(self, real: bool = True, on_first: Callable[[], None] = lambda: None) -> None:
        self._real, self._began, self._on_first = real, time.monotonic(), on_first
        self.steps: list[Held] = []
        self._note("start", (1 << 64) - 1)

    def keep(self, after: str, kept: Iterable[int]) -> None:
        """Gives away all but `kept`, as the part of the run called `after` is over."""
        if self._real:
            give_away_all_but(kept)
            if len(self.steps) == 1:
                self._on_first()
            self._note(after, sum(1 << one for one in kept))

    def _note(self, after: str, allowed: int) -> None:
        mask = libc.permitted()
        self.steps.append(
            Held(
                after=after,
                ms=round((time.monotonic() - self._began) * 1000, 2),
                users=(*os.getresuid(), *os.getresgid(), *os.getgroups()),
                capabilities=mask,
                surplus=mask & ~allowed,
                back=_way_back() if len(self.steps) else "",
            )
        )


def _way_back() -> str:
    """What came of trying to be root again: EPERM for who has given that away."""
    if 0 in os.getresuid():
        return "it is root"
    try:
        os.setresuid(0, 0, 0)
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, "EIO")
    return "it is root again"
