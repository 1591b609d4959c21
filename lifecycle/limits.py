"""A deadline and the signals that end a run, as exceptions where the run is: what it made is
removed before it ends.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """`number` is the signal, SIGALRM when the time was up. No Exception: none may swallow it."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@dataclass
class _Waiting:
    """How many blocks are under way that nothing may cut short, and the signal that came then.

    No mask of signals: that is of one thread, and Python gives a signal of any thread to the main
    one.
    """

    blocks: int = 0
    number: int | None = None


_waiting = _Waiting()


@contextlib.contextmanager
def limited(seconds: float, endings: bool = True) -> Iterator[None]:
    """Raises Stopped in the block after that time and, with `endings`, on a signal to end; without,
    such signals are ignored.
    """

    def stop(number: int, _frame: FrameType | None) -> None:
        if _waiting.blocks:
            _waiting.number = number
            return
        raise Stopped(number)

    handlers = dict.fromkeys(_ENDING, stop if endings else signal.SIG_IGN)
    before = {
        number: signal.signal(number, handler)
        for number, handler in {**handlers, signal.SIGALRM: stop}.items()
    }
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """What ends a run waits for the end of the block: a request that the engine goes on with when
    nobody waits for its answer any more would make what nobody removes.
    """
    _waiting.blocks += 1
    try:
        yield
    finally:
        _waiting.blocks -= 1
        number = _waiting.number
        if number is not None and not _waiting.blocks:
            _waiting.number = None
            raise Stopped(number)
