"""Locks of a file:// backend: whose they are and whether their owner still runs.

Pulumi writes one JSON file a run (pid, username, hostname, timestamp) and takes it away at its end;
after SIGKILL or a power cut it stays and blocks every later run. Only a lock of this machine whose
process is gone is ever removed.
"""

import json
import os
import socket
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import NamedTuple


class Lock(NamedTuple):
    """One lock file. timestamp: when it was taken, seconds since the epoch."""

    path: str
    pid: int
    username: str
    hostname: str
    timestamp: float


class Standing(Enum):
    """What is known of a lock's owner."""

    DEAD = "its process on this machine is gone"
    ALIVE = "its process runs"
    ELSEWHERE = "it was taken on another machine"


def judge(lock: Lock, hostname: str, started: Callable[[int], float | None]) -> Standing:
    """started: when the process of a pid began (epoch seconds), None when there is no such process.

    A process that began after the lock was taken has only inherited the number.
    """
    if lock.hostname != hostname:
        return Standing.ELSEWHERE
    began = started(lock.pid)
    alive = began is not None and began <= lock.timestamp + 2
    return Standing.ALIVE if alive else Standing.DEAD


def parse(path: str, text: str) -> Lock | None:
    """A lock file's content; None for what is not one."""
    try:
        content = json.loads(text)
        taken = datetime.fromisoformat(content["timestamp"]).timestamp()
        return Lock(
            path, int(content["pid"]), str(content["username"]), str(content["hostname"]), taken
        )
    except (ValueError, KeyError, TypeError):
        return None


def read(folder: str) -> list[Lock]:
    """All readable locks in a stack's lock folder."""
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        return []
    found = []
    for name in names:
        path = os.path.join(folder, name)
        try:
            with open(path, encoding="utf-8") as file:
                lock = parse(path, file.read())
        except OSError:
            continue
        if lock:
            found.append(lock)
    return found


def in_use(folder: str) -> bool:
    """Whether anybody, here or elsewhere, holds a lock in the folder."""
    here = socket.gethostname()
    return any(judge(lock, here, process_start) is not Standing.DEAD for lock in read(folder))


def process_start(pid: int) -> float | None:
    """When a process began, by /proc; a zombie counts as gone. Where there is no /proc: 0 for any
    living process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
        with open("/proc/stat", encoding="utf-8") as file:
            boot = next(int(line.split()[1]) for line in file if line.startswith("btime "))
    except OSError:
        return _living_without_proc(pid)
    if fields[0] in "ZX":
        return None
    return boot + int(fields[19]) / os.sysconf("SC_CLK_TCK")


def _living_without_proc(pid: int) -> float | None:
    if os.path.isdir("/proc/self"):
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return 0.0
