"""What a picture is made of: shapes, and labels that fit the room they are given. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

SMALL = 11.0


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
        return self.x, self.y - self.size * 0.8, self.x + width(self.text, self.size), self.y + 2


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
        self, x: float, y: float, text: str, room: float, look: str, size: float = SMALL
    ) -> None:
        if text:
            short = fit(text, room, size)
            full = text if short != text else ""
            self.labels.append(Label(x=x, y=y, text=short, size=size, look=look, full=full))


def width(text: str, size: float) -> float:
    """At least what a browser's font takes: the em of each character, rounded up."""
    wide = sum(unicodedata.east_asian_width(one) in "WF" for one in text)
    return (0.62 * (len(text) - wide) + 1.1 * wide) * size


def fit(text: str, room: float, size: float) -> str:
    if width(text, size) <= room:
        return text
    while text and width(text + "…", size) > room:
        text = text[:-1]
    return text + "…"
