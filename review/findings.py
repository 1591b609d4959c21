"""Policy findings as text, and the stack as the rules want to know it."""

from __future__ import annotations

from collections.abc import Iterator

from policy.judge import Finding, Judged, Stack, Suppression
from policy.registry import RULES
from review.markdown import code, text
from review.snapshot import Snapshot


def as_stack(snapshot: Snapshot) -> Stack:
    return Stack(
        name=snapshot.stack,
        production=snapshot.production,
        suppressions=tuple(
            Suppression(rule=one.rule, resource=one.resource, reason=one.reason)
            for one in snapshot.suppress
        ),
    )


def to_markdown(judged: Judged) -> str:
    """The committed text: what is found, with its remedy, and what is let pass, with its reason."""
    findings = [*judged.findings, *judged.unused]
    parts = ["\n".join(_found(findings)) if findings else "No findings.\n"]
    if judged.suppressed:
        parts.append("## Suppressed in the stack file\n")
        parts += [f"- {line(one)}\n  Reason: {text(reason)}\n" for one, reason in judged.suppressed]
    return "\n".join(parts)


def _found(findings: list[Finding]) -> Iterator[str]:
    for one in findings:
        yield f"- {line(one)}"
        yield from (f"  {said}" for said in explained(one))
        yield ""


def line(one: Finding) -> str:
    return f"**{one.severity}** {code(one.rule)} on {code(one.resource)}: {text(one.message)}"


def explained(one: Finding) -> list[str]:
    """Why it matters, what to do, and where else the rule is known."""
    rule = RULES.get(one.rule)
    if rule is None:
        return []
    also = f" ({rule.reference})" if rule.reference else ""
    return [f"Why: {rule.reason}{also}", f"Way out: {rule.remedy}"]
