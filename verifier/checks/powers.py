"""env.drop: has the verifier given away what it no longer needed, when it no longer needed it?"""

from __future__ import annotations

from verifier.check import ALL, ERROR, PASS, Case, Check
from verifier.held import Held
from verifier.powers import NAMES, NOBODY
from verifier.remedies import RUN_WITH


def check(case: Case) -> list[Check]:
    steps = case.facts.powers
    problem = next((p for p in map(_problem, steps[1:]) if p), "")
    if len(steps) < 2:
        problem = "nothing was given away"
    elif not problem and steps[-1].capabilities:
        problem = f"at the end it still held {_names(steps[-1].capabilities)}"
    evidence: dict[str, object] = {"steps": [_row(step) for step in steps]}
    if steps:
        evidence["root_again"] = steps[-1].back
    return [
        Check(
            id="env.drop",
            subject=ALL,
            status=ERROR if problem else PASS,
            claim="the verifier gave away each of its powers once it was not needed any more",
            method="behaviour",
            evidence={"problem": problem, **evidence} if problem else evidence,
            remedy=f"what it does not need it could not give away: {RUN_WITH}" if problem else "",
        )
    ]


def _problem(step: Held) -> str:
    if step.surplus:
        return f"after {step.after} it still held {_names(step.surplus)}"
    if set(step.users) != {NOBODY}:
        return f"after {step.after} its users and groups were {_users(step)}"
    return "" if step.back == "EPERM" else f"after {step.after} it could be root again"


def _row(step: Held) -> dict[str, object]:
    return {
        "after": step.after,
        "ms": step.ms,
        "users": _users(step),
        "held": _names(step.capabilities),
    }


def _users(step: Held) -> str:
    return ", ".join(str(one) for one in sorted(set(step.users)))


def _names(mask: int) -> str:
    known = [name for bit, name in NAMES.items() if mask >> bit & 1]
    more = mask.bit_count() - len(known)
    return ", ".join([*known, *([f"{more} more"] if more else [])]) or "none"
