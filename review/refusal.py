"""A stack file without what the program refuses in it, so that the rest of it can be compared."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

from pydantic import ValidationError

from infra.explain import Location, places
from infra.model.lab import Lab
from review.stacks import PROJECT, StackFile

_LAB = f"{PROJECT}:lab"
# Taking one thing away may make another wrong; a file that is wrong all over ends here.
_MOST_ROUNDS = 8
_NONE = object()


def without_refused(file: StackFile, base: StackFile) -> StackFile | None:
    """The file with each refused place as the base has it; None where that does not mend it."""
    if _LAB in file.secrets or _LAB not in base.config:
        return None
    try:
        wanted, known = json.loads(file.config[_LAB]), json.loads(base.config[_LAB])
    except (KeyError, ValueError):
        return None
    for _ in range(_MOST_ROUNDS):
        try:
            Lab.model_validate(wanted)
        except ValidationError as error:
            before = copy.deepcopy(wanted)
            cuts = dict(_cut(wanted, known, place) for place in places(error, Lab))
            # From the end, so that an item taken out of a list moves none that is still to come.
            for place in sorted(cuts, key=_order, reverse=True):
                wanted = _with(wanted, place, cuts[place])
            if wanted == before:
                return None
        else:
            return replace(file, config={**file.config, _LAB: json.dumps(wanted)})
    return None


def _order(place: Location) -> list[tuple[int, str]]:
    return [(part, "") if isinstance(part, int) else (-1, part) for part in place]


def _cut(wanted: Any, known: Any, place: Location) -> tuple[Location, Any]:
    """Where to mend `wanted`, and what the base has there: `_NONE` where it has nothing.

    As deep as can be, so that no more is hidden than is refused; an item of a list that the base
    does not have goes whole, for half of it would be another item.
    """
    here, there = wanted, known
    for depth, key in enumerate(place):
        if isinstance(here, list) and isinstance(key, int) and key < len(here):
            twin = _twin(here, there if isinstance(there, list) else [], key)
            if twin is None:
                return place[: depth + 1], _NONE
            here, there = here[key], there[twin]
        elif _has(here, key):
            here, there = here[key], _at(there, key)
        elif there is _NONE or not isinstance(here, dict):
            return place[:depth], there
        else:
            return place[: depth + 1], _at(there, key)
    return place, there


def _twin(here: Sequence[Any], there: Sequence[Any], index: int) -> int | None:
    """The item of `there` that item `index` of `here` was, by what is around it."""
    before, after = (
        [json.dumps(item, sort_keys=True) for item in items] for items in (there, here)
    )
    for _, low, high, first, last in SequenceMatcher(
        a=before, b=after, autojunk=False
    ).get_opcodes():
        if first <= index < last:
            return low + index - first if high - low == last - first else None
    return None


def _at(value: Any, key: str | int) -> Any:
    return value[key] if _has(value, key) else _NONE


def _has(value: Any, key: str | int) -> bool:
    return isinstance(value, dict) and key in value


def _with(value: Any, place: Location, item: Any) -> Any:
    """`value` with `item` at `place`, or without what is there."""
    if not place:
        return value if item is _NONE else copy.deepcopy(item)
    key, *rest = place
    inner = item if not rest else _with(value[key], tuple(rest), item)
    if isinstance(value, list):
        return [
            one if n != key else inner
            for n, one in enumerate(value)
            if n != key or inner is not _NONE
        ]
    return {
        name: inner if name == key else one
        for name, one in {**value, key: None}.items()
        if name != key or inner is not _NONE
    }
