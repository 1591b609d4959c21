"""Names cut to the room they are given so that they can still be told apart. Pure.

What tells siblings apart mostly stands at the end of their names, so a name loses its middle, and a
path its first folders. Names that would read alike then are written out, on as many lines as that
takes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from report.drawing import SMALL, width

CUT = "…"
LOOK = "strong"
_NORMAL = 14.0
_MOST_LINES = 6

Place = tuple[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A name as it is written: its lines, from the top."""

    name: str
    lines: tuple[str, ...]
    size: float

    @property
    def full(self) -> str:
        """The name, where the lines are not just that."""
        return "" if self.lines == (self.name,) else self.name


def shown(places: Iterable[Place]) -> Mapping[Place, Shown]:
    """By (name, room), for all the names of one picture: no two that differ read alike."""
    cut = {place: _on_one_line(*place) for place in places}
    names: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for one in cut.values():
        names[one.lines].add(one.name)
    return {
        (name, room): _written_out(name, room) if one.full and len(names[one.lines]) > 1 else one
        for (name, room), one in cut.items()
    }


def _on_one_line(name: str, room: float) -> Shown:
    if width(name, _NORMAL, LOOK) <= room:
        return Shown(name=name, lines=(name,), size=_NORMAL)
    short = (path if "/" in name else middle)(name, room, SMALL, LOOK)
    return Shown(name=name, lines=(short,), size=SMALL)


def _written_out(name: str, room: float) -> Shown:
    rest = middle(name, room * _MOST_LINES, SMALL, LOOK)
    lines = []
    while rest:
        line = rest[: _fitting(rest, room)]
        if line != rest and (after := line.rfind("-") + 1) > len(line) // 2:
            line = line[:after]
        lines.append(line)
        rest = rest[len(line) :]
    return Shown(name=name, lines=tuple(lines), size=SMALL)


def _fitting(text: str, room: float) -> int:
    """How many of its characters fit; one at least."""
    count = 1
    while count < len(text) and width(text[: count + 1], SMALL, LOOK) <= room:
        count += 1
    return count


def middle(text: str, room: float, size: float, look: str = "") -> str:
    """Without its middle; twice as much of its end stays as of its start, which many share."""
    if width(text, size, look) <= room:
        return text
    head, tail = "", ""
    for kept in range(1, len(text)):
        more_head, more_tail = text[: kept // 3], text[len(text) - kept + kept // 3 :]
        if width(more_head + CUT + more_tail, size, look) > room:
            break
        head, tail = more_head, more_tail
    short = head + CUT + tail
    return short if width(short, size, look) <= room else ""


def path(text: str, room: float, size: float, look: str = "") -> str:
    """Without its first folders; without the middle of its last one too, if that is long."""
    if width(text, size, look) <= room:
        return text
    parts = text.split("/")
    ends = (f"{CUT}/{'/'.join(parts[first:])}" for first in range(1, len(parts)))
    whole = next((end for end in ends if width(end, size, look) <= room), "")
    front = f"{CUT}/"
    return whole or front + middle(parts[-1], room - width(front, size, look), size, look)
