"""Whether a container's first process is still what it was when it was read."""

from __future__ import annotations

from dataclasses import replace

from verifier import proctext
from verifier.facts import Target, Unread
from verifier.procfs import ProcFs


def recheck(proc: ProcFs, target: Target) -> Target:
    """The same target, saying whether its first process is still what it was."""
    if not target.init.pid:
        return target
    moved = _moved(proc, target)
    return target if not moved else replace(target, moved=moved)


def _moved(proc: ProcFs, target: Target) -> str:
    stat = proc.read(target.init.pid, "stat")
    if isinstance(stat, Unread):
        return f"process {target.init.pid} ended"
    fields = proctext.stat_fields(stat)
    if fields is None or fields[2] != target.init.starttime:
        return f"pid {target.init.pid} is another process now"
    for name, before in target.ns.items():
        now = proc.stat_ns(target.init.pid, name)
        if not isinstance(before, Unread) and now != before:
            return f"its {name} namespace changed"
    return ""
