"""Why a resource changes, and what is lost by it, in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from policy import kinds
from policy.resource import Resource
from review.changes.change import Kind, PropertyChange
from review.changes.properties import property_of

REFUSED_WITHOUT_LEAVE = "and a run refuses that unless allow_data_loss names it"
WITH_LEAVE = "and as allow_data_loss names it, no run refuses that"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is known of one change; `before` or `after` is there, or both."""

    kind: Kind
    before: Resource | None = None
    after: Resource | None = None
    properties: tuple[PropertyChange, ...] = ()
    cause: Resource | None = None

    @property
    def resource(self) -> Resource:
        one = self.after or self.before
        if one is None:
            raise ValueError("a change of no resource")
        return one

    @property
    def ends(self) -> bool:
        return self.kind in ("delete", "replace")


def loses_data(told: Told) -> bool:
    """Whether what the old one holds goes with it."""
    old = told.before
    if old is None or not told.ends or old.options.retain_on_delete:
        return False
    return old.type in (kinds.VOLUME, *kinds.MACHINES)


def because(told: Told) -> str:
    """Empty where the properties say it all."""
    return "; ".join(_parts(told))


def _parts(told: Told) -> Iterator[str]:
    one = told.resource
    if told.cause is not None:
        yield f"{_what(one)} is made anew because {_what(told.cause)} is"
    elif told.kind == "replace":
        yield f"{_what(one)} is made anew: {_reasons(told)}"
    elif told.kind == "delete" and one.type == kinds.VOLUME:
        yield (
            f"{_what(one)} is deleted: its key is gone from the lab, and under another key it is a "
            "new and empty one"
        )
    elif told.kind == "delete":
        yield f"{_what(one)} is deleted"
    if loses_data(told):
        yield _lost(told)
    old = told.before
    if told.ends and old is not None and old.options.protect:
        yield "Pulumi refuses such a run as long as it is protected"
    if (
        told.ends
        and old is not None
        and old.type == kinds.CONTAINER
        and old.inputs.get("readOnly") is False
    ):
        yield "what it wrote to its own layer is gone"


def _lost(told: Told) -> str:
    if told.resource.type in kinds.MACHINES:
        return "every volume and folder on it goes with it; make backup first keeps the volumes"
    if told.cause is not None:
        return "its data goes with it; make backup first keeps it"
    return f"its data goes with it, {REFUSED_WITHOUT_LEAVE}"


def _reasons(told: Told) -> str:
    """The properties that nothing but another one takes."""
    names = dict.fromkeys(property_of(p.path) for p in told.properties if p.replaces)
    return f"{', '.join(names)} cannot change in place" if names else "it gets another provider"


def _what(one: Resource) -> str:
    if one.type in kinds.MACHINES:
        return f"the machine {one.name}"
    kind = one.type.rpartition(":")[2]
    words = {"RemoteImage": "image", "Command": "command"}.get(kind, kind.lower())
    return f"{words} {one.name}"
