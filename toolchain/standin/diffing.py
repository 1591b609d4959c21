"""Diff: which properties a plan changes, and which of those replace the resource. Pure.

Paths are Pulumi's property paths (`ports[0].external`, `labels["a.b"]`). Sets compare without
order. A block inside a set or list replaces only by what its own properties say, unless the
number of blocks changes: that is how the official provider's SDK decides, and it is kept.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from toolchain.standin.properties import Kind, Property, Table
from toolchain.standin.values import UNKNOWN, contains_unknown


class Change(enum.Enum):
    """What happens to one property."""

    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True)
class Difference:
    """One property that changes, and whether that replaces the resource."""

    path: str
    change: Change
    replaces: bool

    @property
    def key(self) -> str:
        """The top-level property that the path is in."""
        return re.split(r"[.\[]", self.path, maxsplit=1)[0]


def differences(
    table: Table, state: Mapping[str, Any], planned: Mapping[str, Any]
) -> list[Difference]:
    """What the plan changes, in the table's order; empty if it changes nothing."""
    return list(_fields(table.properties, "", state, planned, table.empty_is_absent))


def _fields(
    fields: Mapping[str, Property],
    path: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    lenient: bool,
) -> Iterator[Difference]:
    for key, held in fields.items():
        here = f"{path}.{key}" if path else key
        yield from _value(held, here, old.get(key), new.get(key), lenient)


def _value(held: Property, path: str, old: Any, new: Any, lenient: bool) -> Iterator[Difference]:
    before, after = canonical(held, old, lenient), canonical(held, new, lenient)
    if before == after and not contains_unknown(new):
        return
    if held.output and new == UNKNOWN:
        return
    if held.same is not None and old and new and held.same(old, new):
        return
    if new == UNKNOWN or held.kind in (Kind.STRING, Kind.INT, Kind.BOOL, Kind.ANY):
        yield Difference(path, change_of(before, after), held.replaces)
    elif held.kind is Kind.MAP:
        yield from _map(held, path, old or {}, new or {})
    elif held.kind is Kind.OBJECT:
        yield from _object(held, path, old, new, lenient)
    else:
        yield from _collection(held, path, old or [], new or [], lenient)


def change_of(before: Any, after: Any) -> Change:
    """What happens to a value, None being none."""
    if before is None:
        return Change.ADD
    return Change.DELETE if after is None else Change.UPDATE


def _map(
    held: Property, path: str, old: dict[str, str], new: dict[str, str]
) -> Iterator[Difference]:
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            change = change_of(old.get(key), new.get(key))
            yield Difference(f"{path}{_subscript(key)}", change, held.replaces)


def _subscript(key: str) -> str:
    return f".{key}" if re.fullmatch(r"[A-Za-z_]\w*", key) else f'["{key}"]'


def _object(held: Property, path: str, old: Any, new: Any, lenient: bool) -> Iterator[Difference]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _fields(held.fields, path, old, new, lenient)
        return
    inside = _fields(held.fields, path, old or {}, new or {}, lenient)
    replaces = held.replaces or any(difference.replaces for difference in inside)
    yield Difference(path, Change.ADD if old is None else Change.DELETE, replaces)


def _collection(
    held: Property, path: str, old: list[Any], new: list[Any], lenient: bool
) -> Iterator[Difference]:
    element = held.of or Property(kind=Kind.ANY)
    removed, added = _changed_elements(held, element, old, new, lenient)
    counted = len(old) != len(new) and held.replaces
    for index in sorted({*removed, *added}):
        here = f"{path}[{index}]"
        before = old[index] if index in removed else None
        after = new[index] if index in added else None
        change = change_of(before, after)
        if element.kind is not Kind.OBJECT:
            yield Difference(here, change, held.replaces)
            continue
        inside = list(_fields(element.fields, here, before or {}, after or {}, lenient))
        replaces = counted or any(difference.replaces for difference in inside)
        if change is Change.UPDATE and inside:
            yield from (replace(one, replaces=counted or one.replaces) for one in inside)
        else:
            yield Difference(here, change, replaces)


def _changed_elements(
    held: Property, element: Property, old: list[Any], new: list[Any], lenient: bool
) -> tuple[set[int], set[int]]:
    """The places in the old and in the new collection that the other does not have."""
    before = [canonical(element, item, lenient) for item in old]
    after = [canonical(element, item, lenient) for item in new]
    if held.kind is Kind.SET:
        removed = {index for index, item in enumerate(before) if item not in after}
        added = {index for index, item in enumerate(after) if item not in before}
    else:
        longest = max(len(before), len(after))
        pairs = [
            (before[index : index + 1], after[index : index + 1], index) for index in range(longest)
        ]
        removed = {index for left, right, index in pairs if left and left != right}
        added = {index for left, right, index in pairs if right and left != right}
    added |= {index for index, item in enumerate(new) if contains_unknown(item)}
    return removed, added


def canonical(held: Property, value: Any, lenient: bool = True) -> Hashable:
    """A form in which two values that mean the same are equal; None if there is nothing."""
    if value is None or (lenient and held.kind is not Kind.OBJECT and not value):
        return None
    if isinstance(value, dict):
        if held.kind is Kind.OBJECT:
            inside = (
                (key, canonical(one, value.get(key), lenient)) for key, one in held.fields.items()
            )
            return frozenset((key, item) for key, item in inside if item is not None)
        return frozenset((key, canonical(_ANY, item, False)) for key, item in value.items())
    if isinstance(value, list):
        element = held.of or _ANY
        items = [_element(element, item, lenient) for item in value]
        return frozenset(items) if held.kind is Kind.SET else tuple(items)
    return (type(value).__name__, value) if held.kind is Kind.ANY else value


def _element(element: Property, item: Any, lenient: bool) -> Hashable:
    """Inside a collection an empty string or a zero is a value like any other."""
    return canonical(element, item, lenient and element.kind is Kind.OBJECT)


_ANY = Property(kind=Kind.ANY)
