"""What the stack file says to the rules of `policy/`: how strict, what passes for a reason."""

from typing import Annotated

from pydantic import Field, StringConstraints

from infra.model.base import Flag, Strict
from infra.model.form import text_form

RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=10, max_length=500),
    text_form("text", r"\s*\S[\s\S]{8,}\S\s*", "10 to 500 characters"),
]


class SuppressionConfig(Strict):
    """One finding that is let pass; the review lists it with its reason."""

    rule: RuleId = Field(description="the rule's id, as the review prints it")
    resource: Annotated[str, StringConstraints(min_length=1)] = Field(
        description="the resource's name, as the review prints it"
    )
    reason: Reason = Field(description="why it may stay, for whoever reads the review")


class PolicyConfig(Strict):
    """How the rules judge this stack. Nothing here changes what is built."""

    production: Flag | None = Field(
        default=None,
        description="whether the rules for production hold; without it, in a stack named prod",
    )
    suppress: tuple[SuppressionConfig, ...] = Field(
        default=(), description="findings that are let pass, each with a written reason"
    )
