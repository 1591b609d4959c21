"""What a change opens that was closed, and whom it takes a guard from: by the inventory's rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policy import kinds
from review.difference import Difference
from review.exposure.commands import but_for_ssh
from review.exposure.images import CODE, is_pinned
from review.exposure.inventory import VERIFIED
from review.exposure.networks import NETWORKS
from review.exposure.row import FIRST_BOOT, MACHINE_IMAGE, VOLUME, Exposed, is_narrower
from review.risks.risk import Risk
from review.stacks import placeholders

# Characters of a long command: in all, and of those before the first that differs.
_MOST, _BEFORE = 120, 30


def of_exposure(found: Difference) -> Iterator[Risk]:
    gone = {change.name for change in found.changes if change.kind == "delete"}
    unverified = any(row.text == VERIFIED for row in found.removed)
    lost = [
        row for row in found.removed if row.kind == "guards" and _is_missed(row, gone, unverified)
    ]
    guarded = {(row.topic, row.subject, row.way) for row in lost if row.way}
    fresh = _fresh(found)
    # What reaches what is much in a large lab, and the least of it.
    for row in sorted(found.added, key=lambda one: one.way == NETWORKS):
        narrower = any(is_narrower(row, old) for old in found.removed)
        told = (row.topic, row.subject, row.way) in guarded
        alone = row.way == NETWORKS and not row.others
        if row.kind == "opens" and not any((narrower, told, alone, row.way in fresh)):
            yield Risk(mark="OPENS", text=f"{row.subject} {row.told}")
    yield from (_lost(row, found.added) for row in lost)
    yield from _others(found)


def _fresh(found: Difference) -> set[str]:
    """Volumes that this change makes and through which nobody learns of anybody else."""
    made = {
        f"{VOLUME}{change.name.rpartition('-')[0]}"
        for change in found.changes
        if change.kind == "create" and change.type == kinds.VOLUME
    }
    now, before = _users(found.added), _users(found.removed)

    def parted(way: str) -> bool:
        """Whether its users had no volume together before, under another name."""
        users = now.get(way, set())
        return len(users) > 1 and not any(users <= others for others in before.values())

    return {way for way in made if not parted(way)}


def _users(rows: Iterable[Exposed]) -> dict[str, set[str]]:
    users: dict[str, set[str]] = {}
    for row in rows:
        if row.way.startswith(VOLUME):
            users.setdefault(row.way, set()).add(row.of)
    return users


def _is_missed(row: Exposed, gone: set[str], unverified: bool) -> bool:
    """A guard that goes with what it guards is not; where nothing is verified, that says it all."""
    if row.topic == "verification" and unverified:
        return row.text == VERIFIED
    return row.of not in gone


def _lost(row: Exposed, added: Iterable[Exposed]) -> Risk:
    """With what is there now in the place of the guard."""
    place = (row.topic, row.subject, row.way)
    now = [
        new.text
        for new in added
        if row.way and new.kind == "opens" and (new.topic, new.subject, new.way) == place
    ]
    instead = f"; now: {', '.join(now)}" if now else ""
    return Risk(mark="GUARD LOST", text=f"no longer so: {row.subject} {row.text}{instead}")


def _others(found: Difference) -> Iterator[Risk]:
    """Other code, another machine or engine under the same name; a risk for all that change so."""
    subjects: dict[tuple[str, str, str], list[str]] = {}
    reached = any(row.way in ("engine", "host key", "ssh options") for row in found.added)
    for old in found.removed:
        for now in found.added:
            if _is_other(old, now) and not (reached and _differ_by_the_way_there(old, now)):
                then, since = _where_they_part(old, now)
                subjects.setdefault((now.way, then, since), []).append(now.subject)
    for (way, before, after), names in subjects.items():
        text = f"{', '.join(names)}: {after}, where it was: {before}"
        if way == FIRST_BOOT:
            file = "first_boot.yaml of this stack's review"
            text = f"{', '.join(names)}: the first boot does something else; {file} shows what"
        yield Risk(mark=f"OTHER {way.upper()}", text=text)


def _where_they_part(old: Exposed, now: Exposed) -> tuple[str, str]:
    """Of long lines the part that differs, which is not always at the beginning."""
    if not (old.whole and now.whole) or old.whole == now.whole:
        return old.text, now.text
    if max(len(old.whole), len(now.whole)) <= _MOST:
        return old.whole, now.whole
    pairs = enumerate(zip(old.whole, now.whole, strict=False))
    same = next((n for n, (a, b) in pairs if a != b), min(len(old.whole), len(now.whole)))
    first = max(0, same - _BEFORE)
    return _excerpt(old.whole, first), _excerpt(now.whole, first)


def _differ_by_the_way_there(old: Exposed, now: Exposed) -> bool:
    """Whether two commands differ by no more than how they reach the machine, told elsewhere."""
    return old.topic == "commands" and but_for_ssh(old.whole) == but_for_ssh(now.whole)


def _excerpt(whole: str, first: int) -> str:
    last = first + _MOST
    return f"{'…' if first else ''}{whole[first:last]}{'…' if last < len(whole) else ''}"


def _is_other(old: Exposed, new: Exposed) -> bool:
    """A digest in the place of the tag that it is of is no other code; nor is what fills a gap,
    in what cannot be made with one: elsewhere the same words are words.
    """
    if old.way in (CODE, MACHINE_IMAGE) and any(placeholders(old.text)):
        return False
    place = (old.topic, old.subject, old.way)
    if (
        not old.way
        or place != (new.topic, new.subject, new.way)
        or {old.kind, new.kind} != {"tells"}
    ):
        return False
    return not (old.way == CODE and is_pinned(old.text, new.text))
