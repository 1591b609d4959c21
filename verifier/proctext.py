"""Texts of /proc as values. Pure: takes the bytes, opens nothing. Format: proc(5)."""

from __future__ import annotations

import re
from itertools import pairwise

from verifier.facts import IdMap, Status

SHIM = "containerd-shim"
_ID = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def container_ids(cgroup: bytes) -> tuple[str, ...]:
    """Distinct first 64-hex words of each line of /proc/<pid>/cgroup, in their order.

    The first word of a path wins: whoever controls a container's own cgroup can add names
    below it, never above it.
    """
    found: dict[str, None] = {}
    for line in cgroup.splitlines():
        match = _ID.search(line)
        if match:
            found[match.group().decode()] = None
    return tuple(found)


def cgroup_layout(cgroup: bytes) -> str:
    """v1, v2, hybrid (v1 controllers beside a v2 tree) or none."""
    lines = [line for line in cgroup.splitlines() if line]
    unified = any(line.startswith(b"0::") for line in lines)
    legacy = any(not line.startswith(b"0::") for line in lines)
    if unified and legacy:
        return "hybrid"
    return "v2" if unified else "v1" if legacy else "none"


def stat_fields(stat: bytes) -> tuple[str, int, int] | None:
    """(comm, parent pid, start time in clock ticks since boot); None for a torn text.

    The command name may hold spaces and parentheses, so fields count from the last one.
    """
    start, end = stat.find(b"("), stat.rfind(b")")
    rest = stat[end + 1 :].split()
    if start < 0 or end < start or len(rest) < 20:
        return None
    return stat[start + 1 : end].decode(errors="backslashreplace"), int(rest[1]), int(rest[19])


def shim_id(cmdline: bytes) -> str:
    """The id behind `-id` of a containerd-shim's arguments, or ''."""
    words = cmdline.split(b"\0")
    for flag, value in pairwise(words):
        if flag in (b"-id", b"--id") and _ID.fullmatch(value):
            return value.decode()
    return ""


def status(text: bytes) -> Status | None:
    """The used fields of /proc/<pid>/status; None when one of them is missing."""
    fields = dict(line.split(b":", 1) for line in text.splitlines() if b":" in line)
    try:
        return Status(
            uid=int(fields[b"Uid"].split()[0]),
            nspid=tuple(int(word) for word in fields[b"NSpid"].split()),
            cap_effective=int(fields[b"CapEff"], 16),
            cap_bounding=int(fields[b"CapBnd"], 16),
            seccomp=int(fields[b"Seccomp"]),
            no_new_privs=int(fields[b"NoNewPrivs"]),
        )
    except (KeyError, ValueError, IndexError):
        return None


def id_map(text: bytes) -> IdMap:
    """Lines of uid_map or gid_map. Raises ValueError for a text that is not one."""
    rows = [tuple(int(word) for word in line.split()) for line in text.splitlines()]
    if any(len(row) != 3 for row in rows):
        raise ValueError("a line of an id map has three numbers")
    return tuple((row[0], row[1], row[2]) for row in rows)
