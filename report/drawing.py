"""What a picture is made of: shapes, and labels that fit the room they are given. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

SMALL = 11.0
# Of DejaVu Sans Bold, which is wider than the other common fonts.
_BOLD = frozenset(("strong", "title"))
_BROAD, _LEAN = frozenset("mwMW@%…—"), frozenset("fijlrt-.,:;/|!'()[] ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Text with its baseline's left end at (x, y); `full` is what did not fit."""

    x: float
    y: float
    text: str
    size: float
    look: str
    full: str = ""

    @property
    def area(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        right = self.x + width(self.text, self.size, self.look)
        return self.x, self.y - self.size * 0.8, right, self.y + 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A `box`, a `line` (x, y to x + w, y + h) or a `dot` (w is its radius)."""

    kind: str
    x: float
    y: float
    w: float
    h: float
    look: str


@dataclass(slots=True)
class Picture:
    """Cables lie under bars, bars under all else."""

    height: float = 0.0
    cables: list[Shape] = field(default_factory=list)
    bars: list[Shape] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)

    def write(
        self,
        x: float,
        y: float,
        text: str,
        room: float,
        look: str,
        size: float = SMALL,
        full: str = "",
    ) -> None:
        """`full`: the whole of what `text` is already a part of."""
        short = fit(text, room, size, look)
        if short:
            whole = full or (text if short != text else "")
            self.labels.append(Label(x=x, y=y, text=short, size=size, look=look, full=whole))


def width(text: str, size: float, look: str = "") -> float:
    """At least what a browser's font takes: the em of each character, rounded up."""
    bold = not _BOLD.isdisjoint(look.split())
    return sum(_em(one, bold=bold) for one in text) * size


def _em(one: str, *, bold: bool) -> float:
    if unicodedata.east_asian_width(one) in "WF":
        return 1.4 if bold else 1.24
    if not bold:
        return 0.62
    if one in _BROAD:
        return 1.05
    if one in _LEAN:
        return 0.5
    return 0.72 if one.islower() or one.isdigit() else 0.86


def fit(text: str, room: float, size: float, look: str = "") -> str:
    """Without its end, if it must be; nothing where not even the sign of that fits."""
    if width(text, size, look) <= room:
        return text
    while text and width(text + "…", size, look) > room:
        text = text[:-1]
    return text + "…" if width(text + "…", size, look) <= room else ""
