"""Plugins that outlived the Pulumi that started them (it was killed): they may still be making
things.

Repair must not look at the engine before they are gone. Only programs of this clone's .docklab
count, and only those whose parent is no Pulumi any more.
"""

import os
import signal
import time
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_GRACE_SECONDS = 5.0


class Process(NamedTuple):
    """A process as /proc shows it."""

    pid: int
    parent: int
    command: str


def orphans(processes: Mapping[int, Process], home: str) -> tuple[int, ...]:
    """Pids of plugins under home whose chain of parents holds no Pulumi. Pure."""
    folders = (f"{home}/pulumi-home/plugins/", f"{home}/bin/pulumi-language-")
    # The scripts of our own plugins become these programs, and their names are gone.
    modules = ("toolchain.standin.", "toolchain.setup.language_host", "\0-m\0lifecycle\0")

    def is_plugin(process: Process) -> bool:
        ours = process.command.startswith(f"{home}/venv/")
        named = folders + modules if ours else folders
        return any(name in process.command for name in named)

    def has_engine(process: Process) -> bool:
        above = processes.get(process.parent)
        while above and above.pid > 1:
            name = os.path.basename(above.command.split("\0")[0])
            if name.startswith("pulumi") and not is_plugin(above):
                return True
            above = processes.get(above.parent)
        return False

    return tuple(p.pid for p in processes.values() if is_plugin(p) and not has_engine(p))


def read_processes() -> dict[int, Process]:
    """All processes that may be read; {} where there is no /proc."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc") if os.path.isdir("/proc") else ()):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
            with open(f"/proc/{name}/cmdline", encoding="utf-8", errors="replace") as file:
                command = file.read()
        except OSError:
            continue
        if fields[0] not in "ZX":
            found[int(name)] = Process(int(name), int(fields[1]), command)
    return found


def end(home: str) -> int:
    """Waits for the orphans of this home, ends those that stay, and says how many it ended."""
    deadline = time.monotonic() + _GRACE_SECONDS
    while (found := orphans(read_processes(), home)) and time.monotonic() < deadline:
        time.sleep(0.1)
    for number in (signal.SIGTERM, signal.SIGKILL):
        left = orphans(read_processes(), home)
        if not left:
            break
        _signal(left, number)
        _wait(left, 2.0)
    return len(found)


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except OSError:
            continue


def _wait(pids: Iterable[int], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while any(os.path.exists(f"/proc/{pid}") for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
