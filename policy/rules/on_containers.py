"""The shape that all rules about containers share."""

from __future__ import annotations

from policy import kinds
from policy.rule import Check, Rule, Severity


def on_containers(
    id: str,
    title: str,
    severity: Severity,
    check: Check,
    reason: str,
    remedy: str,
    reference: str,
) -> Rule:
    return Rule(
        id=id,
        title=title,
        severity=severity,
        reason=reason,
        remedy=remedy,
        reference=reference,
        types=(kinds.CONTAINER,),
        check=check,
    )
