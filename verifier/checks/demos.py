"""demo.mnt, .ipc, .uts, .pid, .net, .user: six new namespaces, made and looked at in this run.

They say what this kernel's namespaces are worth; whether the containers have theirs is said by
the other checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verifier.check import ALL, ERROR, FAIL, PASS, Case, Check
from verifier.facts import Demonstration, Unread
from verifier.remedies import not_shown

LISTED = 20
USER_STEPS = (
    "unshare user",
    "unshare uts",
    *(f"/proc/self/{name}" for name in ("setgroups", "uid_map", "gid_map")),
)
Row = dict[str, Any]

CLAIMS = {
    "mnt": "a mount made in a new mount namespace is seen there alone",
    "ipc": "a message queue made in a new IPC namespace is seen there alone",
    "uts": "a host name set in a new UTS namespace is seen there alone",
    "pid": "the first process of a new PID namespace is PID 1",
    "net": "a new network namespace has only its loopback",
    "user": "an unprivileged user is root in its own user namespace, and nowhere else",
}
FIELDS = {
    "mnt": ("at", "source", "same_inode"),
    "ipc": ("key", "in_own"),
    "uts": ("name", "in_own", "outside", "unchanged"),
    "pid": ("pid", "nspid"),
    "net": ("interfaces", "lo", "host_has"),
    "user": ("before", "inside", "map", "errno", "then", "name"),
}
EXPECTED: Mapping[str, Row] = {
    "mnt": {"same_inode": True, "seen_by": []},
    "ipc": {"in_own": True, "seen_by": []},
    "uts": {"in_own": True, "unchanged": True, "seen_by": []},
    "pid": {"pid": 1},
    "net": {"interfaces": ["lo"]},
    "user": {"before": 65534, "inside": 0, "map": "0 65534 1", "errno": "EPERM", "then": "ok"},
}


def check(case: Case) -> list[Check]:
    return [_judge(kind, case.facts.demos[kind]) for kind in CLAIMS if kind in case.facts.demos]


def _judge(kind: str, shown: Demonstration | Unread) -> Check:
    evidence: Row
    control: Row = {}
    expected: Row = {}
    if isinstance(shown, Unread):
        status, evidence, problem = ERROR, {"unread": shown.why}, shown.why
    else:
        evidence = {"own_ns": shown.changed, **_evidence(kind, shown.inside)}
        expected = {"own_ns": True, **EXPECTED[kind]}
        control = {"found_by_the_same_look": shown.found}
        if "seen_by" in expected:
            evidence["asked"] = shown.asked
            evidence["seen_by"] = sorted(shown.seen_by)[:LISTED]
        if shown.blind:
            control["could_not_look"] = dict(sorted(shown.blind.items())[:LISTED])
        status, problem = _status(shown, evidence, expected)
    return Check(
        id=f"demo.{kind}",
        required=not refused_by_policy(kind, problem),
        subject=ALL,
        status=status,
        claim=CLAIMS[kind],
        method="behaviour",
        evidence=evidence,
        control=control,
        expected=expected,
        remedy=not_shown(kind, problem) if status != PASS else "",
    )


def refused_by_policy(kind: str, problem: str) -> bool:
    """Whether the host forbids user namespaces to unprivileged users, as hardened ones do.

    That is a rule about users, and says nothing against the isolation of a container.
    """
    why, _, step = problem.partition(" at ")
    return kind == "user" and why in ("EPERM", "EACCES", "ENOSPC") and step in USER_STEPS


def _status(shown: Demonstration, evidence: Row, expected: Row) -> tuple[str, str]:
    if any(evidence.get(key) != value for key, value in expected.items()):
        return FAIL, ""
    if shown.blind:
        return ERROR, next(iter(shown.blind.values()))
    return (PASS, "") if shown.found else (ERROR, "not found by the same look")


def _evidence(kind: str, inside: Mapping[str, Any]) -> Row:
    return {key: inside[key] for key in FIELDS[kind] if key in inside}
