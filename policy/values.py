"""Reading a resource's inputs without taking what is not known for what is not there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from policy.resource import SECRET, UNKNOWN, Resource
from policy.rule import CannotTell

# What stack files leave to their user. Nothing can be made under such a value, so it is no risk.
PLACEHOLDER: Final = re.compile(r"<[a-z' ]+>")
_REFERENCE = re.compile(r"\$\{[^}]+\}")
_OPEN = SECRET[:-1]


def is_secret(value: object) -> bool:
    """Also with the fingerprint that the review adds, and as the value of `NAME=`."""
    return isinstance(value, str) and bool(
        re.fullmatch(rf"(\w+=)?{re.escape(_OPEN)}( \w+)?\]", value)
    )


def is_reference(value: object) -> bool:
    """Whether a text is another resource's output, by its name."""
    return isinstance(value, str) and bool(_REFERENCE.fullmatch(value))


def known(value: object, what: str) -> object:
    """`value`. Raises CannotTell where only a run would tell it."""
    if value == UNKNOWN:
        raise CannotTell(f"{what} is known only in a run")
    if is_secret(value):
        raise CannotTell(f"{what} is a secret")
    return value


def look(resource: Resource, *path: str) -> object:
    """The value at `path` of the inputs; None where nothing is said. Raises CannotTell."""
    return at(resource.inputs, *path)


def at(value: object, *path: str) -> object:
    for depth, key in enumerate(path):
        if not isinstance(value, Mapping):
            return None
        value = known(value.get(key), ".".join(path[: depth + 1]))
    return value


def text(resource: Resource, *path: str) -> str:
    """As `look`, "" where nothing is said."""
    value = look(resource, *path)
    return "" if value is None else str(value)


def listed(resource: Resource, *path: str) -> list[object]:
    """The items at `path`, which may themselves be unknown; a single value is a list of one."""
    return items(look(resource, *path))


def items(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def each(
    values: Iterable[object], check: Callable[[object], Iterator[str | CannotTell]]
) -> Iterator[str | CannotTell]:
    """`check` on every value: one that cannot be told does not hide what is wrong with the next."""
    for value in values:
        try:
            yield from check(value)
        except CannotTell as reason:
            yield reason
