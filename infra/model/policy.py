"""What the stack file says to the rules of `policy/`: how strict, what passes for a reason."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from infra.model.base import Flag, Problem, Strict, refuse
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

    @model_validator(mode="after")
    def says_each_once(self) -> Self:
        places = [(one.rule, one.resource) for one in self.suppress]
        refuse(
            Problem(
                ("suppress", i),
                f"{place[0]} on {place[1]} is let pass by suppress[{places.index(place)}] "
                "already; keep one of the two",
            )
            for i, place in enumerate(places)
            if place in places[:i]
        )
        return self
