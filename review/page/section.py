"""Parts of the page, and how they fit into its bytes: the least important end goes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

# GitHub takes 65,536 characters a comment; a byte is at least as much as a character.
MOST_BYTES = 60_000
# Of the room, for the titles of what is left out, so that they do not crowd out what is not.
_FOR_TITLES = 8


@dataclass(frozen=True, kw_only=True)
class Section:
    """Lines between what opens and what closes them. `weight`: the greater, the later it is cut.

    `ending` closes what the title opens, also where all lines are left out.
    `whole`: half of it is worth nothing (a picture), so that it is there or not.
    """

    title: str
    lines: tuple[str, ...]
    weight: int
    opening: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    ending: tuple[str, ...] = ()
    whole: bool = False
    left_out: int = 0

    @property
    def text(self) -> str:
        shown = [*self.opening, *self.lines, *self.closing, ""] if self.lines else []
        note = [_left_out(self.left_out, "line"), ""] if self.left_out else []
        end = [*self.ending, ""] if self.ending else []
        return "\n".join([self.title, "", *shown, *note, *end])


def fitted(sections: Sequence[Section], most: int = MOST_BYTES) -> list[Section]:
    """The same in their order, cut until their text is no longer than `most` bytes.

    What has no room even for its title is gone; a last section says of how many that is so.
    """
    room = most - _size(_gone(len(sections)))
    order = sorted(range(len(sections)), key=lambda n: -sections[n].weight)
    least = {index: _least(sections[index]) for index in order}
    titles = _reserved(least, room // _FOR_TITLES)
    room -= sum(least[index] for index in titles)
    kept: dict[int, Section] = {}
    for index in order:
        room += least[index] if index in titles else 0
        if least[index] <= room:
            kept[index] = _cut(sections[index], room)
            room -= _size(kept[index])
    gone = len(sections) - len(kept)
    return [*(kept[index] for index in sorted(kept)), *([_gone(gone)] if gone else [])]


def _reserved(sizes: Mapping[int, int], room: int) -> set[int]:
    """The first of these that fit together."""
    found: set[int] = set()
    for index, size in sizes.items():
        room -= size
        if room < 0:
            break
        found.add(index)
    return found


def _gone(number: int) -> Section:
    return Section(title=_left_out(number, "section"), lines=(), weight=0)


def _left_out(number: int, what: str) -> str:
    plural = "" if number == 1 else "s"
    return f"…and {number} more {what}{plural}, left out to keep this page short."


def _least(one: Section) -> int:
    """Bytes of its title and that all of it is left out, where that is not longer than all."""
    return min(_size(_first(one, 0)), _size(one))


def _cut(one: Section, room: int) -> Section:
    if _size(one) <= room:
        return one
    if one.whole:
        return _first(one, 0)
    low, high = 0, len(one.lines)
    while low < high:
        middle = (low + high + 1) // 2
        if _size(_first(one, middle)) <= room:
            low = middle
        else:
            high = middle - 1
    return _first(one, low)


def _first(one: Section, number: int) -> Section:
    return replace(one, lines=one.lines[:number], left_out=len(one.lines) - number)


def _size(one: Section) -> int:
    return len(one.text.encode()) + 1
