"""The files that the verifier leaves in a container's folder for a moment, to see who has them.

A run that was killed could not take its own away, so a later one does. It takes nothing but what
is exactly such a file: a container may name a file of its own as it likes, and lose no data.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
import time
from collections.abc import Iterable
from contextlib import suppress

_NAME = re.compile(r"\.nsv-[0-9a-f]{24}")
_SIZES = (0, 80)
"""Of an empty file, and of a POSIX message queue, whose text says how full it is."""
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
MODE = 0o600
OLD = 120.0
"""Seconds: far longer than a run may take."""
LOOKED_AT = 10_000


def new_name() -> str:
    return f".nsv-{secrets.token_hex(12)}"


def create(folder: int, name: str) -> None:
    """An empty file in an open folder. Raises OSError."""
    os.close(os.open(name, _FLAGS, MODE, dir_fd=folder))


def remove_stale(folder: int) -> int:
    """Takes away what runs that were killed left in an open folder; says how many it were."""
    with suppress(OSError):
        return sum(_remove(folder, name) for name in _candidates(folder))
    return 0


def _candidates(folder: int) -> Iterable[str]:
    with os.scandir(folder) as entries:
        for number, entry in enumerate(entries):
            if number >= LOOKED_AT:
                return
            if _NAME.fullmatch(entry.name):
                yield entry.name


def _remove(folder: int, name: str) -> bool:
    found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if not is_stale(found, time.time()):
        return False
    with suppress(OSError):
        os.unlink(name, dir_fd=folder)
        return True
    return False


def is_stale(found: os.stat_result, now: float) -> bool:
    """Whether it is a file as `create` makes them, untouched, and too old for a run to use."""
    return (
        stat.S_ISREG(found.st_mode)
        and stat.S_IMODE(found.st_mode) == MODE
        and found.st_nlink == 1
        and found.st_size in _SIZES
        and now - max(found.st_mtime, found.st_ctime) > OLD
    )
