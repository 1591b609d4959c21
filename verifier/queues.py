"""Makes a message queue in each container's IPC namespace and looks who else can see it.

A run that was killed could not take its own away, so a later one does: they carry a mark that
nobody else's have, permissions with which no queue could be used.
"""

from __future__ import annotations

import errno
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from verifier import libc
from verifier.facts import Unread

HOST = "the host"
PREFIX, UNUSABLE = 0x6E << 24, 0o111
OLD = 120
"""Seconds: far longer than a run may take."""
LIST = "/proc/sysvipc/msg"
Rooms = Sequence[tuple[str, int]]
"""(name, open ns/ipc file) of each container, and of the host under HOST."""


def try_queues(rooms: Rooms) -> dict[str, list[str] | str]:
    """{container: names of all that see its queue, or the errno name that prevented it}.

    For a child process: it stays in the last namespace it entered.
    """
    keys: dict[str, int] = {}
    answers: dict[str, list[str] | str] = {}
    made: list[tuple[int, int]] = []
    try:
        for name, fd in rooms:
            if name == HOST:
                continue
            key = PREFIX | secrets.randbelow(1 << 24)
            try:
                libc.enter(fd, "ipc")
                _remove_stale()
                made.append((fd, libc.make_queue(key, UNUSABLE)))
                keys[name] = key
                answers[name] = []
            except OSError as error:
                answers[name] = errno.errorcode.get(error.errno or 0, "EIO")
        _look(rooms, keys, answers)
    finally:
        for fd, queue in made:
            with suppress(OSError):
                libc.enter(fd, "ipc")
                libc.remove_queue(queue)
    return answers


def _remove_stale() -> None:
    with suppress(OSError):
        for queue in stale(_listed(), time.time()):
            with suppress(OSError):
                libc.remove_queue(queue)


def _listed() -> list[list[int]]:
    """Rows of the own IPC namespace's queues; the permissions are octal digits."""
    # As bytes: nobody may not be allowed to load the module of a text encoding.
    with open(LIST, "rb") as file:
        return [[int(word) for word in line.split()] for line in list(file)[1:]]


def stale(rows: Sequence[Sequence[int]], now: float) -> list[int]:
    """Ids of queues that were made here, never used, and are too old for a run to use."""
    found = []
    for key, queue, mode, *used, _, _, _, _, sent, received, changed in rows:
        ours = key & 0x7F << 24 == PREFIX and mode == int(f"{UNUSABLE:o}")
        if ours and not any((*used, sent, received)) and now - changed > OLD:
            found.append(queue)
    return found


def _look(rooms: Rooms, keys: Mapping[str, int], answers: dict[str, list[str] | str]) -> None:
    for viewer, fd in rooms:
        try:
            libc.enter(fd, "ipc")
            seen = {row[0] for row in _listed()}
        except OSError as error:
            # Nobody's queue is proven unseen when one cannot look.
            why = errno.errorcode.get(error.errno or 0, "EIO")
            answers.update(dict.fromkeys(keys, why))
            return
        for name, key in keys.items():
            found = answers[name]
            if key in seen and isinstance(found, list):
                found.append(viewer)


def as_facts(answer: object, names: Sequence[str]) -> dict[str, tuple[str, ...] | Unread]:
    """The child's answer by container; whoever is not in it is unread."""
    if isinstance(answer, Unread) or not isinstance(answer, dict):
        why = answer if isinstance(answer, Unread) else Unread("no answer")
        return dict.fromkeys(names, why)
    found: dict[str, tuple[str, ...] | Unread] = {}
    for name in names:
        value = answer.get(name, "no answer")
        found[name] = tuple(value) if isinstance(value, list) else Unread(str(value))
    return found
