"""Runs a function in a child process, as entering a namespace changes the whole process.

The answer comes back as JSON through a pipe. A child that is late is killed.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from verifier.facts import Unread


class Child:
    """One running child; `answer` collects it. `work` returns what JSON can carry."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._running = True
        self._pipe, write = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            _child(work, write)
        os.close(write)

    def answer(self, seconds: float) -> Any | Unread:
        """What `work` returned, or why there is none. May be called once."""
        end = time.monotonic() + seconds
        parts: list[bytes] = []
        complete = False
        try:
            while not complete and self._readable(end):
                block = os.read(self._pipe, 1 << 20)
                parts.append(block)
                complete = not block
        finally:
            self.stop()
        if not complete:
            return Unread("deadline")
        try:
            good, value = json.loads(b"".join(parts))
        except ValueError:
            return Unread("the child process died")
        return value if good else Unread(str(value))

    def _readable(self, end: float) -> bool:
        left = end - time.monotonic()
        return left > 0 and bool(select.select([self._pipe], [], [], left)[0])

    def stop(self) -> None:
        """Ends the child if it still runs."""
        if not self._running:
            return
        self._running = False
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._pipe)


def calm() -> None:
    """In a child: without the parent's alarm clock."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _child(work: Callable[[], Any], write: int) -> None:
    calm()
    code = 0
    try:
        try:
            answer = (True, work())
        except OSError as error:
            answer = (False, error.strerror or str(error))
        data = json.dumps(answer).encode()
        while data:
            data = data[os.write(write, data) :]
    except BaseException:
        code = 1
    finally:
        sys.stdout = sys.stderr = None
        os._exit(code)
