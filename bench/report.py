"""The text that a run ends with: ratios first, seconds beside them, then the goals."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from bench.compose import NAME as COMPOSE
from bench.lab import BenchLab
from bench.measuring import Results
from bench.pulumi_contenders import BARE, UNVERIFIED, VERIFIED
from bench.table import OPERATIONS, aligned, comparison, differences, goal, ratio, spread

BARE_GOAL, WARM_GOAL, PROGRAM_GOAL = 1.15, 3.0, 1.0


def report(
    lab: BenchLab, results: Results, rounds: int, machine: Sequence[str], compose: str
) -> str:
    shape = f"{lab.containers} containers, 3 bridges, 2 volumes; median of {rounds} rounds"
    names = [VERIFIED, UNVERIFIED, BARE, COMPOSE]
    return "\n\n".join(
        [
            "\n".join([f"A lab of {shape}", *machine, f"compose   {compose}"]),
            aligned(comparison(results.samples, names, [BARE, COMPOSE])),
            "\n".join(_check(results)),
            "\n".join(_program(results)),
            "\n".join(_goals(results)),
        ]
    )


def _check(results: Results) -> list[str]:
    gaps = differences(results.samples, VERIFIED, UNVERIFIED)
    costs = results.checks
    lines = [
        "The verification's own cost (docklab less docklab without check, seconds):",
        "  " + ", ".join(f"{operation} {gap:+.2f}" for operation, gap in gaps.items()),
    ]
    if costs:
        whole, running = (median(getattr(c, name) for c in costs) for name in ("whole", "running"))
        parts = {name: median(c.inside_ms[name] for c in costs) for name in costs[0].inside_ms}
        told = ", ".join(f"{name} {ms:.0f}" for name, ms in parts.items())
        lines += [
            f"  its container: {whole:.2f} s from made to ended, {running:.2f} s of it running",
            f"  inside, in ms: {told}",
        ]
    return lines


def _program(results: Results) -> list[str]:
    found = [program["seconds"] for program in results.programs]
    rows = [["The program alone, no engine, no plugin", "", "seconds", "least to most"]]
    rows += [[f"  {name}", "", *spread([one[name] for one in found])] for name in found[0]]
    first = results.programs[0]
    return [
        aligned(rows),
        f"  {first['resources']} resources registered with the components;"
        f" pulumi_aws is {'IMPORTED' if first['aws'] else 'not imported'}",
    ]


def _goals(results: Results) -> list[str]:
    whole = [sum(program["seconds"].values()) for program in results.programs]
    return [
        *(
            goal(
                f"{operation}, docklab without check to bare Pulumi (the same resources)",
                ratio(results.samples, UNVERIFIED, BARE, operation),
                BARE_GOAL,
                "x",
            )
            for operation in OPERATIONS
        ),
        goal(
            "a warm `make up` until Pulumi starts",
            median(results.warm) if results.warm else None,
            WARM_GOAL,
            " s",
        ),
        goal("import and build of the program", median(whole), PROGRAM_GOAL, " s"),
    ]
