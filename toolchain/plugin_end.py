"""When a plugin process ends: told by a signal, or left alone by the process that started it."""

from __future__ import annotations

import os
import select
import signal

WATCH_SECONDS = 1.0


def listen() -> int:
    """A pipe that can be read once the process was told to end.

    A handler may run while the main thread holds any lock, so it takes none: not even an Event's.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    return reading


def wait(told: int, parent: int) -> None:
    """Returns when the pipe of listen() can be read, or `parent` is no longer the parent.

    A CLI that is killed tells nobody, hence the look at the parent.
    """
    while os.getppid() == parent and not select.select([told], [], [], WATCH_SECONDS)[0]:
        pass
