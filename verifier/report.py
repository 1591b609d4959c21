"""The report: one JSON line of schema nsv/1 (report_schema.json). Pure."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from verifier import SCHEMA, folding, topology
from verifier.cells import cells
from verifier.check import ALL, ERROR, FAIL, PASS, Check, show
from verifier.facts import NAMESPACES
from verifier.judge import (
    BAD_SPEC,
    EXIT_CODES,
    ISOLATED,
    NOT_ISOLATED,
    Judgement,
)

MAX_BYTES = 64 << 10
FAILURES_BYTES = 256 << 10
Report = dict[str, Any]


def build(judgement: Judgement, spec_text: str, timing_ms: Mapping[str, float]) -> Report:
    """The report of a run that came to judging."""
    case, policy = judgement.case, judgement.policy
    observer = case.facts.observer
    shims = sorted(case.facts.shims)
    first = case.facts.shims[shims[0]] if shims else None
    table = cells(case)
    return {
        "schema": SCHEMA,
        "run_id": case.spec.run_id,
        "spec_sha256": fingerprint(spec_text),
        "verdict": judgement.verdict,
        "exit_code": EXIT_CODES[judgement.verdict],
        "summary": summary(judgement),
        "counts": counts(judgement.checks),
        "host": {
            "kernel": observer.kernel,
            "cgroup": observer.cgroup,
            "lsm": observer.lsm,
            "rootless": policy.rootless,
            "userns_remap": policy.remap,
            "baseline": {
                "pid": first.pid if first else 0,
                "comm": first.comm if first else "",
                "shims": len(shims),
                "ns": {name: show(name, case.host_ns(name)) for name in observer.namespaces},
            },
        },
        "policy": {
            "required": [name for name in NAMESPACES if name in policy.required],
            "reasons": dict(policy.reasons),
        },
        "targets": [
            {
                "name": target.name,
                "id": target.id,
                "pid": target.init.pid,
                "starttime": target.init.starttime,
                "ns": table[target.name],
            }
            for target in case.facts.targets
        ],
        "lab": topology.lab(case),
        "checks": [check.as_json() for check in judgement.checks],
        "timing_ms": dict(timing_ms),
    }


def failed(verdict: str, message: str, remedy: str, run_id: str, spec_text: str) -> Report:
    """The report of a run that judged nothing: bad_spec or internal_error."""
    check = Check(
        id="spec" if verdict == BAD_SPEC else "verifier",
        subject=ALL,
        status=ERROR,
        claim="the run could start" if verdict == BAD_SPEC else "the run came to its end",
        method="procfs",
        evidence={"problem": message},
        remedy=remedy,
    )
    return {
        "schema": SCHEMA,
        "run_id": run_id,
        "spec_sha256": fingerprint(spec_text),
        "verdict": verdict,
        "exit_code": EXIT_CODES[verdict],
        "summary": message,
        "counts": counts([check]),
        "host": {
            "kernel": "",
            "cgroup": "none",
            "baseline": {"pid": 0, "comm": "", "ns": {}},
        },
        "policy": {},
        "targets": [],
        "checks": [check.as_json()],
        "timing_ms": {},
    }


def fingerprint(spec_text: str) -> str:
    return hashlib.sha256(spec_text.encode("utf-8", "surrogatepass")).hexdigest()


def counts(checks: tuple[Check, ...] | list[Check]) -> dict[str, int]:
    return dict(sorted(Counter(check.status for check in checks).items()))


def summary(judgement: Judgement) -> str:
    """The verdict in one sentence; it names no namespace that was not proven."""
    bad = [c for c in judgement.checks if c.required and c.status != PASS]
    first = next((c for c in bad if c.status == FAIL), bad[0] if bad else None)
    if judgement.verdict == ISOLATED or first is None:
        names = [n.upper() for n in NAMESPACES if n in judgement.policy.required]
        listed = f"{', '.join(names[:-1])} and {names[-1]}"
        number = len(judgement.case.spec.containers)
        return f"isolated: {listed} of {number} containers, from the host and from each other"
    word = "not isolated" if judgement.verdict == NOT_ISOLATED else "inconclusive"
    more = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
    what = "does not hold" if first.status == FAIL else "could not be told"
    return f"{word}: {first.id}: '{first.claim}' {what}{more}; {first.remedy}"


def line(report: Report) -> str:
    """One line of plain ASCII. Above MAX_BYTES, rows that hold are summed up until it fits: first
    what is not required, then what other parts of the report say as well, then the rest.

    What does not hold stays as it is. Only above FAILURES_BYTES is it summed up too, beyond the
    first rows of each check, and then with the name of every container.
    """
    text = _dump(report)
    if len(text) <= MAX_BYTES:
        return text
    checks = folding.fit(report["checks"], len(text) - MAX_BYTES)
    text = _dump({**report, "checks": checks, "summarised": True})
    if len(text) > FAILURES_BYTES:
        text = _dump({**report, "checks": folding.name_all(checks), "summarised": True})
    return text


def _dump(report: Report) -> str:
    return json.dumps(report, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
