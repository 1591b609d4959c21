"""Rules on resources: what is found, what the stack file lets pass, and what it does in vain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from difflib import get_close_matches

from policy.registry import RULES
from policy.resource import Resource
from policy.rule import CannotTell, Rule, Severity

UNUSED = "unused-suppression"
_ORDER = ("high", "medium", "low")
_LESS: dict[Severity, Severity] = {"high": "medium", "medium": "low", "low": "low"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """`rule` is an id, `resource` a name."""

    rule: str
    resource: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    name: str
    production: bool
    suppressions: tuple[Suppression, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`resource` is a name. Not `certain`: the rule could not tell, and is a step less severe."""

    rule: str
    severity: Severity
    resource: str
    path: str
    message: str
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Each in the order of severity, rule, path and message."""

    findings: tuple[Finding, ...]
    suppressed: tuple[tuple[Finding, str], ...]
    unused: tuple[Finding, ...]


def is_production(said: bool | None, stack_name: str) -> bool:
    return stack_name == "prod" if said is None else said


def judge(resources: Sequence[Resource], stack: Stack) -> Judged:
    found = sorted({f for resource in resources for f in findings(resource, stack)}, key=_place)
    reasons = {(s.rule, s.resource): s.reason for s in reversed(stack.suppressions)}
    kept = [f for f in found if (f.rule, f.resource) not in reasons]
    passed = [(f, reasons[f.rule, f.resource]) for f in found if (f.rule, f.resource) in reasons]
    return Judged(
        findings=tuple(kept),
        suppressed=tuple(passed),
        unused=tuple(unused(stack, {(f.rule, f.resource) for f, _ in passed}, resources)),
    )


def findings(
    resource: Resource, stack: Stack, rules: Iterable[Rule] = RULES.values()
) -> Iterator[Finding]:
    """What the rules find on one resource, suppressed or not."""
    for rule in rules:
        if resource.type in rule.types and (stack.production or not rule.production):
            for told in _told(rule, resource):
                yield _finding(rule, resource, told)


def _told(rule: Rule, resource: Resource) -> Iterator[str | CannotTell]:
    try:
        yield from rule.check(resource)
    except CannotTell as reason:
        yield reason


def _finding(rule: Rule, resource: Resource, told: str | CannotTell) -> Finding:
    certain = isinstance(told, str)
    return Finding(
        rule=rule.id,
        severity=rule.severity if certain else _LESS[rule.severity],
        resource=resource.name,
        path=resource.path,
        message=told if isinstance(told, str) else f"cannot tell: {told}",
        certain=certain,
    )


def unused(
    stack: Stack, used: set[tuple[str, str]], resources: Iterable[Resource]
) -> Iterator[Finding]:
    """A finding a suppression that suppresses nothing. `used` holds rules and resources' names."""
    there = {(one.name, one.type) for one in resources}
    for rule, resource in sorted({(s.rule, s.resource) for s in stack.suppressions} - used):
        yield Finding(
            rule=UNUSED,
            severity="low",
            resource=resource,
            path="",
            message=f"lab.policy.suppress: {_why_unused(rule, resource, there)}",
        )


def _why_unused(rule: str, resource: str, there: Set[tuple[str, str]]) -> str:
    if rule not in RULES:
        return f"there is no rule {rule}; docs/guide/policy.md lists them"
    if resource in {name for name, _ in there}:
        return f"{rule} finds nothing on {resource}; take the entry out"
    named = sorted(name for name, type_ in there if type_ in RULES[rule].types)
    alike = [name for name in named if name.startswith(f"{resource}-")]
    close = alike or get_close_matches(resource, named, n=1, cutoff=0) or named
    such = f"; the review prints names such as {close[0]}" if close else "; take the entry out"
    return f"there is no resource {resource}{such}"


def _place(finding: Finding) -> tuple[int, str, str, str]:
    return (_ORDER.index(finding.severity), finding.rule, finding.path, finding.message)
