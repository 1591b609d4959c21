"""Decides: facts in, judged checks and a verdict out. Pure; what is not known is not proven."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from verifier.check import ALL, ERROR, FAIL, PASS, SKIPPED, Case, Check, host_namespaces
from verifier.checks import (
    confine,
    demos,
    egress,
    env,
    hostnames,
    identity,
    links,
    mounts,
    names,
    namespaces,
    networks,
    posix,
    powers,
    processes,
    published,
    queues,
    users,
    volumes,
)
from verifier.facts import ALWAYS_REQUIRED, NAMESPACES, Facts
from verifier.net import plan
from verifier.policy import Policy, decide
from verifier.spec import Spec

ISOLATED, NOT_ISOLATED, BAD_SPEC = "isolated", "not_isolated", "bad_spec"
INCONCLUSIVE, INTERNAL_ERROR = "inconclusive", "internal_error"
EXIT_CODES = {ISOLATED: 0, NOT_ISOLATED: 1, BAD_SPEC: 2, INCONCLUSIVE: 3, INTERNAL_ERROR: 4}

FAMILIES: tuple[Callable[[Case], list[Check]], ...] = (
    env.check,
    powers.check,
    identity.check,
    namespaces.check,
    users.check,
    processes.check,
    mounts.check,
    confine.check,
    volumes.check,
    queues.check,
    posix.check,
    hostnames.check,
    demos.check,
    networks.check,
    names.check,
    links.check,
    egress.check,
    published.check,
)
ABOUT_ALL = (
    "env.self",
    "env.drop",
    "baseline",
    *(f"{ns}.peer" for ns in ALWAYS_REQUIRED),
    *(f"demo.{kind}" for kind in demos.CLAIMS),
)
ABOUT_EACH = (
    "map",
    *(f"{ns}.host" for ns in ALWAYS_REQUIRED),
    "user.map",
    "pid.view",
    "mnt.root",
    "mnt.propagation",
    "mnt.undeclared",
    "mnt.socket",
    "confine",
    "ipc.sysv",
    "ipc.shm",
    "uts.name",
)
ABOUT_NETWORKS = ("net.loopback", "net.self", "net.reach", "net.dns", "net.link")
ABOUT_MOUNTS = ("vol.mode", "vol.share", "vol.submount")
ABOUT_SOME = ("net.egress", "net.published")
CHECK_IDS = frozenset(
    {
        *ABOUT_ALL,
        *ABOUT_EACH,
        *ABOUT_NETWORKS,
        *ABOUT_MOUNTS,
        *ABOUT_SOME,
        *(f"{ns}.{whose}" for ns in NAMESPACES for whose in ("host", "peer")),
    }
)
"""Every check that a judged report can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Checks sorted by id and subject, the policy they were judged by, and the verdict."""

    case: Case
    checks: tuple[Check, ...]
    verdict: str

    @property
    def policy(self) -> Policy:
        return self.case.policy


def judge(spec: Spec, facts: Facts) -> Judgement:
    host = host_namespaces(facts)
    case = Case(spec=spec, facts=facts, policy=decide(spec, facts), host=host)
    checks = [check for family in FAMILIES for check in family(case)]
    checks = [_settled(case, check) for check in checks]
    checks += _missing(case, checks)
    ordered = tuple(sorted(checks, key=lambda check: (check.id, check.subject)))
    return Judgement(case=case, checks=ordered, verdict=verdict(ordered))


def _settled(case: Case, check: Check) -> Check:
    """What was tried while a container went away tells of that, and not of a leak."""
    tried = check.method == "behaviour" and not check.id.startswith("demo.")
    tried = tried or check.id == "net.link"
    moved = sorted(target.name for target in case.facts.targets if target.moved)
    if check.status != FAIL or not tried or not moved:
        return check
    evidence = {**check.evidence, "restarted_meanwhile": moved[:20]}
    remedy = f"{moved[0]} restarted during the run: verify again"
    return replace(check, status=ERROR, evidence=evidence, remedy=remedy)


def verdict(checks: Iterable[Check]) -> str:
    """A failure wins over a doubt; nothing but passes of all that is required is isolated."""
    found = Counter(check.status for check in checks if check.required)
    if found[FAIL]:
        return NOT_ISOLATED
    return ISOLATED if found[PASS] and found[PASS] == found.total() else INCONCLUSIVE


def _missing(case: Case, checks: list[Check]) -> list[Check]:
    """Checks that must be there and are not: a family that says nothing proves nothing."""
    have = {(check.id, check.subject) for check in checks}
    names = [container.name for container in case.spec.containers]
    wanted = [(check_id, ALL) for check_id in ABOUT_ALL]
    wanted += [(check_id, name) for check_id in ABOUT_EACH for name in names]
    if plan.declared(case.spec):
        wanted += [(check_id, name) for check_id in ABOUT_NETWORKS for name in names]
        closed = [one.name for one in case.spec.containers if plan.closed(case.spec, one)]
        wanted += [("net.egress", name) for name in closed]
        wanted += [("net.published", name) for name in {p.container for p in case.spec.published}]
    mounting = [container.name for container in case.spec.containers if container.volumes]
    wanted += [(check_id, name) for check_id in ABOUT_MOUNTS for name in mounting]
    return [
        Check(
            id=check_id,
            subject=subject,
            status=SKIPPED,
            claim=f"{check_id} was judged for {subject}",
            method="procfs",
            evidence={"problem": "the check was not run"},
            remedy="run the verification again; if it stays, this is a defect of the verifier",
        )
        for check_id, subject in wanted
        if (check_id, subject) not in have
    ]
