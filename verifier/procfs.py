"""Reading a mounted procfs: every failure is an `Unread` with its errno name, never a raise."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

from verifier.facts import Unread

LIMIT = 8 << 20


class OutOfTime(Exception):
    """The bound on the whole run has passed."""


class Stopped(Exception):
    """Somebody wants the run to end now."""


class Deadline:
    """A point on the monotonic clock, `seconds` from now."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        return max(0.0, self._end - time.monotonic())

    def passed(self) -> bool:
        return self.left() == 0.0


def unread(error: OSError) -> Unread:
    return Unread(errno.errorcode.get(error.errno or 0, "EIO"))


def find_root() -> str:
    """Where the host's procfs is: NSV_PROC, else /host/proc, else this machine's own /proc."""
    given = os.environ.get("NSV_PROC")
    if given:
        return given
    return "/host/proc" if os.path.isdir("/host/proc/self") else "/proc"


@dataclass(frozen=True, slots=True)
class ProcFs:
    """A procfs at `root`; its pids are those of the PID namespace that mounted it."""

    root: str

    def path(self, pid: int | str, name: str) -> str:
        return f"{self.root}/{pid}/{name}"

    def read(self, pid: int | str, name: str) -> bytes | Unread:
        """Whole content of /proc/<pid>/<name>, at most LIMIT bytes (EFBIG beyond)."""
        try:
            fd = os.open(self.path(pid, name), os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            return unread(error)
        try:
            return _drain(fd)
        except OSError as error:
            return unread(error)
        finally:
            os.close(fd)

    def pids(self) -> Iterator[int]:
        """Every pid, ascending. Raises OSError when the procfs cannot be listed."""
        yield from sorted(int(name) for name in os.listdir(self.root) if name.isdigit())

    def open_ns(self, pid: int, name: str) -> int | Unread:
        """An open file of a namespace, which keeps its inode number from being used again."""
        try:
            return os.open(self.path(pid, f"ns/{name}"), os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            return unread(error)

    def stat_ns(self, pid: int | str, name: str) -> tuple[int, int] | Unread:
        try:
            found = os.stat(self.path(pid, f"ns/{name}"))
        except OSError as error:
            return unread(error)
        return found.st_dev, found.st_ino


def _drain(fd: int) -> bytes | Unread:
    parts, size = [], 0
    while block := os.read(fd, 65536):
        parts.append(block)
        size += len(block)
        if size > LIMIT:
            return Unread("EFBIG")
    return b"".join(parts)
