"""What a change of one stack amounts to, and what of it is risky. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from policy.judge import Finding, judge
from policy.resource import Resource
from review.changes import Change, changes
from review.changes.change import Kind
from review.exposure.inventory import VERIFIED, inventory
from review.exposure.row import FIRST_BOOT, VOLUME, Exposed, is_narrower
from review.findings import as_stack
from review.snapshot import Snapshot, Suppressed

Status = Literal["added", "removed", "changed", "same", "refused"]
_MACHINES = ("aws:ec2/instance:Instance", "aws:lightsail/instance:Instance")
_KEEPS = {
    "deleted_with": "it is deleted by itself on a machine that may be gone",
    "replace_with": "it is not made anew on a new machine",
    "ignore_changes": "changes that were passed over are made from now on",
    "delete_before_replace": "two of them may be there at once",
    "replace_on_changes": "changes that the provider does not apply are taken for made",
    "secret_outputs": "what was a secret may be in the state in the clear",
}
_GRAVE = ("high", "medium")


@dataclass(frozen=True, kw_only=True)
class Difference:
    """`added` and `removed` are rows of the inventory; `complaint` is why a stack is refused.

    The rest of a refused stack is compared without what is refused.

    `new` and `fixed` are policy findings, `let_pass` those that the stack file suppresses at head;
    `suppressed_now` are the suppressions that the base did not have.
    """

    stack: str
    status: Status
    complaint: str = ""
    changes: tuple[Change, ...] = ()
    added: tuple[Exposed, ...] = ()
    removed: tuple[Exposed, ...] = ()
    new: tuple[Finding, ...] = ()
    fixed: tuple[Finding, ...] = ()
    let_pass: tuple[tuple[Finding, str], ...] = ()
    suppressed_now: tuple[Suppressed, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Risk:
    """`mark` in capitals, and one sentence."""

    mark: str
    text: str


def refused(stack: str, complaint: str) -> Difference:
    return Difference(stack=stack, status="refused", complaint=complaint)


def compared(before: Snapshot | None, after: Snapshot | None) -> Difference:
    """None where the stack is not there; one of both is."""
    shot = after or before
    if shot is None:
        raise ValueError("a stack that is neither in the base nor at head has no difference")
    then, now = _resources(before), _resources(after)
    rows_then = inventory(before) if before else ()
    rows_now = inventory(after) if after else ()
    old, new = _findings(before), _findings(after)
    added = tuple(row for row in rows_now if row not in rows_then)
    removed = tuple(row for row in rows_then if row not in rows_now)
    difference = Difference(
        stack=shot.stack,
        status="changed",
        changes=changes(then, now),
        added=added,
        removed=removed,
        new=tuple(one for one in new if one not in old),
        fixed=tuple(one for one in old if one not in new),
        let_pass=judge(now, as_stack(after)).suppressed if after else (),
        suppressed_now=tuple(
            one
            for one in (after.suppress if after else ())
            if not before or one not in before.suppress
        ),
    )
    return _with_status(difference, before, after)


def _with_status(found: Difference, before: Snapshot | None, after: Snapshot | None) -> Difference:
    if before is None:
        return replace(found, status="added")
    if after is None:
        return replace(found, status="removed")
    something = (
        found.changes,
        found.added,
        found.removed,
        found.new,
        found.fixed,
        found.suppressed_now,
    )
    same = not any(something) and before.production == after.production
    return replace(found, status="same") if same else found


def _resources(snapshot: Snapshot | None) -> tuple[Resource, ...]:
    return snapshot.resources if snapshot else ()


def _findings(snapshot: Snapshot | None) -> tuple[Finding, ...]:
    """Judged by today's rules on both sides, so that a new rule is no change of a stack."""
    if snapshot is None:
        return ()
    stack = as_stack(snapshot)
    judged = judge(snapshot.resources, stack)
    return (*judged.findings, *judged.unused)


def risks(found: Difference) -> tuple[Risk, ...]:
    return tuple(dict.fromkeys(_risks(found)))


