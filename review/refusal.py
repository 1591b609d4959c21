"""A stack file without what the program refuses in it, so that the rest of it can be compared."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from infra.explain import places
from infra.model.lab import Lab
from review.stacks import PROJECT, StackFile

_LAB = f"{PROJECT}:lab"
# Taking one thing away may make another wrong; a file that is wrong all over ends here.
_MOST_ROUNDS = 8


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
            # From the end, so that an item taken out of a list moves none that is still to come.
            for place in sorted(places(error, Lab), key=str, reverse=True):
                wanted = _as_known(wanted, known, place)
            if wanted == before:
                return None
        else:
            return replace(file, config={**file.config, _LAB: json.dumps(wanted)})
    return None


def _as_known(wanted: Any, known: Any, place: tuple[str | int, ...]) -> Any:
    """`wanted` with what is at `place` as `known` has it, or without it where it has none."""
    if not place:
        return copy.deepcopy(known)
    key, *rest = place
    if not _has(wanted, key):
        return _put(wanted, key, known[key]) if _has(known, key) else wanted
    if _has(known, key):
        return _put(wanted, key, _as_known(wanted[key], known[key], tuple(rest)))
    if rest and isinstance(wanted[key], list) and _has(wanted[key], rest[0]):
        return _put(wanted, key, _without(wanted[key], rest[0]))
    return _without(wanted, key)


def _has(value: Any, key: str | int) -> bool:
    if isinstance(value, dict):
        return key in value
    return isinstance(value, list) and isinstance(key, int) and key < len(value)


def _put(value: Any, key: Any, item: Any) -> Any:
    if isinstance(value, dict):
        return {**value, key: copy.deepcopy(item)}
    if isinstance(value, list):
        return [item if n == key else one for n, one in enumerate(value)]
    return value


def _without(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        return {name: one for name, one in value.items() if name != key}
    return [one for n, one in enumerate(value) if n != key]
