"""Opens the namespaces of processes and keeps them open, so that they can be told apart."""

from __future__ import annotations

import os
from contextlib import ExitStack

from verifier.facts import Ns, NsMap, Unread
from verifier.procfs import Deadline, ProcFs

LATE = Unread("deadline")


class NsReader:
    """Reads namespaces and keeps their files open: an inode number is unique while held."""

    def __init__(
        self, proc: ProcFs, names: tuple[str, ...], held: ExitStack, deadline: Deadline
    ) -> None:
        self._proc, self._names, self._held, self._deadline = proc, names, held, deadline
        self._known: dict[int, NsMap] = {}
        self.files: dict[tuple[int, str], int] = {}

    def read(self, pid: int) -> NsMap:
        if pid not in self._known:
            self._known[pid] = {name: self._one(pid, name) for name in self._names}
        return self._known[pid]

    def _one(self, pid: int, name: str) -> Ns | Unread:
        if self._deadline.passed():
            return LATE
        fd = self._proc.open_ns(pid, name)
        if isinstance(fd, Unread):
            return fd
        self._held.callback(os.close, fd)
        self.files[pid, name] = fd
        found = os.fstat(fd)
        return found.st_dev, found.st_ino
