"""ipc.shm: is what a container leaves in /dev/mqueue and /dev/shm found there alone?

It says of POSIX queues and shared memory what ipc.sysv says of System V, without entering a
namespace; and /dev/shm is a mount, which may be shared though the namespace is not.
"""

from __future__ import annotations

from verifier.check import ERROR, FAIL, NOT_APPLICABLE, PASS, Case, Check
from verifier.checks.mounts import declared_paths
from verifier.checks.namespaces import allowed_partners
from verifier.facts import Target, Unread
from verifier.queues import HOST
from verifier.remedies import shared_between, shared_with_host, unreadable

NOTHING_STAYS = ("not mounted", "EROFS")
"""Reasons why nothing can be left in a folder at all."""


def check(case: Case) -> list[Check]:
    return [_folders(case, target) for target in case.facts.targets]


def _folders(case: Case, target: Target) -> Check:
    # What is declared to be mounted there is judged by vol.share.
    declared = declared_paths(case, target)
    answers = case.facts.posix.get(target.name, {})
    tried = {at: seen for at, seen in answers.items() if at not in declared}
    found = {at: sorted(seen) for at, seen in tried.items() if not isinstance(seen, Unread)}
    unread = {at: seen.why for at, seen in tried.items() if isinstance(seen, Unread)}
    partners = allowed_partners(case, "ipc", target)
    extra = sorted({name for seen in found.values() for name in seen} - {target.name, *partners})
    own = {at: target.name in seen for at, seen in found.items()}
    odd = [why for why in unread.values() if why not in NOTHING_STAYS]
    remap, remedy = case.policy.remap, ""
    if extra:
        status = FAIL
        remedy = (
            shared_with_host("ipc", target.name, remap)
            if HOST in extra
            else shared_between("ipc", target.name, extra[0], remap)
        )
    elif odd or not answers:
        status, remedy = ERROR, unreadable(odd[0] if odd else "no answer")
    elif not all(own.values()):
        status, remedy = ERROR, "a file was not seen where it was made: run it again"
    else:
        status = PASS if found else NOT_APPLICABLE
    evidence: dict[str, object] = {"seen_by": found}
    if unread:
        evidence["unread"] = unread
    return Check(
        id="ipc.shm",
        subject=target.name,
        status=status,
        required=status != NOT_APPLICABLE,
        claim=f"queues and shared memory files of {target.name} are found there alone",
        method="behaviour",
        evidence=evidence,
        control={"seen_by_itself": all(own.values())} if own else {},
        remedy=remedy,
    )
