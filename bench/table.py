"""Samples to ratios and lines of text. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

OPERATIONS = ("up, cold", "up again", "preview", "destroy")
Samples = Mapping[str, Mapping[str, Sequence[float]]]  # contender, operation, seconds of each run

NOTHING = "-"


def ratio(samples: Samples, one: str, other: str, operation: str) -> float | None:
    """Median of one contender by that of the other; None where either has no sample."""
    ours, theirs = (samples.get(name, {}).get(operation) for name in (one, other))
    if not ours or not theirs:
        return None
    return median(ours) / median(theirs)


def comparison(samples: Samples, contenders: Sequence[str], to: Sequence[str]) -> list[list[str]]:
    """A row for each operation and contender: ratios to the contenders `to`, then the seconds."""
    rows = [["", "", *(f"to {name}" for name in to), "seconds", "least to most"]]
    for operation in OPERATIONS:
        for i, name in enumerate(contenders):
            ratios = [_times(ratio(samples, name, other, operation)) for other in to]
            seconds = samples.get(name, {}).get(operation, ())
            rows.append([operation if i == 0 else "", name, *ratios, *spread(seconds)])
    return rows


def spread(seconds: Sequence[float]) -> list[str]:
    """Median, and least to most."""
    if not seconds:
        return [NOTHING, NOTHING]
    return [f"{median(seconds):.2f}", f"{min(seconds):.2f} to {max(seconds):.2f}"]


def differences(
    samples: Samples, more: str, less: str, operations: Sequence[str] = OPERATIONS
) -> dict[str, float]:
    """Seconds that one contender takes more than another, by operation; pairs of the same round."""
    found = {}
    for operation in operations:
        pairs = zip(
            samples.get(more, {}).get(operation, ()),
            samples.get(less, {}).get(operation, ()),
            strict=False,
        )
        if gaps := [ours - theirs for ours, theirs in pairs]:
            found[operation] = median(gaps)
    return found


def goal(name: str, value: float | None, limit: float, unit: str) -> str:
    """One line: the goal, what was measured, and whether it is met."""
    if value is None:
        return f"{name}: not measured (goal {limit:g}{unit} at most)"
    told = "met" if value <= limit else "NOT met"
    return f"{name}: {value:.2f}{unit} (goal {limit:g}{unit} at most: {told})"


def _times(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}x"


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell: the first two to the left, the rest to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i < 2 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
