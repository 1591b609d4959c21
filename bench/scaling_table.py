"""The measured sizes as lines of text. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

from bench.scaling import Size
from bench.table import aligned, goal

HEADINGS = (
    *("containers", "bridges", "ordered pairs", "inside, ms", "whole run, s", "report, KiB"),
    *("docker exec, s", "ratio", "verdict"),
)
# containers: (milliseconds inside, seconds of the whole run, KiB of the report).
GOALS: dict[int, tuple[float, float | None, float | None]] = {
    10: (350.0, 1.0, 64.0),
    100: (3000.0, None, None),
}


def lines(sizes: Sequence[Size], rounds: int) -> str:
    """Table, what it does not say by itself, and the goals."""
    rows = [list(HEADINGS), *(_row(size) for size in sizes)]
    parts = [
        f"The verification of labs of several sizes; median of {rounds} rounds",
        aligned(rows),
        "\n".join(_notes(sizes)),
        "\n".join(_goals(sizes)),
    ]
    return "\n\n".join(part for part in parts if part)


def _row(size: Size) -> list[str]:
    mark = "*" if size.alternative.extrapolated else ""
    whole = _median(size, lambda run: run.whole_seconds)
    return [
        str(size.containers),
        str(size.bridges),
        str(size.pairs),
        f"{_median(size, lambda run: run.inside_ms):.0f}",
        f"{whole:.2f}",
        f"{_median(size, lambda run: run.report_bytes) / 1024:.1f}",
        f"{size.alternative.seconds:.1f}{mark}",
        f"{size.alternative.seconds / whole:.0f}x{mark}",
        ", ".join(sorted({run.verdict for run in size.runs})),
    ]


def _median(size: Size, of: Callable[..., float]) -> float:
    return median(of(run) for run in size.runs)


def _notes(sizes: Sequence[Size]) -> list[str]:
    told = [
        "docker exec: once per container (its namespaces) and once per ordered pair (one"
        " connection), one after another;",
        "  ratio: that, to the whole run of the verification container, which does far more",
    ]
    extrapolated = [
        f"  * extrapolated from {len(size.alternative.measured)} of {size.pairs} pairs,"
        f" drawn at random, at {size.containers} containers"
        for size in sizes
        if size.alternative.extrapolated
    ]
    return [*told, *extrapolated]


def _goals(sizes: Sequence[Size]) -> list[str]:
    found = []
    for size in sizes:
        if size.containers not in GOALS:
            continue
        inside, whole, kib = GOALS[size.containers]
        name = f"{size.containers} containers"
        found.append(goal(f"{name}, inside", _median(size, lambda r: r.inside_ms), inside, " ms"))
        if whole is not None:
            seconds = _median(size, lambda r: r.whole_seconds)
            found.append(goal(f"{name}, the whole run", seconds, whole, " s"))
        if kib is not None:
            size_of = _median(size, lambda r: r.report_bytes) / 1024
            found.append(goal(f"{name}, the report", size_of, kib, " KiB"))
    return found
