"""The demonstrations of a report in words: what was done and what was seen. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

TITLE = "demonstrations, made in the verification container during this run"
WORDS = {"fail": "FAILED", "error": "UNKNOWN", "skipped": "NOT RUN"}
Row = Mapping[str, Any]


def sentences(checks: Iterable[Row]) -> list[tuple[str, str]]:
    """(namespace, sentence) of each `demo.*` check, in the order of teaching.

    `checks` are rows of a report. What is not proven is called so; its row says more.
    """
    rows = {row["id"]: row for row in checks}
    return [
        (kind.upper(), _sentence(rows[f"demo.{kind}"], say))
        for kind, say in SAY.items()
        if f"demo.{kind}" in rows
    ]


def section(checks: Iterable[Row]) -> list[str]:
    """Lines of plain text; none when there was no demonstration."""
    said = sentences(checks)
    return [TITLE, *(f"  {kind:<4}  {words}" for kind, words in said)] if said else []


def _sentence(row: Row, say: Callable[[Row], str]) -> str:
    if row["status"] == "pass":
        return say(row["evidence"])
    word = WORDS.get(row["status"], "UNKNOWN")
    why = row["evidence"].get("unread")
    return f"{word}: {row['claim']}" + (f" ({why})" if why else "")


def _mnt(seen: Row) -> str:
    done = f"bound {seen.get('source')} at {seen.get('at')} in a new namespace"
    return f"{done}: seen inside, {_by_none(seen)}"


def _ipc(seen: Row) -> str:
    key = seen.get("key")
    shown = f"{key:#x}" if isinstance(key, int) else key
    return f"made message queue {shown} in a new namespace: seen inside, {_by_none(seen)}"


def _by_none(seen: Row) -> str:
    return f"by none of {seen.get('asked')} others (host, verifier, containers)"


def _uts(seen: Row) -> str:
    outside = seen.get("outside")
    host = outside.get("the host") if isinstance(outside, dict) else None
    done = f"set host name to {seen.get('name')} in a new namespace"
    return f"{done}: seen inside, the host still says {host}"


def _pid(seen: Row) -> str:
    numbers = seen.get("nspid")
    outside = numbers[0] if isinstance(numbers, list) and numbers else None
    inside = seen.get("pid")
    return f"started a process in a new namespace: PID {inside} inside, PID {outside} for the host"


def _net(seen: Row) -> str:
    names = seen.get("interfaces")
    listed = ", ".join(str(name) for name in names) if isinstance(names, list) else names
    rest = f"{listed} alone, {seen.get('lo')}; the host has {seen.get('host_has')}"
    return f"listed the interfaces of a new namespace: {rest}"


def _user(seen: Row) -> str:
    before, inside = seen.get("before"), seen.get("inside")
    done = f"made uid {before} root (uid {inside}) of a new namespace"
    refused = f"setting a host name refused ({seen.get('errno')})"
    return f"{done}: {refused} until it had a UTS namespace as well"


SAY: Mapping[str, Callable[[Row], str]] = {
    "mnt": _mnt,
    "ipc": _ipc,
    "uts": _uts,
    "pid": _pid,
    "net": _net,
    "user": _user,
}
