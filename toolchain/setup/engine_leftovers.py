"""Finds and removes what one private engine has on the machine: processes, mounts, groups, folders.

An engine's own processes carry DOCKLAB_ENGINE=<identity> in their environment; its containers'
processes are in a control group of its name. So a killed engine is cleared like a stopped one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

MARKER = "DOCKLAB_ENGINE"
RUNTIME_ROOT = Path("/run/docklab")
_CGROUPS = Path("/sys/fs/cgroup")


def cgroup_name(engine: str) -> str:
    return f"docklab-{engine}"


def processes(engine: str) -> list[int]:
    """Every live process of the engine and of its containers."""
    marker = f"{MARKER}={engine}".encode()
    cgroup = f":/{cgroup_name(engine)}/"
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            own = marker in (folder / "environ").read_bytes().split(b"\0")
            if (own or cgroup in (folder / "cgroup").read_text()) and _alive(folder):
                found.append(int(folder.name))
    return found


def _alive(folder: Path) -> bool:
    state = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    return state not in ("Z", "X")


def kill_processes(engine: str, deadline_seconds: float = 10.0) -> list[int]:
    """SIGKILL to all of them until none is left; gives those that would not go."""
    end = time.monotonic() + deadline_seconds
    while left := processes(engine):
        if time.monotonic() > end:
            return left
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    return []


def mounts_below(folder: Path) -> Iterator[Path]:
    """The machine's mount points at or below `folder`, innermost first."""
    found = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        point = line.split()[4].encode().decode("unicode_escape")
        if point == str(folder) or point.startswith(f"{folder}/"):
            found.append(Path(point))
    yield from sorted(found, reverse=True)


def _remove_cgroups(engine: str) -> None:
    places = [_CGROUPS, *(place for place in _CGROUPS.iterdir() if place.is_dir())]
    for place in places:
        top = place / cgroup_name(engine)
        if top.is_dir():
            for folder, _, _ in os.walk(top, topdown=False):
                with contextlib.suppress(OSError):
                    Path(folder).rmdir()


def remove(engine: str) -> list[str]:
    """Removes all of it but the data. Gives what would not go, in words."""
    stuck = [f"process {pid}" for pid in kill_processes(engine)]
    runtime = RUNTIME_ROOT / engine
    for point in mounts_below(runtime):
        subprocess.run(["umount", "--lazy", str(point)], check=False, capture_output=True)
    stuck += [f"mount {point}" for point in mounts_below(runtime)]
    if not stuck:
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(runtime)
        with contextlib.suppress(OSError):
            _remove_cgroups(engine)
    return stuck
