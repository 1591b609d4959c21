"""The rounds: every contender once a round, one after the other, so that noise meets them alike."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench import warm_up
from bench.contender import AGAIN, DESTROY, Contender
from bench.lab import BenchLab, stack_settings
from bench.pulumi_contenders import VERIFIED
from bench.running import BenchError, last_words, timed
from bench.surroundings import Around
from bench.table import OPERATIONS
from bench.verifier_cost import VerifierCost, verifier_cost
from toolchain.setup.console import say


@dataclass(kw_only=True)
class Results:
    """Seconds of every round, in the order of the rounds."""

    samples: dict[str, dict[str, list[float]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    warm: list[float] = field(default_factory=list)
    checks: list[VerifierCost] = field(default_factory=list)
    programs: list[dict[str, Any]] = field(default_factory=list)


def measure(around: Around, lab: BenchLab, contenders: Sequence[Contender], rounds: int) -> Results:
    """Raises BenchError at the first command that fails."""
    results = Results()
    for contender in contenders:
        contender.prepare()
    for number in range(rounds):
        mark = f"{number + 1}/{rounds}"
        found = program(around, lab)
        say("bench", f"{mark} program alone: {sum(found['seconds'].values()):.2f} s")
        results.programs.append(found)
        # Each round another begins: the first meets cold caches, and load drifts.
        first = number % len(contenders)
        for contender in [*contenders[first:], *contenders[:first]]:
            _round(around, lab, contender, mark, results)
    return results


def _round(
    around: Around, lab: BenchLab, contender: Contender, mark: str, results: Results
) -> None:
    for operation in OPERATIONS:
        if operation == DESTROY and contender.name == VERIFIED:
            _while_it_is_up(around, lab, mark, results)
        seconds = contender.measure(operation)
        if seconds is not None:
            results.samples[contender.name][operation].append(seconds)
            say("bench", f"{mark} {contender.name}: {operation} {seconds:.1f} s")
        if operation == AGAIN and contender.name == VERIFIED:
            _expect_no_change(contender)


def _while_it_is_up(around: Around, lab: BenchLab, mark: str, results: Results) -> None:
    stack = f"bench-{lab.run}"
    results.checks.append(verifier_cost(around.env, stack, around.docker_host))
    if warm_up.can_be_measured():
        seconds = warm_up.seconds_before_pulumi(around, stack)
        say("bench", f"{mark} make up: Pulumi after {seconds:.2f} s")
        results.warm.append(seconds)


def _expect_no_change(contender: Contender) -> None:
    """A second `up` that changes something would be another measurement than its name says."""
    words = last_words(contender.log)
    if "unchanged" not in words or any(f" {verb}" in words for verb in ("updated", "replaced")):
        say("bench", f"{contender.name}: the second `up` was not without change:\n{words}")


def program(around: Around, lab: BenchLab) -> dict[str, Any]:
    """What `bench.program_cost` prints for the verified lab."""
    settings = around.folder / "lab.json"
    settings.write_text(json.dumps(stack_settings(lab, verified=True)), encoding="utf-8")
    log = around.log("program")
    command = [str(around.paths.python), "-m", "bench.program_cost", str(settings)]
    timed(command, around.env, around.paths.root, log)
    # The SDK may have words of its own around it.
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    told = [line for line in lines if line.startswith('{"seconds"')]
    if not told:
        raise BenchError(f"`{' '.join(command)}` told no times:\n{last_words(log)}")
    found: dict[str, Any] = json.loads(told[-1])
    return found
