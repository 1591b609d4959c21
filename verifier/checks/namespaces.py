"""X.host and X.peer: is each of the eight namespaces a container's own, by inode?"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

from verifier.check import ALL, ERROR, FAIL, INFO, NOT_APPLICABLE, PASS, Case, Check, show
from verifier.facts import NAMESPACES, Ns, Target, Unread
from verifier.remedies import shared_between, shared_with_host, unreadable


def check(case: Case) -> list[Check]:
    rows = []
    for name in NAMESPACES:
        rows += [_host(case, name, target) for target in case.facts.targets]
        rows.append(_peer(case, name))
    return rows


def required(case: Case, name: str) -> bool:
    """Rootless containers share their engine's user namespace: there user.map decides."""
    return name in case.policy.required and not (name == "user" and case.policy.rootless)


def _host(case: Case, name: str, target: Target) -> Check:
    mine, host = target.ns.get(name), case.host_ns(name)
    needed = required(case, name)
    unread = next((v for v in (mine, host) if isinstance(v, Unread)), None)
    remedy = ""
    if name not in case.facts.observer.namespaces:
        status, remedy = _absent(name, needed)
    elif unread is not None or mine is None:
        status, remedy = _unknown(needed), unreadable(unread.why if unread else "ENOENT")
    elif mine == host:
        status = FAIL if needed else INFO
        remedy = shared_with_host(name, target.name, case.policy.remap)
    else:
        status = PASS
    return Check(
        id=f"{name}.host",
        subject=target.name,
        status=status,
        required=needed,
        claim=f"{name} of {target.name} is not the host's",
        method="inode",
        evidence={"ns": show(name, mine), "host": show(name, host)},
        remedy=remedy,
    )


def _peer(case: Case, name: str) -> Check:
    groups, unread = group(case, name)
    shared = {ns: members for ns, members in groups.items() if len(members) > 1}
    pairs = [pair for members in shared.values() for pair in combinations(members, 2)]
    bad = [pair for pair in pairs if not case.spec.shared_allowed(name, *pair)]
    needed = required(case, name)
    remedy = ""
    if name not in case.facts.observer.namespaces:
        status, remedy = _absent(name, needed)
    elif bad:
        status = FAIL if needed else INFO
        remedy = shared_between(name, *bad[0], remap=case.policy.remap)
    elif unread:
        status, remedy = _unknown(needed), unreadable(next(iter(unread.values())))
    else:
        status = PASS
    evidence: dict[str, object] = {"containers": len(case.facts.targets), "distinct": len(groups)}
    if shared:
        evidence["shared"] = {show(name, ns): members for ns, members in sorted(shared.items())}
    if len(bad) < len(pairs):
        evidence["allowed"] = [list(pair) for pair in pairs if pair not in bad]
    if unread:
        evidence["unread"] = unread
    return Check(
        id=f"{name}.peer",
        subject=ALL,
        status=status,
        required=needed,
        claim=f"no two containers share {name} undeclared",
        method="inode",
        evidence=evidence,
        remedy=remedy,
    )


def group(case: Case, name: str) -> tuple[dict[Ns, list[str]], dict[str, str]]:
    """(names of containers by namespace, reason by container that could not be read)."""
    groups: dict[Ns, list[str]] = defaultdict(list)
    unread: dict[str, str] = {}
    for target in case.facts.targets:
        value = target.ns.get(name, Unread("ENOENT"))
        if isinstance(value, Unread):
            unread[target.name] = value.why
        else:
            groups[value].append(target.name)
    return {ns: sorted(members) for ns, members in groups.items()}, unread


def allowed_partners(case: Case, name: str, target: Target) -> list[str]:
    """Other containers in the target's namespace, when every one of them is declared to be."""
    value = target.ns.get(name, Unread("ENOENT"))
    if isinstance(value, Unread) or value == case.host_ns(name):
        return []
    others = sorted(
        one.name
        for one in case.facts.targets
        if one.ns.get(name) == value and one.name != target.name
    )
    allowed = all(case.spec.shared_allowed(name, target.name, other) for other in others)
    return others if allowed else []


def _absent(name: str, needed: bool) -> tuple[str, str]:
    if not needed:
        return NOT_APPLICABLE, ""
    return ERROR, f"this kernel has no {name} namespaces: set verification.require.{name} to auto"


def _unknown(needed: bool) -> str:
    return ERROR if needed else INFO
