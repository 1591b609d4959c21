"""From what the verifier and the volume check left behind to a verdict, or to the reason why there
is none. Pure.

An answer that is missing, old, unreadable or contradicts itself is never called isolated.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.lifecycle_report import Row, merged

ISOLATED = "isolated"
_NAMESPACES = ("MNT", "IPC", "UTS", "PID", "NET", "USER", "CGROUP", "TIME")
_HEADING = {
    "not_isolated": "it is not isolated:",
    "inconclusive": "whether it is isolated could not be told:",
}
_SAID = {  # what a required check's status says of its claim
    "fail": "does not hold:",
    "error": "could not be told:",
    "skipped": "was not looked at:",
}
_SHOWN = 12  # failed checks told in full; the report holds the rest


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`line` for people, `report` the verifier's JSON text or empty, `problem` None if isolated."""

    line: str
    report: str
    problem: str | None


def judge(
    exit_code: int | None, logs: str | None, run_id: str, volume_rows: Sequence[Row]
) -> Verdict:
    """The verdict that the verification container's exit code and log and the volume check's rows
    amount to; both are in its report.
    """
    own = _report((logs or "").strip())
    if own is None:
        said = _first_line((logs or "").strip())
        return _none(f"the verification gave no report (exit code {exit_code}, {said})", "")
    report = merged(own, volume_rows)
    text = json.dumps(report, separators=(",", ":"))
    if own.get("run_id") != run_id:
        return _none(
            f"the report is of another run ({own.get('run_id')}) than this one ({run_id})", text
        )
    reason = _contradiction(own, exit_code)
    if reason:
        return _none(reason, text)
    name = str(report.get("verdict"))
    if name == ISOLATED:
        return Verdict(line=_isolated(report), report=text, problem=None)
    return Verdict(
        line=f"{name}: {_summary(report)}",
        report=text,
        problem="\n".join([_HEADING.get(name, f"the verdict is {name}:"), *_faults(report)]),
    )


def refusal(verdict: Verdict, run_again: Sequence[str]) -> str:
    """What a failing `up` says: the faults, and the ways to run the verification again."""
    return "\n".join(
        [
            f"the lab is up, but {verdict.problem}",
            "`pulumi up` verifies again after a change of the lab; to verify without one:",
            *(f"  {way}" for way in run_again),
        ]
    )


def _report(text: str) -> Mapping[str, Any] | None:
    """The one JSON line of schema nsv/1, wherever it stands in the log."""
    for line in reversed(text.splitlines()):
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict) and value.get("schema") == "nsv/1":
            return value
    return None


def _contradiction(report: Mapping[str, Any], exit_code: int | None) -> str | None:
    """Why a verifier's "isolated" cannot be believed, if it says so and cannot."""
    if report.get("verdict") != ISOLATED:
        return None
    if _blocking(report):
        return f"the report says isolated, yet not so its checks: {_summary(report)}"
    if not _checks(report):
        return "the report says isolated, yet holds no check"
    if exit_code != 0:
        return f"the report says isolated, yet the exit code is {exit_code}"
    return None


def _none(reason: str, report: str) -> Verdict:
    return Verdict(line=f"none: {reason}", report=report, problem=reason)


def _first_line(text: str) -> str:
    line = text.splitlines()[0] if text else ""
    return f"it said: {line[:200]}" if line else "it said nothing"


def _checks(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    checks = report.get("checks")
    return [c for c in checks if isinstance(c, dict)] if isinstance(checks, list) else []


def _isolated(report: Mapping[str, Any]) -> str:
    """Claims a namespace only if a required check of it passed and none did not."""
    status: dict[str, list[bool]] = {}
    for check in _checks(report):
        space, _, rest = str(check.get("id")).partition(".")
        if rest in ("host", "peer", "map") and check.get("required"):
            status.setdefault(space, []).append(check.get("status") == "pass")
    proven = [name for name in _NAMESPACES if all(status.get(name.lower(), [False]))]
    passed = _passed(report)
    host = report.get("host")
    kernel = host.get("kernel", "unknown") if isinstance(host, dict) else "unknown"
    return f"isolated: {' '.join(proven)} ({passed} checks passed, kernel {kernel})"


def _passed(report: Mapping[str, Any]) -> int:
    """A long report sums up its passes; its counts are from before that."""
    counts = report.get("counts")
    told = counts.get("pass") if isinstance(counts, dict) else None
    shown = sum(check.get("status") == "pass" for check in _checks(report))
    return told if isinstance(told, int) and told > shown else shown


def _blocking(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The required checks that keep the lab from being isolated, failures first."""
    checks = [check for check in _checks(report) if check.get("required")]
    order = {status: place for place, status in enumerate(_SAID)}
    return sorted(
        (check for check in checks if check.get("status") in order),
        key=lambda check: (order[check["status"]], not _is_cause(check)),
    )


def _is_cause(check: Mapping[str, Any]) -> bool:
    """A shared namespace makes others of its checks fail: it is told before them."""
    return str(check.get("id")).endswith((".host", ".peer"))


def _summary(report: Mapping[str, Any]) -> str:
    ids = list(dict.fromkeys(str(check.get("id")) for check in _blocking(report)))
    return ", ".join(ids) or str(report.get("message") or "no check says why")


def _why(check: Mapping[str, Any]) -> str:
    evidence, remedy = check.get("evidence"), check.get("remedy")
    problem = evidence.get("problem") if isinstance(evidence, dict) else None
    return (f" ({problem})" if problem else "") + (f"; remedy: {remedy}" if remedy else "")


def _faults(report: Mapping[str, Any]) -> list[str]:
    blocking = _blocking(report)
    lines = []
    for check in blocking[:_SHOWN]:
        lines.append(
            f"  {check.get('id')} {check.get('subject')}: {_SAID[check['status']]} "
            f"{check.get('claim')}{_why(check)}"
        )
    if len(blocking) > _SHOWN:
        lines.append(f"  and {len(blocking) - _SHOWN} more in the report")
    return lines or [f"  {_summary(report)}"]
