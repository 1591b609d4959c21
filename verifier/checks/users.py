"""user.map: is root inside a container somebody harmless outside?

Distinct user namespaces do not say that: two of them may carry the same map.
"""

from __future__ import annotations

from verifier.check import ERROR, FAIL, INFO, PASS, Case, Check
from verifier.facts import IdMap, Status, Target, Unread
from verifier.remedies import shared_with_host, unreadable


def check(case: Case) -> list[Check]:
    return [_map(case, target) for target in case.facts.targets]


def _map(case: Case, target: Target) -> Check:
    maps = (target.uid_map, target.gid_map)
    unread = next((m for m in (*maps, _viewpoint(case)) if isinstance(m, Unread)), None)
    needed = "user" in case.policy.required
    # Whether `auto` requires this follows from the maps: without one, that is not known either.
    needed = needed or (unread is not None and case.spec.require_user == "auto")
    remedy = ""
    if unread is not None:
        status, remedy = (ERROR if needed else INFO), unreadable(unread.why)
    elif any(reaches_root(m) for m in maps):
        status = FAIL if needed else INFO
        remedy = shared_with_host("user", target.name, case.policy.remap)
    else:
        status = PASS
    evidence: dict[str, object] = {"uid_map": _show(maps[0]), "gid_map": _show(maps[1])}
    if isinstance(target.status, Status):
        evidence["uid_of_first_process"] = target.status.uid
    return Check(
        id="user.map",
        subject=target.name,
        status=status,
        required=needed,
        claim=f"nobody in {target.name} is the host's root",
        method="procfs",
        evidence=evidence,
        remedy=remedy,
    )


def _viewpoint(case: Case) -> Unread | None:
    """Maps are shown from the reader's user namespace: only from the host's do they say ids."""
    mine, host = case.facts.observer.user_ns, case.host_ns("user")
    if "user" not in case.facts.observer.namespaces:
        return None
    if isinstance(host, Unread) or isinstance(mine, Unread):
        return host if isinstance(host, Unread) else Unread("ENOENT")
    return None if mine == host else Unread("EPERM")


def reaches_root(one: IdMap | Unread) -> bool:
    """True when some id inside is id 0 outside."""
    if isinstance(one, Unread):
        return True
    return any(outside <= 0 < outside + count for _, outside, count in one)


def _show(one: IdMap | Unread) -> str:
    if isinstance(one, Unread):
        return f"unread: {one.why}"
    return ", ".join(" ".join(str(number) for number in row) for row in one)
