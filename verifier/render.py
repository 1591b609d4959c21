"""A report as plain text for people. Pure: takes a report of schema nsv/1, returns text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from verifier.demonstrated import section

NAMESPACES = ("mnt", "ipc", "uts", "pid", "net", "user", "cgroup", "time")
OPTIONAL = ("cgroup", "time")
WORDS = {
    "isolated": "isolated",
    "shared_with_host": "HOST",
    "unknown": "unknown",
    "not_applicable": "no such ns",
}
VERDICTS = {
    "isolated": "ISOLATED",
    "not_isolated": "NOT ISOLATED",
    "bad_spec": "BAD SPEC",
    "inconclusive": "INCONCLUSIVE",
    "internal_error": "INTERNAL ERROR",
}


def render(report: Mapping[str, Any]) -> str:
    """Table of containers by namespaces, the demonstrations, what did not pass, and the verdict.

    Ends in a newline.

    Raises KeyError, TypeError or AttributeError for a mapping that is not a report.
    """
    parts = []
    if report["targets"]:
        parts += [_table(report["targets"]), *_notes(report)]
    shown = section(report["checks"])
    if shown:
        parts.append("\n".join(clean(line) for line in shown))
    parts += [_problem(row) for row in report["checks"] if _is_problem(row)]
    parts.append(_verdict(report))
    return "\n\n".join(parts) + "\n"


def _table(targets: list[Mapping[str, Any]]) -> str:
    names = [n for n in NAMESPACES if n not in OPTIONAL or _interesting(targets, n)]
    rows = [["container", *(name.upper() for name in names)]]
    for target in targets:
        rows.append([target["name"], *(_cell(target["ns"].get(name, {})) for name in names)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join(clean(line) for line in lines)


def _interesting(targets: list[Mapping[str, Any]], name: str) -> bool:
    cells = [target["ns"].get(name, {}) for target in targets]
    return any(cell.get("required") or cell.get("state") == "isolated" for cell in cells)


def _cell(cell: Mapping[str, Any]) -> str:
    state = cell.get("state", "unknown")
    if state == "isolated":
        return "isolated"
    if not cell.get("required", True):
        return "not required"
    if state == "shared_with_peer":
        others = cell.get("with", [])
        names = ", ".join(str(other) for other in others[:2]) + (", ..." if others[2:] else "")
        return f"shared with {names}" + (" (allowed)" if cell.get("allowed") else "")
    return "shared with host" if state == "shared_with_host" else WORDS.get(state, "unknown")


def _notes(report: Mapping[str, Any]) -> list[str]:
    """Why user, cgroup or time is not in the verdict, one line each."""
    policy = report["policy"]
    lines = [
        f"{name.upper()} is not required ({reason})"
        for name, reason in policy.get("reasons", {}).items()
        if name not in policy.get("required", [])
    ]
    return ["\n".join(clean(line) for line in lines)] if lines else []


def _is_problem(row: Mapping[str, Any]) -> bool:
    return row["status"] in ("fail", "error", "skipped") and bool(row.get("required", True))


def _problem(row: Mapping[str, Any]) -> str:
    word = {"fail": "FAILED", "error": "UNKNOWN", "skipped": "NOT RUN"}[row["status"]]
    lines = [
        f"{word}  {row['id']}" + (f"  {row['subject']}" if row["subject"] != "*" else ""),
        f"  claim     {row['claim']}",
        f"  evidence  {_evidence(row['evidence'])}",
    ]
    if row.get("control"):
        lines.append(f"  control   {_evidence(row['control'])}")
    if row.get("remedy"):
        lines.append(f"  remedy    {row['remedy']}")
    return "\n".join(clean(line) for line in lines)


def _evidence(evidence: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {_value(value)}" for key, value in evidence.items())


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _verdict(report: Mapping[str, Any]) -> str:
    word = VERDICTS.get(report["verdict"], "UNKNOWN")
    sentence = str(report.get("summary", ""))
    lines = [f"verdict: {word}", f"  {sentence}" if sentence else ""]
    baseline = report["host"]["baseline"]
    if report["verdict"] in ("isolated", "not_isolated"):
        lines.append(
            "  how we know: the inode of each /proc/<pid>/ns file, compared between containers "
            f"and with the host's {baseline['comm']} (pid {baseline['pid']}) that started them"
        )
        first = report["targets"][0]
        lines.append(
            f"  see it yourself, as root: readlink /proc/{first['pid']}/ns/net"
            f" /proc/{baseline['pid']}/ns/net"
        )
    return "\n".join(clean(line) for line in lines if line)


def clean(text: str) -> str:
    """One line, without anything that a terminal would obey."""
    return "".join(c if c.isprintable() else "?" for c in text)
