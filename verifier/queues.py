"""Makes a message queue in each container's IPC namespace and looks who else can see it."""

from __future__ import annotations

import errno
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress

from verifier import libc
from verifier.facts import Unread

HOST = "the host"
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
            key = secrets.randbelow(0x7FFFFFFE) + 1
            try:
                libc.enter(fd, "ipc")
                made.append((fd, libc.make_queue(key)))
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


def _look(rooms: Rooms, keys: Mapping[str, int], answers: dict[str, list[str] | str]) -> None:
    for viewer, fd in rooms:
        try:
            libc.enter(fd, "ipc")
            with open(LIST, encoding="ascii") as file:
                seen = {int(line.split()[0]) for line in list(file)[1:]}
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
