"""The volume check's question, its answer as check rows, and the verifier's report with them. Pure.

An answer that is missing, old or unreadable becomes rows of status error: never a pass.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
CLAIMS = {
    "vol.outlives": "what is in a volume outlives the container that wrote it",
    "vol.layer": "what is written to a volume does not grow the container's own layer",
}
_EXIT_CODES = {"isolated": 0, "not_isolated": 1, "inconclusive": 3}
_AGAIN = "verify again (`make verify`)"


def question(image: str, stack: str, about: Mapping[str, str]) -> dict[str, str]:
    """LIFECYCLE_SPEC. `run_id` follows from all of it and from `about`: what else the answer
    depends on, or should be given anew for.
    """
    asked = {"image": image, "stack": stack}
    whole = _dump({**about, **asked})
    return {"run_id": hashlib.sha256(whole.encode()).hexdigest()[:16], **asked}


def answered(said: str | None, run_id: str) -> list[Row]:
    """One row a claim, from what the volume check printed."""
    answer = _answer(said or "")
    if answer is None:
        return _unknown("the volume check gave no answer")
    if answer.get("run_id") != run_id:
        return _unknown(
            f"its answer is of another run ({answer.get('run_id')}) than this one ({run_id})"
        )
    given = answer.get("checks")
    rows = [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []
    return [_row(check, [row for row in rows if row.get("id") == check]) for check in CLAIMS]


def merged(report: Mapping[str, Any], rows: Sequence[Row]) -> dict[str, Any]:
    """The verifier's report with these rows in it: isolated only if it is, and they all pass."""
    given = report.get("checks")
    known = {row["id"] for row in rows}
    rows = [*rows, *(_error(check, "it was not tried") for check in CLAIMS if check not in known)]
    checks = [*(given if isinstance(given, list) else []), *rows]
    verdict = _verdict(report.get("verdict"), {str(row["status"]) for row in rows})
    whole = {**report, "counts": _counts(report.get("counts"), rows), "checks": checks}
    if verdict != report.get("verdict"):
        changed = {"verdict": verdict, "exit_code": _EXIT_CODES[verdict]}
        whole |= {**changed, "summary": _summary(verdict, checks)}
    return whole


def _verdict(name: Any, statuses: Collection[str]) -> Any:
    """A failure outweighs what could not be told; a run that judged nothing stays what it is."""
    if not isinstance(name, str) or name not in _EXIT_CODES or statuses == {"pass"}:
        return name
    if "fail" in statuses:
        return "not_isolated"
    return "inconclusive" if name == "isolated" else name


def _counts(counts: Any, rows: Sequence[Row]) -> dict[str, int]:
    """Added to, for a summarised report counts more checks than it has rows."""
    known = counts if isinstance(counts, dict) else {}
    whole = Counter({key: n for key, n in known.items() if type(n) is int})
    whole.update(str(row["status"]) for row in rows)
    return dict(sorted(whole.items()))


def _summary(verdict: str, checks: Sequence[Any]) -> str:
    """As the verifier's: the first failure, else the first that could not be told."""
    required = [row for row in checks if isinstance(row, dict) and row.get("required")]
    bad = [row for row in required if row.get("status") != "pass"]
    first = next((row for row in bad if row.get("status") == "fail"), bad[0])
    word = "not isolated" if verdict == "not_isolated" else "inconclusive"
    more = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
    what = "does not hold" if first.get("status") == "fail" else "could not be told"
    return f"{word}: {first.get('id')}: '{first.get('claim')}' {what}{more}; {first.get('remedy')}"


def _answer(said: str) -> Mapping[str, Any] | None:
    """The last line that is a JSON object with checks."""
    for line in reversed(said.splitlines()):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and "checks" in value:
            return value
    return None


def _row(check: str, found: Sequence[Row]) -> Row:
    """The row as the report's schema has it, or why it is none."""
    if len(found) != 1:
        return _error(check, f"the volume check's answer has {len(found)} rows of it")
    status = found[0].get("status")
    if status not in ("pass", "fail", "error"):
        return _error(check, f"the volume check calls it {status!r}")
    row = {
        "id": check,
        "subject": "*",
        "required": True,
        "status": status,
        "claim": CLAIMS[check],
        "method": "behaviour",
        **{key: _mapping(found[0].get(key)) for key in ("evidence", "control")},
    }
    return row if status == "pass" else {**row, "remedy": str(found[0].get("remedy") or _AGAIN)}


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _unknown(why: str) -> list[Row]:
    return [_error(check, why) for check in CLAIMS]


def _error(check: str, why: str) -> Row:
    return {
        "id": check,
        "subject": "*",
        "required": True,
        "status": "error",
        "claim": CLAIMS[check],
        "method": "behaviour",
        "evidence": {"problem": why},
        "remedy": _AGAIN,
    }


def _dump(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
