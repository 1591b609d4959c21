"""A child process that shows something, holds it while others look, and takes it down again.

The parent never enters anything; a child that is late is killed.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any

from verifier.child import readable, settle
from verifier.facts import Unread
from verifier.powers import kill

LIFETIME = 5.0
"""Seconds after which a child ends itself, whatever it does."""
Act = Callable[[], AbstractContextManager[dict[str, Any]]]
"""What the child does: it enters the context, reports its value, and leaves when it is told."""


class Actor:
    """One running child, with `pid` in the verifier's own PID namespace."""

    def __init__(self, act: Act) -> None:
        self._running = True
        self._line, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            self._line.close()
            _perform(act, theirs)
        theirs.close()

    def report(self, seconds: float) -> dict[str, Any] | Unread:
        """What the child sees inside, while it goes on to hold it; or why there is nothing."""
        parts = b""
        end = time.monotonic() + seconds
        while not parts.endswith(b"\n"):
            if not self._readable(end):
                return Unread("deadline")
            block = self._line.recv(65536)
            if not block:
                return Unread("the child process died")
            parts += block
        good, value = json.loads(parts)
        return value if good else Unread(value)

    def dismiss(self) -> None:
        """Tells the child to take down what it holds; `stop` waits for it."""
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_WR)

    def stop(self, seconds: float = 1.0) -> None:
        """Returns when the child has ended, by itself or after so many seconds by force."""
        if not self._running:
            return
        self._running = False
        self.dismiss()
        end = time.monotonic() + seconds
        with suppress(OSError):
            while self._readable(end) and self._line.recv(65536):
                continue
        kill(self.pid)
        os.waitpid(self.pid, 0)
        self._line.close()

    def _readable(self, end: float) -> bool:
        return readable(self._line.fileno(), end - time.monotonic())


def _perform(act: Act, line: socket.socket) -> None:
    code = 0
    try:
        settle(LIFETIME)
        try:
            with act() as seen:
                _say(line, (True, seen))
                line.recv(1)
        except OSError as error:
            name = errno.errorcode.get(error.errno or 0, "EIO")
            _say(line, (False, f"{name} at {error.filename}" if error.filename else name))
    except BaseException:
        code = 1
    finally:
        sys.stdout = sys.stderr = None
        os._exit(code)


def _say(line: socket.socket, answer: tuple[bool, Any]) -> None:
    line.sendall(json.dumps(answer).encode() + b"\n")
