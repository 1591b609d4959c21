"""Looks from every container, and from the host: at host names, queues and interfaces.

The same look at a demonstration's own namespace is what makes it count that others see nothing.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping
from typing import Any

from verifier import libc
from verifier.demos.acts import interfaces, queue_keys
from verifier.facts import Unread

Rooms = Mapping[str, Mapping[str, int]]
"""Open namespace files of everybody who looks, by name and kind (uts, ipc or net)."""
Views = Mapping[str, Mapping[str, Any]]
"""What each saw, by name and kind; an `Unread` where one could not look."""

LOOKS: Mapping[str, Callable[[], Any]] = {
    "uts": lambda: os.uname().nodename,
    "ipc": queue_keys,
    "net": interfaces,
}


def look_around(rooms: Rooms) -> dict[str, dict[str, tuple[bool, Any]]]:
    """(True, what was seen) or (False, errno name), by name and kind.

    For a child process: it stays in the last namespaces it entered.
    """
    return {
        name: {kind: _look(kind, fd) for kind, fd in files.items()} for name, files in rooms.items()
    }


def _look(kind: str, fd: int) -> tuple[bool, Any]:
    try:
        libc.enter(fd, kind)
        return True, LOOKS[kind]()
    except OSError as error:
        return False, errno.errorcode.get(error.errno or 0, "EIO")


def as_views(answer: object, rooms: Rooms) -> Views:
    """The child's answer; whoever is not in it is unread."""
    why = answer if isinstance(answer, Unread) else Unread("no answer")
    if not isinstance(answer, dict):
        return {name: dict.fromkeys(files, why) for name, files in rooms.items()}
    return {
        name: {kind: _view(answer.get(name, {}).get(kind)) for kind in files}
        for name, files in rooms.items()
    }


def _view(found: Any) -> Any:
    if found is None:
        return Unread("no answer")
    good, value = found
    return value if good else Unread(str(value))
