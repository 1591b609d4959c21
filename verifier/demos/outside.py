"""From what a demonstration saw inside, and what all others saw meanwhile, to facts. Pure."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from verifier.demos.looking import Views
from verifier.facts import Demonstration, Mount, Status, Unread
from verifier.queues import HOST

ME = "the verifier"
Inside = dict[str, dict[str, Any] | Unread]
Seen = dict[str, Any] | Unread
Table = tuple[Mount, ...] | Unread
Shown = Demonstration | Unread
NOT_OPENED = Unread("its namespaces could not be opened")


def demo(kind: str) -> str:
    """The name under which a demonstration's own namespaces are looked at."""
    return f"demonstration {kind}"


def mnt(seen: Seen, own: Table, tables: Mapping[str, Table]) -> Shown:
    """The same thing mounted anywhere else: under a leak its place may have another beginning."""
    if isinstance(seen, Unread):
        return seen
    at: str = seen["at"]
    made = [] if isinstance(own, Unread) else [mount for mount in own if mount.at == at]
    things = {(mount.device, mount.root, os.path.basename(mount.at)) for mount in made}
    return Demonstration(
        changed=seen["changed"],
        inside=seen,
        found=bool(made),
        asked=len(tables),
        seen_by=tuple(name for name, table in tables.items() if _holds(table, things)),
        blind={name: table.why for name, table in tables.items() if isinstance(table, Unread)},
    )


def _holds(table: Table, things: set[tuple[str, str, str]]) -> bool:
    mounts = () if isinstance(table, Unread) else table
    return any((m.device, m.root, os.path.basename(m.at)) in things for m in mounts)


def ipc(seen: Seen, views: Views) -> Shown:
    if isinstance(seen, Unread):
        return seen
    key = seen["key"]
    return _looked_for(seen, views, "ipc", lambda keys: isinstance(keys, list) and key in keys)


def uts(seen: Seen, views: Views) -> Shown:
    if isinstance(seen, Unread):
        return seen
    words = {name: views.get(name, {}).get("uts") for name in (ME, HOST)}
    others = {name: word for name, word in words.items() if isinstance(word, str)}
    # Who cannot look is blind, which is told apart from having seen a change.
    unchanged = others.get(ME, seen["before"]) == seen["before"]
    inside = {**seen, "outside": others, "unchanged": unchanged}
    return _looked_for(inside, views, "uts", lambda word: word == seen["name"])


def _looked_for(
    seen: dict[str, Any], views: Views, kind: str, is_there: Callable[[Any], bool]
) -> Demonstration:
    own = {demo(one) for one in ("mnt", "ipc", "uts", "pid", "net", "user")}
    others = {name: view.get(kind, NOT_OPENED) for name, view in views.items() if name not in own}
    return Demonstration(
        changed=seen["changed"],
        inside=seen,
        found=is_there(views.get(demo(kind), {}).get(kind)),
        asked=len(others),
        seen_by=tuple(name for name, view in others.items() if is_there(view)),
        blind={name: view.why for name, view in others.items() if isinstance(view, Unread)},
    )


def pid(seen: Seen, status_of: Callable[[int], Status | Unread]) -> Shown:
    """`status_of` reads the host's procfs, which knows the process by three numbers."""
    if isinstance(seen, Unread):
        return seen
    status = status_of(seen["outside"])
    numbers = [] if isinstance(status, Unread) else list(status.nspid)
    return Demonstration(
        changed=seen["changed"],
        inside={**seen, "nspid": numbers},
        found=numbers[-2:] == [seen["here"], seen["pid"]],
        blind={HOST: status.why} if isinstance(status, Unread) else {},
    )


def net(seen: Seen, views: Views) -> Shown:
    """That the same look finds the host's interfaces is what makes `lo alone` count."""
    if isinstance(seen, Unread):
        return seen
    host = views.get(HOST, {}).get("net", NOT_OPENED)
    return Demonstration(
        changed=seen["changed"],
        inside={**seen, "host_has": len(host) if isinstance(host, list) else 0},
        found=views.get(demo("net"), {}).get("net") == seen["interfaces"],
        blind={HOST: host.why} if isinstance(host, Unread) else {},
    )


def user(seen: Seen) -> Shown:
    if isinstance(seen, Unread):
        return seen
    inside = {key: value for key, value in seen.items() if key != "changed"}
    return Demonstration(changed=seen["changed"], inside=inside, found=True)
