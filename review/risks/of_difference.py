"""What of a difference is risky, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from policy import kinds
from policy.resource import SECRET
from review.changes import Change
from review.changes.change import Kind, PropertyChange
from review.difference import Difference, Unjudged
from review.exposure.commands import TYPES as COMMANDS
from review.exposure.row import VOLUME
from review.risks.of_exposure import of_exposure
from review.risks.risk import Risk

_KEEPS = {
    "protect": "Pulumi deletes or replaces it from now on",
    "retain_on_delete": "it is deleted for good from now on",
    "deleted_with": "it is deleted by itself on a machine that may be gone",
    "replace_with": "it is not made anew on a new machine",
    "ignore_changes": "changes that were passed over are made from now on",
    "delete_before_replace": "two of them may be there at once",
    "replace_on_changes": "changes that the provider does not apply are taken for made",
    "secret_outputs": "what was a secret may be in the state in the clear",
}
_DONE: dict[Kind, str] = {
    "create": "is made",
    "delete": "is deleted",
    "update": "changes",
    "replace": "is made anew",
    "options": "is treated otherwise by later runs",
}
_GRAVE = ("high", "medium")
# Of a new stack: what it opens beyond itself. Its own containers are to reach each other.
_BEYOND = (
    *("from outside", "identities", "published ports", "powers", "mounts", "data", "secrets"),
    "verification",
)


def risks(found: Difference) -> tuple[Risk, ...]:
    return tuple(dict.fromkeys(_risks(found)))


def _risks(found: Difference) -> Iterator[Risk]:
    if found.status == "refused":
        first, *rest = found.complaint.splitlines()
        text = f"{first} {'; '.join(line.strip() for line in rest)}".strip()
        alone = "" if found.is_whole else "; nothing else of this stack could be compared"
        yield Risk(mark="REFUSED", text=f"{text}{alone}")
    if found.status == "removed":
        yield Risk(
            mark="STACK REMOVED",
            text="its file is gone; what it brought up stays up, unseen. `make down` comes first",
        )
        return
    if not found.has_base:
        text = "the base has its file and no review of it, so that all of it is shown as new"
        yield Risk(mark="NO BASE", text=text)
    for change in found.changes if found.was_up else ():
        if change.data_loss:
            yield Risk(mark="DATA LOSS", text=change.because)
        elif change.type in kinds.MACHINES and change.kind in ("replace", "delete"):
            yield Risk(mark="REPLACE", text=change.because)
    if found.status == "added":
        yield from _of_new_stack(found)
    else:
        yield from _of_options(found)
        yield from of_exposure(found)
        for change in found.changes:
            yield from _of_secrets(change)
    yield from _of_policy(found)
    yield from (Risk(mark="NOT JUDGED", text=_not_judged(one)) for one in found.unjudged)


def _of_new_stack(found: Difference) -> Iterator[Risk]:
    for row in found.added:
        if row.kind == "opens" and row.topic in _BEYOND and not row.way.startswith(VOLUME):
            yield Risk(mark="OPENS", text=f"{row.subject} {row.text}")


def _of_options(found: Difference) -> Iterator[Risk]:
    """What kept later runs from doing harm, and does so no longer; one risk an option."""
    lost: dict[str, list[str]] = {}
    gone = {change.name for change in found.changes if change.kind == "delete"}
    treated = [change for change in found.changes if change.kind == "options"]
    for change, option in ((one, option) for one in treated for option in one.properties):
        if option.path == "ignore_changes" and (more := _more(option)):
            text = f"of {change.name} changes of {', '.join(more)} are passed over from now on"
            yield Risk(mark="GUARD LOST", text=f"{text}, whatever is declared")
        less = option.path in _KEEPS and _is_less(option.before, option.after)
        if less and not _is_told(change, option, gone):
            lost.setdefault(option.path, []).append(change.name)
    for name, resources in lost.items():
        text = f"{name} of {', '.join(resources)} is less than it was: {_KEEPS[name]}"
        yield Risk(mark="GUARD LOST", text=text)


def _is_told(change: Change, option: PropertyChange, gone: set[str]) -> bool:
    """By a row of the inventory, as a volume's protection is; or by the end of what it was on."""
    if option.path in ("deleted_with", "replace_with"):
        before = option.before if isinstance(option.before, list) else [option.before]
        return {str(path).rpartition("::")[2] for path in before} <= gone
    return option.path == "protect" and change.type == kinds.VOLUME


def _is_less(before: object, after: object) -> bool:
    if isinstance(before, list) and isinstance(after, list):
        return bool(set(before) - set(after))
    return bool(before) and before != after


def _more(option: PropertyChange) -> list[str]:
    then, now = (one if isinstance(one, list) else [] for one in (option.before, option.after))
    return [str(name) for name in now if name not in then]


def _of_secrets(change: Change) -> Iterator[Risk]:
    for one in change.properties:
        hidden = _is_hidden(one.before)
        if hidden and one.after is not None and not _is_hidden(one.after):
            text = f"{change.name}: {one.path} was a secret and stands in plain text now"
            yield Risk(mark="IN PLAIN TEXT", text=text)
        elif hidden and _is_hidden(one.after) and one.path.startswith("envs["):
            yield Risk(mark="OTHER SECRET", text=f"{change.name}: {one.path} is another secret")


def _is_hidden(value: object) -> bool:
    return isinstance(value, str) and SECRET[:-1] in value


def _not_judged(one: Unjudged) -> str:
    if one.inputs:
        return (
            f"{one.name}: {', '.join(one.inputs)}: this review has no eye on it; read what it does"
        )
    ends = ": whether data goes with it is not known" if one.kind == "delete" else ""
    what = "none of docklab's own commands" if one.type in COMMANDS else "of a type not known here"
    return f"{one.name} ({one.type}, {what}) {_DONE[one.kind]}{ends}; read what it does"


def _of_policy(found: Difference) -> Iterator[Risk]:
    for finding in found.new:
        if finding.severity in _GRAVE:
            yield Risk(
                mark="POLICY",
                text=f"{finding.severity}: {finding.rule} on {finding.resource}: {finding.message}",
            )
    for one in found.suppressed_now:
        yield Risk(
            mark="SUPPRESSED",
            text=f"{one.rule} on {one.resource} is let pass; the reason given: {one.reason}",
        )
