"""Runs a function in a child process, as entering a namespace changes the whole process.

The answer comes back as JSON through a pipe. A child that is late is killed.
"""

from __future__ import annotations

import json
import math
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from verifier import libc
from verifier.facts import Unread
from verifier.powers import kill

LIFETIME = 30.0
"""Seconds after which a child ends itself, whatever it does and whoever is left to end it."""


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
        return readable(self._pipe, end - time.monotonic())

    def stop(self) -> None:
        """Ends the child if it still runs."""
        if not self._running:
            return
        self._running = False
        kill(self._pid)
        os.waitpid(self._pid, 0)
        os.close(self._pipe)


def readable(file: int, seconds: float) -> bool:
    """Whether there is something to read within `seconds`, or the other side has closed.

    By poll(2), as select(2) knows no file above number 1,023.
    """
    if seconds <= 0:
        return False
    waiting = select.poll()
    waiting.register(file, select.POLLIN)
    return bool(waiting.poll(math.ceil(seconds * 1000)))


def settle(lifetime: float) -> None:
    """In a new child: it dies with its parent, or of its own alarm clock, by the kernel's hand."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, lifetime)
    libc.die_with_parent()


def _child(work: Callable[[], Any], write: int) -> None:
    code = 0
    try:
        settle(LIFETIME)
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
