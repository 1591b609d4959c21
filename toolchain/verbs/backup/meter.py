"""Says how far a long transfer is, in bytes: on a terminal all the time, else now and then."""

from __future__ import annotations

import sys
import time

from toolchain.setup.console import say

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


def amount(count: int) -> str:
    """`12 bytes`, `3.4 MiB`."""
    value, unit = float(count), 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{count} {_UNITS[0]}" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


class Progress:
    """Called with the bytes so far. whole: how many there will be, where that is known."""

    def __init__(self, part: str, text: str, whole: int | None = None) -> None:
        self.part, self.text, self.whole = part, text, whole
        self.begin = self._last = time.monotonic()
        self._on_terminal = sys.stderr.isatty()
        self._shown = False

    def __call__(self, count: int) -> None:
        now = time.monotonic()
        if now - self._last < (0.2 if self._on_terminal else 10.0):
            return
        self._last = now
        of = f" of {amount(self.whole)}" if self.whole is not None else ""
        line = f"{self.text} … {amount(count)}{of}"
        if not self._on_terminal:
            say(self.part, line)
            return
        self._shown = True
        print(f"\r\033[K  {self.part:<15} {line}", end="", file=sys.stderr, flush=True)

    def end(self, line: str) -> None:
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr)
        say(self.part, line)
