"""Runs the work in a child process and sees to it that an answer comes, whatever becomes of it.

A read of a file system that does not answer cannot be broken off from within, and who runs out
of memory says nothing any more. The supervisor reads nothing but a pipe, and holds no power but
that of becoming the user that the work has become, so that it can still end it.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from verifier import libc
from verifier.child import readable
from verifier.powers import SETGID, SETUID, give_away_all_but

NOTICE, END = b"\n", b"}\n"
SLICE = 0.2
"""Seconds between two tries to pass a signal on."""
Work = Callable[[Callable[[], None]], bytes]
"""Gives one line; calls what it is given when it has become nobody."""


class Supervisor:
    """One supervised child. `ended` says in words how it ended when it gave no line."""

    def __init__(self) -> None:
        self.ended = ""
        self._child = 0
        self._stopped = False

    def run(self, work: Work, seconds: float) -> bytes:
        """The line of the work, or b"" when there is none after so many seconds."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._pass_on)
        self._pipe, write = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            _work(work, write)
        os.close(write)
        with suppress(OSError):
            libc.keep_capabilities((1 << SETUID | 1 << SETGID) & libc.permitted())
        line = self._line(time.monotonic() + seconds)
        self._end(line)
        os.close(self._pipe)
        return line

    def _line(self, end: float) -> bytes:
        parts = b""
        nobody = False
        while (left := end - time.monotonic()) > 0:
            if self._stopped:
                self._tell(signal.SIGTERM)
            if not readable(self._pipe, min(left, SLICE)):
                continue
            block = os.read(self._pipe, 1 << 20)
            parts += block
            if not nobody and parts.startswith(NOTICE):
                give_away_all_but(())
                nobody = True
            if not block or parts.endswith(END):
                return parts.lstrip() if parts.endswith(END) else b""
        self.ended = "it was still at work"
        return b""

    def _pass_on(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopped = True
        self._tell(signal.SIGTERM)

    def _tell(self, number: int) -> None:
        # Not permitted for as long as one of both is nobody and the other is not.
        with suppress(ProcessLookupError, PermissionError):
            if self._child:
                os.kill(self._child, number)

    def _end(self, line: bytes) -> None:
        """Takes the child's end; one that hangs in the kernel is left to it."""
        late = self.ended != ""
        if late:
            self._tell(signal.SIGKILL)
        for _ in range(20):
            pid, status = os.waitpid(self._child, os.WNOHANG if late else 0)
            if pid:
                self._child = 0
                break
            time.sleep(0.01)
        if not line and not late:
            code = os.waitstatus_to_exitcode(status)
            self.ended = f"it was killed by signal {-code}" if code < 0 else f"it ended with {code}"


def _work(work: Work, write: int) -> None:
    code = 1
    try:
        libc.die_with_parent(signal.SIGTERM)

        def nobody() -> None:
            # The kernel forgets about the parent when the user changes.
            libc.die_with_parent(signal.SIGTERM)
            os.write(write, NOTICE)

        line = work(nobody)
        while line:
            line = line[os.write(write, line) :]
        code = 0
    finally:
        os._exit(code)
