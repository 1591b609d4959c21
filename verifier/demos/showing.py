"""Runs the demonstrations: starts them, looks from everywhere while they hold, ends them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial

from verifier import mountinfo
from verifier.child import Child
from verifier.demos import acts, outside
from verifier.demos.actor import Act, Actor
from verifier.demos.looking import Rooms, Views, as_views, look_around
from verifier.facts import Demonstration, Unread
from verifier.powers import ENTER, acting_with, only
from verifier.procfs import Deadline, ProcFs, unread
from verifier.scan import read_status

SECONDS = 3.0
FOLDER = "/tmp/mnt"
KINDS = ("uts", "ipc", "net")
OWN = ProcFs("/proc")
"""The verifier's own procfs: its children are found there by the number that fork gave."""


def show(
    proc: ProcFs, pids: Mapping[str, int], rooms: Rooms, held: ExitStack, deadline: Deadline
) -> tuple[dict[str, Demonstration | Unread], Views]:
    """The demonstrations by namespace, and what everybody saw meanwhile.

    pids: first process of each container, and the host's under "the host". rooms: open uts and
    ipc files of the same, and the host's net file. What the demonstrations hold is taken down
    from here on, and waited for only when `held` closes.
    """
    limit = Deadline(min(SECONDS, deadline.left()))
    folder = held.enter_context(_folder())
    actors: dict[str, Actor] = {}
    for kind, act in _acts(proc, folder).items():
        # Nobody's power is enough to become root in a user namespace of one's own.
        kept = () if kind == "user" else ENTER
        actors[kind] = Actor(partial(acting_with, kept, act))
        held.callback(actors[kind].stop)
    inside: outside.Inside = {kind: actor.report(limit.left()) for kind, actor in actors.items()}
    if isinstance(folder, Unread):
        inside["mnt"] = folder
    views = _views(actors, rooms, limit, held)
    demos = {
        "mnt": outside.mnt(inside["mnt"], *_tables(proc, pids, actors)),
        "ipc": outside.ipc(inside["ipc"], views),
        "uts": outside.uts(inside["uts"], views),
        "pid": outside.pid(inside["pid"], lambda pid: read_status(proc, pid)),
        "net": outside.net(inside["net"], views),
        "user": outside.user(inside["user"]),
    }
    for actor in actors.values():
        actor.dismiss()
    return demos, views


def _acts(proc: ProcFs, folder: str | Unread) -> dict[str, Act]:
    chosen: dict[str, Act] = {
        "ipc": acts.make_queue,
        "uts": acts.rename_host,
        "pid": partial(acts.start_first_process, proc.root),
        "net": acts.list_interfaces,
        "user": acts.become_root,
    }
    if not isinstance(folder, Unread):
        chosen["mnt"] = partial(acts.mount_something, folder)
    return chosen


@contextmanager
def _folder() -> Iterator[str | Unread]:
    """An empty folder to mount on, removed afterwards; /tmp/mnt if nobody has it already."""
    try:
        try:
            os.mkdir(FOLDER)
            made = FOLDER
        except FileExistsError:
            made = tempfile.mkdtemp(prefix="mnt-", dir=os.path.dirname(FOLDER))
    except OSError as error:
        yield Unread(f"{unread(error).why} at mkdir {FOLDER}")
        return
    try:
        yield made
    finally:
        with suppress(OSError):
            os.rmdir(made)


def _views(actors: Mapping[str, Actor], rooms: Rooms, limit: Deadline, held: ExitStack) -> Views:
    """The looks of everybody; the demonstrations are looked at in the same way."""
    everybody = {**rooms, outside.ME: _files("self", held)}
    for kind, actor in actors.items():
        everybody[outside.demo(kind)] = _files(actor.pid, held)
    child = Child(lambda: only(ENTER, lambda: look_around(everybody)))
    held.callback(child.stop)
    return as_views(child.answer(limit.left()), everybody)


def _files(pid: int | str, held: ExitStack) -> dict[str, int]:
    found: dict[str, int] = {}
    for kind in KINDS:
        with suppress(OSError):
            found[kind] = os.open(OWN.path(pid, f"ns/{kind}"), os.O_RDONLY | os.O_CLOEXEC)
            held.callback(os.close, found[kind])
    return found


def _tables(
    proc: ProcFs, pids: Mapping[str, int], actors: Mapping[str, Actor]
) -> tuple[outside.Table, dict[str, outside.Table]]:
    """(the demonstration's mounts, everybody's): those whose place has the folder's name."""
    if "mnt" not in actors:
        return Unread("no process"), {}
    tables = {name: _table(proc, pid) for name, pid in pids.items()}
    tables[outside.ME] = _table(OWN, "self")
    return _table(OWN, actors["mnt"].pid), tables


def _table(proc: ProcFs, pid: int | str) -> outside.Table:
    text = proc.read(pid, "mountinfo") if pid else Unread("no process")
    if isinstance(text, Unread):
        return text
    try:
        # Most mounts lie elsewhere; a hundred containers have thousands of them.
        lines = [line for line in text.splitlines() if b"/mnt" in line]
        return mountinfo.parse(b"\n".join(lines)) if text else Unread("no mounts")
    except ValueError as error:
        return Unread(str(error))
