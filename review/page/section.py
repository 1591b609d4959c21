"""Parts of the page, and how they fit into its bytes: the least important end goes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

# GitHub takes 65,536 characters a comment; a byte is at least as much as a character.
MOST_BYTES = 60_000


@dataclass(frozen=True, kw_only=True)
class Section:
    """Lines between what opens and what closes them. `weight`: the greater, the later it is cut.

    `whole`: half of it is worth nothing (a picture), so that it is there or not.
    """

    title: str
    lines: tuple[str, ...]
    weight: int
    opening: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    whole: bool = False
    left_out: int = 0

    @property
    def text(self) -> str:
        note = f"…and {self.left_out} more lines, left out to keep this page short."
        cut = (note, "") if self.left_out else ()
        if self.left_out and not self.lines:
            return "\n".join([self.title, "", *cut])
        return "\n".join([self.title, "", *self.opening, *self.lines, *self.closing, "", *cut])


def fitted(sections: Sequence[Section], most: int = MOST_BYTES) -> list[Section]:
    """The same sections in their order, cut until their text is no longer than `most` bytes."""
    left = most - sum(_size(_emptied(one)) for one in sections)
    kept: dict[int, Section] = {}
    for index in sorted(range(len(sections)), key=lambda n: -sections[n].weight):
        one = sections[index]
        fit = _cut(one, left + _size(_emptied(one)))
        left -= _size(fit) - _size(_emptied(one))
        kept[index] = fit
    return [kept[index] for index in range(len(sections))]


def _emptied(one: Section) -> Section:
    """The least that a section takes: its title, and that all of it is left out."""
    return replace(one, lines=(), left_out=len(one.lines)) if one.lines else one


def _cut(one: Section, room: int) -> Section:
    if _size(one) <= room:
        return one
    if one.whole:
        return _emptied(one)
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
