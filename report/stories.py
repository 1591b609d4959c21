"""The six demonstrations as short stories: what was done, what was seen, what it means. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from report.checks import One, read
from report.reading import Row, checks, mapping, show, text

Seen = Mapping[str, Any]
Told = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`steps` are done, inside, outside; empty when it was not shown: `check` says why."""

    name: str
    title: str
    steps: tuple[tuple[str, str], ...]
    meaning: str
    check: One


_LABELS = ("Done", "Seen inside", "Seen outside")
_TITLES = {
    "mnt": "A mount that only one process sees",
    "ipc": "A message queue behind a wall",
    "uts": "Two names for one machine",
    "pid": "The same process, two numbers",
    "net": "A network with nothing in it",
    "user": "Root, but only at home",
}
_MEANINGS = {
    "mnt": "A mount namespace is a file tree of one's own: what is mounted in it stays in it.",
    "ipc": "An IPC namespace has its own queues and shared memory: there is no way to the others'.",
    "uts": "A UTS namespace holds a host name. To set it inside changes nothing outside.",
    "pid": "A PID namespace counts from 1. The host sees the same process, under its own number.",
    "net": "A network namespace begins empty. Every other interface is one that somebody put in.",
    "user": "In a user namespace anybody can be root, over what belongs to that namespace alone.",
}


def stories(report: Row) -> tuple[Story, ...]:
    """In the order of teaching."""
    found = []
    for kind, tell in _TELLING.items():
        row = next(checks(report, f"demo.{kind}"), None)
        if row is None:
            continue
        told = tell(mapping(row.get("evidence"))) if row.get("status") == "pass" else ()
        found.append(
            Story(
                name=kind.upper(),
                title=_TITLES[kind],
                steps=tuple(zip(_LABELS, told, strict=False)),
                meaning=_MEANINGS[kind] if told else "",
                check=read(row),
            )
        )
    return tuple(found)


def _nobody(seen: Seen) -> str:
    return f"none of {show(seen.get('asked'))} others sees it: host, verifier, containers"


def _mnt(seen: Seen) -> Told:
    source, at = show(seen.get("source")), show(seen.get("at"))
    return (
        f"In a new mount namespace, {source} was bound at {at}.",
        f"{at} shows what {source} holds: the same inode.",
        f"The mount is in nobody's table: {_nobody(seen)}.",
    )


def _ipc(seen: Seen) -> Told:
    key = seen.get("key")
    shown = f"{key:#x}" if isinstance(key, int) else show(key)
    return (
        f"In a new IPC namespace, message queue {shown} was made.",
        "The list of queues holds it.",
        f"The queue is in nobody's list: {_nobody(seen)}.",
    )


def _uts(seen: Seen) -> Told:
    host = text(mapping(seen.get("outside")).get("the host"))
    return (
        f"In a new UTS namespace, the host name was set to {show(seen.get('name'))}.",
        f"The machine says it is called {show(seen.get('name'))}.",
        f"The host is still called {host}." if host else "The host's name did not change.",
    )


def _pid(seen: Seen) -> Told:
    numbers = seen.get("nspid")
    outside = show(numbers[0]) if isinstance(numbers, list) and numbers else "another"
    return (
        "In a new PID namespace, a process was started.",
        f"It asks for its own number and gets {show(seen.get('pid'))}.",
        f"The host lists the same process as {outside}.",
    )


def _net(seen: Seen) -> Told:
    return (
        "In a new network namespace, the interfaces were listed.",
        f"There is {show(seen.get('interfaces'))} alone, and it is {show(seen.get('lo'))}.",
        f"The host has {show(seen.get('host_has'))} interfaces, by the same list.",
    )


def _user(seen: Seen) -> Told:
    return (
        f"User {show(seen.get('before'))}, with no privilege, took a new user namespace.",
        f"There it has user id {show(seen.get('inside'))}: it is root.",
        f"The host name belongs to the host: setting it was refused ({show(seen.get('errno'))}). "
        "In a UTS namespace of its own it was allowed.",
    )


_TELLING: Mapping[str, Callable[[Seen], Told]] = {
    "mnt": _mnt,
    "ipc": _ipc,
    "uts": _uts,
    "pid": _pid,
    "net": _net,
    "user": _user,
}
