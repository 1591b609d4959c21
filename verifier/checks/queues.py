"""ipc.sysv: is a message queue made in a container seen by that container alone?"""

from __future__ import annotations

from verifier.check import ERROR, FAIL, PASS, Case, Check
from verifier.checks.namespaces import allowed_partners
from verifier.facts import Target, Unread
from verifier.queues import HOST
from verifier.remedies import shared_between, shared_with_host, unreadable


def check(case: Case) -> list[Check]:
    return [_queue(case, target) for target in case.facts.targets]


def _queue(case: Case, target: Target) -> Check:
    seen = case.facts.queues.get(target.name, Unread("no answer"))
    partners = allowed_partners(case, "ipc", target)
    remedy = ""
    evidence: dict[str, object] = {}
    control: dict[str, object] = {}
    if isinstance(seen, Unread):
        status, evidence["unread"] = ERROR, seen.why
        remedy = unreadable(seen.why)
    else:
        evidence["seen_by"] = sorted(seen)
        control["seen_by_itself"] = target.name in seen
        extra = sorted(set(seen) - {target.name, *partners})
        if extra:
            status = FAIL
            remap = case.policy.remap
            remedy = (
                shared_with_host("ipc", target.name, remap)
                if HOST in extra
                else shared_between("ipc", target.name, extra[0], remap)
            )
        elif target.name not in seen:
            status, remedy = ERROR, "a queue was not seen where it was made: run it again"
        else:
            status = PASS
    return Check(
        id="ipc.sysv",
        subject=target.name,
        status=status,
        claim=f"a message queue made in {target.name} is seen there alone",
        method="behaviour",
        evidence=evidence,
        control=control,
        remedy=remedy,
    )
