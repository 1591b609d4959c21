"""What reviews took as lines of text. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from bench.reviewing import CHECK, DIFF, PREVIEW, WRITE, Reviewed
from bench.table import NOTHING, aligned, goal

_ALL_STACKS, _LARGE, _LARGE_SECONDS = 3.0, 300, 5.0


def lines(found: Sequence[Reviewed], rounds: int) -> str:
    """Table, and the goals."""
    heading = ["", "resources", *(f"{name}, s" for name in (CHECK, WRITE, DIFF, PREVIEW)), "ratio"]
    parts = [
        f"The offline review, whole processes; median of {rounds} rounds",
        aligned([heading, *(_row(one) for one in found)]),
        "ratio: pulumi preview of the same lab as a new stack, to review-check",
        "\n".join(_goals(found)),
    ]
    return "\n\n".join(parts)


def _row(one: Reviewed) -> list[str]:
    seconds = [_seconds(one, name) for name in (CHECK, WRITE, DIFF, PREVIEW)]
    return [one.name, str(one.resources), *seconds, _ratio(one)]


def _seconds(one: Reviewed, name: str) -> str:
    return f"{median(one.seconds[name]):.2f}" if one.seconds.get(name) else NOTHING


def _ratio(one: Reviewed) -> str:
    if not one.seconds.get(PREVIEW):
        return NOTHING
    return f"{median(one.seconds[PREVIEW]) / median(one.seconds[CHECK]):.1f}x"


def _goals(found: Sequence[Reviewed]) -> list[str]:
    told = []
    for n, one in enumerate(found):
        limit = _ALL_STACKS if n == 0 else _LARGE_SECONDS
        if n == 0 or one.resources >= _LARGE:
            told.append(goal(f"{one.name}, {CHECK}", median(one.seconds[CHECK]), limit, " s"))
            told.append(goal(f"{one.name}, {DIFF}", median(one.seconds[DIFF]), limit, " s"))
    return told