def _risks(found: Difference) -> Iterator[Risk]:
    if found.status == "refused":
        first, *rest = found.complaint.splitlines()
        yield Risk(
            mark="REFUSED", text=f"{first} {'; '.join(line.strip() for line in rest)}".strip()
        )
    if found.status == "removed":
        yield Risk(
            mark="STACK REMOVED",
            text="its file is gone; what it brought up stays up, unseen. `make down` comes first",
        )
        return
    for change in found.changes:
        if change.data_loss:
            yield Risk(mark="DATA LOSS", text=change.because)
        elif change.type in _MACHINES and change.kind in ("replace", "delete"):
            yield Risk(mark="REPLACE", text=change.because)
    if found.status == "added":
        yield from _of_policy(found)
        return
    yield from _of_options(found)
    yield from _of_exposure(found)
    yield from _of_policy(found)


def _of_options(found: Difference) -> Iterator[Risk]:
    """What kept later runs from doing harm, and does so no longer; one risk an option."""
    lost: dict[str, list[str]] = {}
    for change in found.changes:
        for option in change.properties if change.kind == "options" else ():
            if option.path in _KEEPS and _is_less(option.before, option.after):
                lost.setdefault(option.path, []).append(change.name)
    for name, resources in lost.items():
        text = f"{name} of {', '.join(resources)} is less than it was: {_KEEPS[name]}"
        yield Risk(mark="GUARD LOST", text=text)


def _is_less(before: object, after: object) -> bool:
    if isinstance(before, list) and isinstance(after, list):
        return bool(set(before) - set(after))
    return bool(before) and before != after


def _of_exposure(found: Difference) -> Iterator[Risk]:
    gone, new = _keys(found, "delete"), _keys(found, "create")
    unverified = any(row.text == VERIFIED for row in found.removed)
    for row in found.added:
        narrower = any(is_narrower(row, old) for old in found.removed)
        # A volume that this change makes holds nothing that its readers could not have had.
        fresh = row.way.startswith(VOLUME) and row.way.removeprefix(VOLUME) in new
        if row.kind == "opens" and not narrower and not fresh:
            yield Risk(mark="OPENS", text=f"{row.subject} {row.text}")
    for row in found.removed:
        if row.kind == "guards" and _is_missed(row, gone, unverified):
            yield Risk(mark="GUARD LOST", text=f"no longer so: {row.subject} {row.text}")
    for old in found.removed:
        for now in found.added:
            if _is_other(old, now):
                yield Risk(mark=f"OTHER {now.way.upper()}", text=_other(old, now))


def _is_missed(row: Exposed, gone: set[str], unverified: bool) -> bool:
    """A guard that goes with what it guards is not; where nothing is verified, that says it all."""
    if row.topic == "verification" and unverified:
        return row.text == VERIFIED
    return row.subject not in gone


def _other(old: Exposed, now: Exposed) -> str:
    if now.way == FIRST_BOOT:
        file = "first_boot.yaml of this stack's review"
        return f"{now.subject}: the first boot does something else; {file} shows what"
    return f"{now.subject}: {now.text}, where it was: {old.text}"


def _keys(found: Difference, kind: Kind) -> set[str]:
    """Names, and keys of the stack file, of what is made or deleted."""
    names = {change.name for change in found.changes if change.kind == kind}
    return names | {name.rpartition("-")[0] for name in names}


def _is_other(old: Exposed, new: Exposed) -> bool:
    """Other code, another machine or engine under the same name; a digest for a tag is none."""
    same = (old.topic, old.subject, old.way) == ("identities", new.subject, new.way)
    if not same or "tells" not in (old.kind, new.kind) or old.topic != new.topic:
        return False
    then, now = old.text.split()[-1], new.text.split()[-1]
    pinned = old.way == "code" and "@" in now and "@" not in then
    return not (pinned and _repository(then) == _repository(now))


def _repository(image: str) -> str:
    head, slash, last = image.partition("@")[0].rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"


def _of_policy(found: Difference) -> Iterator[Risk]:
    for finding in found.new:
        if finding.severity in _GRAVE:
            yield Risk(
                mark="POLICY", text=f"{finding.rule} on {finding.resource}: {finding.message}"
            )
    for one in found.suppressed_now:
        yield Risk(
            mark="SUPPRESSED",
            text=f"{one.rule} on {one.resource} is let pass; the reason given: {one.reason}",
        )
