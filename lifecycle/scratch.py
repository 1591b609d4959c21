"""How scratch containers and volumes are told: whose they are, and whether anybody still needs
them. Pure, but for reading this machine's process table.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

STACK_LABEL, SCRATCH_LABEL = "docklab.stack", "docklab.scratch"


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The process that made something: `until` (epoch seconds) it may need it, and not longer."""

    machine: str
    pid: int
    started: str
    until: int

    def label(self) -> str:
        return f"{self.machine}/{self.pid}/{self.started}/{self.until}"


def this_process(seconds: float) -> Owner:
    pid = os.getpid()
    until = int(time.time() + seconds)
    return Owner(
        machine=socket.gethostname(), pid=pid, started=process_start(pid) or "", until=until
    )


def process_start(pid: int) -> str | None:
    """What tells a process from a later one of the same number; None when it is gone."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rpartition(")")[2].split()
        return None if fields[0] in "ZX" else fields[19]
    return None


def abandoned(
    label: str, here: str, now: float, start_of: Callable[[int], str | None] = process_start
) -> bool:
    """Whether the owner that a label names is gone: dead on this machine, or past its time."""
    try:
        machine, pid, started, until = label.rsplit("/", 3)
        if now > int(until):
            return True
        return bool(started) and machine == here and start_of(int(pid)) != started
    except ValueError:
        return True  # nobody but this program sets that label, and not like this
