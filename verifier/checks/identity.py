"""map and baseline: who the containers are, and what "the host" is.

The host is the containers' parent, the containerd-shim: never PID 1, which on a nested or
rootless engine lives somewhere else and would make shared namespaces look private.
"""

from __future__ import annotations

from verifier.check import ALL, ERROR, PASS, Case, Check, show
from verifier.facts import NAMESPACES, Target, Unread
from verifier.remedies import unreadable


def check(case: Case) -> list[Check]:
    return [*(_map(target, case.facts.retried) for target in case.facts.targets), _baseline(case)]


def _map(target: Target, retried: bool) -> Check:
    init = target.init
    problem = init.problem if not init.pid else target.moved
    remedy = f"{target.name} is not running: see `docker ps -a`, then bring the lab up again"
    if init.pid and problem:
        remedy = f"{target.name} restarted during the run: see why in its log, then verify again"
    evidence: dict[str, object] = {"id": target.id[:12]}
    if init.pid:
        evidence |= {"pid": init.pid, "starttime": init.starttime, "source": init.source}
        evidence |= {"shim": init.shim, "other_entries": init.others}
    if problem:
        evidence |= {"problem": problem, "second_try": retried}
    return Check(
        id="map",
        subject=target.name,
        status=ERROR if problem or not init.pid else PASS,
        claim=f"{target.name} is one live container",
        method="procfs",
        evidence=evidence,
        remedy=remedy,
    )


def _baseline(case: Case) -> Check:
    shims = [case.facts.shims[pid] for pid in sorted(case.facts.shims)]
    problem, why = _baseline_problem(case)
    evidence: dict[str, object] = {
        "pid": shims[0].pid if shims else 0,
        "comm": shims[0].comm if shims else "",
        "shims": len(shims),
        "ns": {name: show(name, case.host_ns(name)) for name in case.facts.observer.namespaces},
    }
    other = [
        name
        for name, value in case.facts.reference.items()
        if not isinstance(value, Unread) and value != case.host_ns(name)
    ]
    if other:
        evidence["differs_from_kthreadd"] = other
    if problem:
        evidence["problem"] = problem
    return Check(
        id="baseline",
        subject=ALL,
        status=ERROR if problem else PASS,
        claim="the host side of all containers is known: the containerd-shims that started them",
        method="inode",
        evidence=evidence,
        remedy=unreadable(why),
    )


def _baseline_problem(case: Case) -> tuple[str, str]:
    for target in case.facts.targets:
        if target.init.pid and not target.init.shim:
            return f"the parent of {target.name} is not its containerd-shim", "restarted"
    if not case.facts.shims:
        return "no containerd-shim was found", "ESRCH"
    for shim in case.facts.shims.values():
        if shim.depth != 1:
            return f"process {shim.pid} ({shim.comm}) runs inside a container", "restarted"
    for name in NAMESPACES:
        value = case.host_ns(name)
        if name in case.policy.required and isinstance(value, Unread):
            return f"{name}: {value.why}", value.why
    return "", ""
