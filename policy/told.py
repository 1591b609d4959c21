"""Findings as CrossGuard prints them, and what was let pass. Keeps book over one run."""

from __future__ import annotations

from collections.abc import Iterator

from policy.judge import Finding, Stack, findings, unused
from policy.registry import RULES
from policy.resource import Resource


def told(finding: Finding) -> str:
    """Why it matters, the ways out, and what lets it pass."""
    rule = RULES[finding.rule]
    also = f" ({rule.reference})" if rule.reference else ""
    return (
        f"{finding.message}\n"
        f"Why: {rule.reason}{also}\n"
        f"Way out: {rule.remedy}\n"
        "Or let it pass, in the stack file under docklab:lab: policy: suppress: "
        f"[{{rule: {finding.rule}, resource: {finding.resource}, reason: ...}}]"
    )


class Book:
    """What the resources of one run have come to, resource by resource."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._reasons = {(s.rule, s.resource): s.reason for s in reversed(stack.suppressions)}
        self._used: set[tuple[str, str]] = set()
        self._met: dict[str, Resource] = {}

    def of_rule(self, resource: Resource, rule: str) -> Iterator[str]:
        """What a rule surely finds and nobody lets pass."""
        for one in findings(resource, self._stack, [RULES[rule]]):
            if one.certain and not self._let_pass(one):
                yield told(one)

    def doubts(self, resource: Resource) -> Iterator[str]:
        """What no rule can tell before the run; nothing is refused for it until then."""
        for one in findings(resource, self._stack):
            if not one.certain and not self._let_pass(one):
                yield f"{one.rule}: {told(one)}"

    def let_pass(self, resource: Resource) -> Iterator[str]:
        self._met[resource.path] = resource
        for one in findings(resource, self._stack):
            reason = self._let_pass(one)
            if reason:
                yield f"{one.rule}: {one.message}\nLet pass by the stack file: {reason}"

    def in_vain(self) -> Iterator[str]:
        """Suppressions that have let nothing pass so far."""
        return (one.message for one in unused(self._stack, self._used, self._met.values()))

    def _let_pass(self, finding: Finding) -> str:
        place = (finding.rule, finding.resource)
        reason = self._reasons.get(place, "")
        if reason:
            self._used.add(place)
        return reason
