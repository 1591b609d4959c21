"""pid.view: is a container's first process PID 1, and does its /proc list only its own?"""

from __future__ import annotations

from verifier.check import ERROR, FAIL, INFO, PASS, Case, Check
from verifier.checks.namespaces import allowed_partners
from verifier.facts import Target, Unread
from verifier.remedies import shared_with_host, unreadable

DEPTH = 2
"""PID namespaces from the host's procfs down to a container's own: the host's, and it."""


def check(case: Case) -> list[Check]:
    return [_view(case, target) for target in case.facts.targets]


def _view(case: Case, target: Target) -> Check:
    status, view = target.status, target.view
    partners = allowed_partners(case, "pid", target)
    evidence: dict[str, object] = {}
    remedy = ""
    if isinstance(status, Unread) or isinstance(view, Unread):
        why = next(v.why for v in (status, view) if isinstance(v, Unread))
        evidence["unread"] = why
        verdict, remedy = ERROR, unreadable(why)
    else:
        evidence |= {"nspid": list(status.nspid), "visible": view.visible}
        if view.foreign:
            evidence["foreign"] = list(view.foreign)
        first = len(status.nspid) == DEPTH and status.nspid[-1] == 1
        if partners:
            verdict = INFO
            evidence["allowed_with"] = partners
        elif not view.sees_itself:
            verdict = ERROR
            remedy = f"{target.name} has no /proc of its own to look into: mount one in its image"
        elif not first or view.foreign:
            verdict = FAIL
            remedy = shared_with_host("pid", target.name, case.policy.remap) + (
                " (or the container: form of it, or the mount of a foreign /proc)"
            )
        else:
            verdict = PASS
    return Check(
        id="pid.view",
        subject=target.name,
        status=verdict,
        required=not partners,
        claim=f"{target.name} is PID 1 and its /proc lists its own alone",
        method="behaviour",
        evidence=evidence,
        control={} if isinstance(view, Unread) else {"sees_itself": view.sees_itself},
        remedy=remedy,
    )
