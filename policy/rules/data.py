"""Volumes, which hold what a lab cannot make again."""

from __future__ import annotations

from collections.abc import Iterator

from policy import kinds
from policy.resource import Resource
from policy.rule import Rule


def _protected(resource: Resource) -> Iterator[str]:
    if not resource.options.protect:
        yield "Pulumi would delete or replace this volume without asking"


RULES = (
    Rule(
        id="data-volume-protected",
        title="In production Pulumi refuses to lose a volume",
        severity="high",
        reason="A renamed or changed volume is replaced, and its data is gone",
        remedy="write protect_data: true in the lab, and no protect: false at the volume",
        types=(kinds.VOLUME,),
        check=_protected,
        production=True,
    ),
)
