"""confine: could a process inside take the walls down? Capabilities and system-call filter."""

from __future__ import annotations

from verifier.check import ERROR, FAIL, PASS, Case, Check
from verifier.facts import Target, Unread
from verifier.remedies import unreadable

DANGEROUS = {
    2: "DAC_READ_SEARCH",
    12: "NET_ADMIN",
    16: "SYS_MODULE",
    17: "SYS_RAWIO",
    19: "SYS_PTRACE",
    21: "SYS_ADMIN",
    22: "SYS_BOOT",
    25: "SYS_TIME",
    30: "AUDIT_CONTROL",
    32: "MAC_OVERRIDE",
    33: "MAC_ADMIN",
    34: "SYSLOG",
    38: "PERFMON",
    39: "BPF",
    40: "CHECKPOINT_RESTORE",
}
FILTERED = 2


def check(case: Case) -> list[Check]:
    return [_confine(target) for target in case.facts.targets]


def _confine(target: Target) -> Check:
    status = target.status
    evidence: dict[str, object] = {}
    remedies = []
    if isinstance(status, Unread):
        verdict, evidence["unread"] = ERROR, status.why
        remedies.append(unreadable(status.why))
    else:
        held = status.cap_bounding | status.cap_effective
        bad = [name for bit, name in DANGEROUS.items() if held >> bit & 1]
        evidence |= {
            "bounding": f"{status.cap_bounding:016x}",
            "seccomp": status.seccomp,
            "no_new_privs": status.no_new_privs,
        }
        if bad:
            evidence["bad"] = bad
            remedies.append(f"remove the capabilities {', '.join(bad)} from {target.name}")
        if status.seccomp != FILTERED:
            remedies.append(f"remove seccomp=unconfined (or privileged) from {target.name}")
        verdict = FAIL if remedies else PASS
    return Check(
        id="confine",
        subject=target.name,
        status=verdict,
        claim=f"{target.name} cannot undo its isolation",
        method="procfs",
        evidence=evidence,
        remedy="; ".join(remedies),
    )
