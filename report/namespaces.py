"""The table of containers by namespaces. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from report.cells import BAD, DOUBT, GOOD, QUIET, Cell
from report.reading import Row, mapping, rows, text, texts
from verifier.render import NAMESPACES, OPTIONAL

TITLES = {
    "mnt": "mounts, the file tree",
    "ipc": "queues and shared memory",
    "uts": "the host name",
    "pid": "processes",
    "net": "interfaces, ports, routes",
    "user": "user ids",
    "cgroup": "limits",
    "time": "the clock since boot",
}
_INODE = re.compile(r"\[(\d{1,20})\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`host` and each row have a cell for every column; `notes` say why one is not required."""

    columns: tuple[str, ...]
    host: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    notes: tuple[str, ...]


def table(report: Row) -> Table:
    targets = [(text(t.get("name")), mapping(t.get("ns"))) for t in rows(report.get("targets"))]
    columns = tuple(
        name
        for name in NAMESPACES
        if name not in OPTIONAL or any(_interesting(mapping(ns.get(name))) for _, ns in targets)
    )
    baseline = mapping(mapping(mapping(report.get("host")).get("baseline")).get("ns"))
    return Table(
        columns=columns,
        host=tuple(_inode(baseline.get(name)) for name in columns),
        rows=tuple(
            (name, tuple(cell(mapping(ns.get(column))) for column in columns))
            for name, ns in targets
        ),
        notes=_notes(report),
    )


def _interesting(seen: Row) -> bool:
    return bool(seen.get("required")) or seen.get("state") == "isolated"


def cell(seen: Row) -> Cell:
    """One container's namespace, from `{ns, state, required, with, allowed}`."""
    state, inode = seen.get("state"), _inode(seen.get("ns"))
    if state == "isolated":
        return Cell(word="isolated", tone=GOOD, detail=inode)
    if not seen.get("required", True):
        return Cell(word="not required", tone=QUIET, detail=inode)
    if state == "shared_with_host":
        return Cell(word="shared with host", tone=BAD, detail=inode)
    if state == "shared_with_peer":
        others = texts(seen.get("with"))
        names = ", ".join(others[:2]) + (", ..." if others[2:] else "")
        if seen.get("allowed"):
            return Cell(word=f"shared with {names}, as declared", tone=QUIET, detail=inode)
        return Cell(word=f"shared with {names}", tone=BAD, detail=inode)
    word = "no such namespace" if state == "not_applicable" else "unknown"
    return Cell(word=word, tone=DOUBT, detail=text(seen.get("ns")))


def _inode(shown: object) -> str:
    """The number in `mnt:[4026531841]`, as readlink shows it; any other text as it is."""
    found = _INODE.search(text(shown))
    return found.group(1) if found else text(shown)


def _notes(report: Row) -> tuple[str, ...]:
    policy = mapping(report.get("policy"))
    required = texts(policy.get("required"))
    return tuple(
        f"{name.upper()} is not required ({text(reason)})"
        for name, reason in mapping(policy.get("reasons")).items()
        if name not in required
    )
