"""One word for each container and namespace, for tables. Pure.

`state` is what the kernel says; `required` says whether the verdict rests on it.
"""

from __future__ import annotations

from typing import Any

from verifier.check import Case, show
from verifier.checks.namespaces import group, required
from verifier.checks.users import reaches_root
from verifier.facts import NAMESPACES, Ns, Target, Unread

ISOLATED, UNKNOWN = "isolated", "unknown"
WITH_HOST, WITH_PEER, NOT_APPLICABLE = "shared_with_host", "shared_with_peer", "not_applicable"


def cells(case: Case) -> dict[str, dict[str, dict[str, Any]]]:
    """{container: {namespace: {ns, state, required, with}}}; `with` names who shares it."""
    rows: dict[str, dict[str, dict[str, Any]]] = {t.name: {} for t in case.facts.targets}
    for name in NAMESPACES:
        groups, unread = group(case, name)
        for target in case.facts.targets:
            rows[target.name][name] = _cell(case, name, target, groups, not unread)
    return rows


def _cell(
    case: Case, name: str, target: Target, groups: dict[Ns, list[str]], complete: bool
) -> dict[str, Any]:
    mine, host = target.ns.get(name), case.host_ns(name)
    cell: dict[str, Any] = {"ns": show(name, mine), "required": required(case, name)}
    if name not in case.facts.observer.namespaces:
        return cell | {"state": NOT_APPLICABLE}
    if mine is None or isinstance(mine, Unread) or isinstance(host, Unread):
        return cell | {"state": UNKNOWN}
    if name == "user" and case.policy.rootless:
        # Every rootless container shares the engine's user namespace; its map tells them apart
        # from the host's root.
        needed = "user" in case.policy.required
        safe = not reaches_root(target.uid_map) and not reaches_root(target.gid_map)
        return cell | {"required": needed, "state": ISOLATED if safe else WITH_HOST}
    if mine == host:
        return cell | {"state": WITH_HOST}
    others = [other for other in groups[mine] if other != target.name]
    if others:
        allowed = all(case.spec.shared_allowed(name, target.name, other) for other in others)
        return cell | {"state": WITH_PEER, "with": others[:20], "allowed": allowed}
    # A container that could not be read might be in the same namespace.
    return cell | {"state": ISOLATED if complete else UNKNOWN}
