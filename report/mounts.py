"""Volumes and bind mounts: who mounts what, how, and how that was proven. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from report.cells import BAD, DOUBT, GOOD, Cell
from report.reading import Row, checks, mapping, rows, show, text, texts

MODES = {"ro": "read only", "rw": "read and write"}
_PROVEN = {
    ("rw", "written"): "a file was written there and removed",
    ("rw", "none"): "mounted writable",
    ("ro", "EROFS"): "a write was refused (EROFS)",
    ("ro", "none"): "mounted read only",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """One container's mount of some data."""

    container: str
    path: str
    mode: str
    proven: Cell
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """A volume or a folder of the host, and everyone who mounts it."""

    kind: str
    name: str
    mounts: tuple[Mount, ...]


def data(report: Row) -> tuple[Data, ...]:
    """By the lab section; without one, by what vol.mode looked at."""
    modes = {text(row.get("subject")): row for row in checks(report, "vol.mode")}
    shares = {text(row.get("subject")): row for row in checks(report, "vol.share")}
    listed = rows(mapping(report.get("lab")).get("volumes"))
    if not listed:
        listed = [_guess(name, path) for name, row in modes.items() for path in _paths(row)]
    found = []
    for volume in listed:
        kind, _, name = text(volume.get("key")).partition(":")
        mounts = tuple(_mount(one, modes, shares) for one in rows(volume.get("mounts")))
        found.append(Data(kind=_kind(kind), name=name or kind, mounts=mounts))
    return tuple(found)


def _kind(word: str) -> str:
    return {"bind": "folder of the host", "volume": "volume"}.get(word, "mount")


def _paths(row: Row) -> list[str]:
    return [path for path in mapping(row.get("evidence")) if path.startswith("/")]


def _guess(name: str, path: str) -> Row:
    return {"key": f"mount:{path} of {name}", "mounts": [{"container": name, "path": path}]}


def _mount(one: Row, modes: dict[str, Row], shares: dict[str, Row]) -> Mount:
    container, path = text(one.get("container")), text(one.get("path"))
    looked = mapping(modes.get(container, {}).get("evidence")).get(path)
    flags = text(mapping(looked).get("flags"))
    mode = text(one.get("mode")) or flags
    share = mapping(mapping(shares.get(container, {}).get("evidence")).get(path))
    others = texts(share.get("same_as"))
    by = "a marker written there" if share.get("by") == "marker" else "its inode"
    seen = f"the same data as {', '.join(others)}: by {by}" if others else ""
    return Mount(
        container=container,
        path=path,
        mode=MODES.get(mode, "unknown"),
        proven=_proof(mode, flags, looked),
        seen=seen,
    )


def _proof(declared: str, flags: str, looked: object) -> Cell:
    write = text(mapping(looked).get("write"))
    if not flags:
        said = show(looked) if looked is not None else "not looked at"
        return Cell(word=said, tone=BAD if looked == "not mounted" else DOUBT)
    if declared != flags or (flags == "ro" and write.startswith("written")):
        return Cell(word=f"is {MODES.get(flags, flags)}; a write gave: {write}", tone=BAD)
    words = _PROVEN.get((flags, write.replace(",", " ").partition(" ")[0] or "none"))
    return Cell(word=words or f"mounted {MODES.get(flags, flags)} ({write})", tone=GOOD)
