"""Two snapshots of one stack, and what a change from the one to the other amounts to. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from policy import kinds
from policy.judge import Finding, Judged, judge
from policy.resource import Resource
from review.changes import Change, changes
from review.changes.properties import property_of
from review.difference import Difference, Unjudged
from review.exposure.images import CODE
from review.exposure.inventory import inventory
from review.exposure.known import is_known, unjudged
from review.exposure.row import Exposed
from review.findings import as_stack
from review.snapshot import Snapshot
from review.stacks import placeholders


def compared(before: Snapshot | None, after: Snapshot | None) -> Difference:
    """None where the stack is not there; one of both is."""
    shot = after or before
    if shot is None:
        raise ValueError("a stack that is neither in the base nor at head has no difference")
    if after is None:
        # Nothing is done to what it brought up, so that nothing is closed or deleted.
        return Difference(stack=shot.stack, status="removed")
    found = _compared(before, after)
    if before is None:
        return replace(found, status="added")
    return replace(found, status="same") if _is_same(found, before, after) else found


def _compared(before: Snapshot | None, after: Snapshot) -> Difference:
    then, now = (before.resources if before else ()), after.resources
    rows_then, rows_now = (inventory(before) if before else ()), inventory(after)
    found = changes(then, now, [f"{key}-volume" for key in after.allow_data_loss])
    # Both by the rules that hold at head: what nobody looks for any more is not fixed, and what is
    # looked for from now on was there before.
    old = _all(_judged(replace(before, production=after.production))) if before else ()
    judged = _judged(after)
    new, passed = _all(judged), [one for one, _ in judged.suppressed]
    rows_now = tuple(_with_new_code(rows_now, found, rows_then))
    had, has = frozenset(rows_then), frozenset(rows_now)
    return Difference(
        stack=after.stack,
        status="changed",
        changes=found,
        added=tuple(row for row in rows_now if row not in had),
        removed=tuple(row for row in rows_then if row not in has),
        new=tuple(one for one in new if one not in old),
        fixed=tuple(one for one in old if one not in new and one not in passed),
        let_pass=judged.suppressed,
        suppressed_now=tuple(
            one for one in after.suppress if not before or one not in before.suppress
        ),
        unjudged=tuple(_unjudged(found, [*then, *now])),
        was_up=not any(_is_unfilled(one) for one in then),
    )


def _with_new_code(
    rows: Sequence[Exposed], found: Sequence[Change], before: Sequence[Exposed]
) -> Iterator[Exposed]:
    """What a new container runs opens something, where no other of the stack has run it."""
    made = {one.name for one in found if one.kind == "create"} if before else set()
    known = {row.text for row in before if row.way == CODE}
    for row in rows:
        new = row.way == CODE and row.of in made and row.text not in known
        yield replace(row, kind="opens") if new else row


# Where a value that is left to the user cannot be made as it stands, so that nothing is up with it.
_LEFT = {
    kinds.EC2: "ami",
    kinds.IMAGE: "name",
    kinds.SECURITY_GROUP: "ingress",
    kinds.PUBLIC_PORTS: "portInfos",
    **dict.fromkeys(kinds.KEY_PAIRS, "publicKey"),
}


def _is_unfilled(one: Resource) -> bool:
    """Whether it waits for its user to fill something in: then it was never made."""
    return any(placeholders(json.dumps(one.inputs.get(_LEFT.get(one.type, "")))))


def _is_same(found: Difference, before: Snapshot, after: Snapshot) -> bool:
    something = (
        *(found.changes, found.added, found.removed),
        *(found.new, found.fixed, found.suppressed_now),
    )
    return not any(something) and before.production == after.production


def _judged(snapshot: Snapshot) -> Judged:
    """By today's rules on both sides, so that a new rule is no change of a stack."""
    return judge(snapshot.resources, as_stack(snapshot))


def _all(judged: Judged) -> tuple[Finding, ...]:
    return (*judged.findings, *judged.unused)


def _unjudged(found: Sequence[Change], resources: Iterable[Resource]) -> Iterator[Unjudged]:
    """What neither inventory nor rules know: of what is made, all it says; else what changes."""
    at = {one.path: one for one in resources}
    for change in found:
        one = at[change.path]
        if not is_known(one):
            yield Unjudged(name=one.name, type=one.type, kind=change.kind)
        elif odd := tuple(_odd(one, change)):
            yield Unjudged(name=one.name, type=one.type, kind=change.kind, inputs=odd)


def _odd(one: Resource, change: Change) -> Iterator[str]:
    paths = [told.path for told in change.properties]
    if change.kind == "create":
        yield from unjudged(one, one.inputs)
    elif change.kind in ("update", "replace"):
        yield from unjudged(one, map(property_of, paths))
    if change.kind == "create" or (change.kind == "options" and "further" in paths):
        yield from (f"option {name}" for name in one.options.further)
