"""Makes control groups usable for an engine where nothing else has: as root inside a container.

On a machine with systemd, or with cgroup v1, there is nothing to do.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")


def prepare(root: Path = _ROOT) -> None:
    """Lets groups below the root limit memory, processor and processes (cgroup v2).

    A group may not have both processes and limited groups in it, the machine's root apart. A
    container's root group has its processes, so they move one level down first.
    """
    offered = root / "cgroup.controllers"
    if not offered.exists():
        return
    controllers = offered.read_text().split()
    enabled = (root / "cgroup.subtree_control").read_text().split()
    if "memory" in enabled or "memory" not in controllers or _enable(root, controllers):
        return
    below = root / "init"
    with contextlib.suppress(OSError):
        below.mkdir(exist_ok=True)
    for pid in (root / "cgroup.procs").read_text().split():
        # Kernel threads refuse, and a process may have ended meanwhile.
        with contextlib.suppress(OSError):
            (below / "cgroup.procs").write_text(pid)
    _enable(root, controllers)


def _enable(root: Path, controllers: list[str]) -> bool:
    try:
        (root / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in controllers))
    except OSError:
        return False
    return True
