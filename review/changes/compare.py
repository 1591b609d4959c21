"""Which resources are made, changed, replaced and deleted, as the engine would decide it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from policy.resource import Options, Resource
from review.changes.change import Change, Kind, PropertyChange
from review.changes.explain import (
    REFUSED_WITHOUT_LEAVE,
    WITH_LEAVE,
    Told,
    because,
    loses_data,
)
from review.changes.properties import differences, property_of
from review.changes.table import facts_of

_ORDER: tuple[Kind, ...] = ("replace", "delete", "create", "update", "options")
# A provider is told by the replacement, an alias by its absence, an order by what is made when.
_SAID_ELSEWHERE = ("provider", "aliases", "depends_on")
_USER_DATA = ("userData", "userDataBase64")


@dataclass(frozen=True, kw_only=True)
class _Pair:
    """One resource before and after, and what of it differs; `cause` drags it along."""

    before: Resource
    after: Resource
    properties: tuple[PropertyChange, ...]
    is_replaced: bool
    cause: Resource | None = None


def changes(
    before: Sequence[Resource], after: Sequence[Resource], allowed: Sequence[str] = ()
) -> tuple[Change, ...]:
    """Data loss first, then what is replaced, deleted, made and changed; then by name.

    `allowed`: names of volumes that a run may destroy without being refused.
    """
    then = {one.path: one for one in before if not one.is_component}
    now = {one.path: one for one in after if not one.is_component}
    known_as = {path: _path_before(one, then, now) for path, one in now.items()}
    pairs = {path: _pair(then[old], now[path]) for path, old in known_as.items() if old is not None}
    pairs = _dragged_along(pairs)
    gone = then.keys() - set(known_as.values())
    found = [
        *(_made(now[path]) for path, old in known_as.items() if old is None),
        *(_deleted(then[path]) for path in gone),
        *(_changed(pair) for pair in pairs.values() if pair.properties or pair.is_replaced),
        *(one for pair in pairs.values() for one in _treated_otherwise(pair)),
    ]
    found = [_allowed(one) if one.name in allowed else one for one in found]
    return tuple(
        sorted(
            found, key=lambda one: (not one.data_loss, _ORDER.index(one.kind), one.name, one.path)
        )
    )


def _path_before(
    one: Resource, then: Mapping[str, Resource], now: Mapping[str, Resource]
) -> str | None:
    """Where a resource was: under its own path, or under one that it still answers to."""
    if one.path in then:
        return one.path
    answers = (_as_path(alias, one) for alias in one.options.aliases)
    return next((path for path in answers if path in then and path not in now), None)


def _as_path(alias: str, one: Resource) -> str:
    """An alias is a URN, or another name under the same types."""
    if alias.startswith("urn:pulumi:"):
        return alias.split("::", 2)[-1]
    return f"{one.path.rpartition('::')[0]}::{alias}"


def _pair(before: Resource, after: Resource) -> _Pair:
    ignored = {property_of(name) for name in after.options.ignore_changes}
    properties = tuple(
        PropertyChange(path=path, before=then, after=now, replaces=_replaces(after, path))
        for path, then, now in differences(before.inputs, after.inputs)
        if property_of(path) not in ignored
    )
    other_provider = before.options.provider != after.options.provider
    return _Pair(
        before=before,
        after=after,
        properties=properties,
        is_replaced=other_provider or any(one.replaces for one in properties),
    )


def _replaces(one: Resource, path: str) -> bool:
    name = property_of(path)
    if name in _USER_DATA and "userDataReplaceOnChange" in one.inputs:
        return one.inputs["userDataReplaceOnChange"] is True
    asked = {
        entry if entry == "*" else property_of(entry) for entry in one.options.replace_on_changes
    }
    replacing = facts_of(one.type).replacing
    inside = any(path.startswith(f"{entry}.") or path == entry for entry in replacing)
    return bool(asked & {"*", name}) or name in replacing or inside


def _dragged_along(pairs: Mapping[str, _Pair]) -> dict[str, _Pair]:
    """With what is replaced, what is on it and what is made from it, until nothing more is."""
    found = dict(pairs)
    while True:
        replaced = {path: pair for path, pair in found.items() if pair.is_replaced}
        more = {
            path: replace(pair, is_replaced=True, cause=cause)
            for path, pair in found.items()
            if not pair.is_replaced and (cause := _cause(pair.after, replaced)) is not None
        }
        if not more:
            return found
        found |= more


def _cause(one: Resource, replaced: Mapping[str, _Pair]) -> Resource | None:
    for path in (one.options.provider, *one.options.replace_with):
        if path in replaced:
            return replaced[path].after
    ignored = {property_of(name) for name in one.options.ignore_changes}
    for name, used in one.uses.items():
        if name in ignored or not _replaces(one, name):
            continue
        for path in used:
            if path in replaced and _is_another(one, name, replaced[path].after):
                return replaced[path].after
    return None


def _is_another(one: Resource, name: str, used: Resource) -> bool:
    """Whether a property differs with another resource behind it: it has an output of it, or the
    engine has to delete that one first, and so all that may change with it.
    """
    first = used.options.delete_before_replace or facts_of(used.type).deletes_first
    return first or f"${{{used.name}." in json.dumps(one.inputs.get(name))


def _allowed(one: Change) -> Change:
    return replace(one, because=one.because.replace(REFUSED_WITHOUT_LEAVE, WITH_LEAVE))


def _made(one: Resource) -> Change:
    return _change(Told(kind="create", after=one))


def _deleted(one: Resource) -> Change:
    return _change(Told(kind="delete", before=one))


def _changed(pair: _Pair) -> Change:
    return _change(
        Told(
            kind="replace" if pair.is_replaced else "update",
            before=pair.before,
            after=pair.after,
            properties=pair.properties,
            cause=pair.cause,
        )
    )


def _treated_otherwise(pair: _Pair) -> Iterator[Change]:
    """Options say what later runs do; but for what it is made from and stands under."""
    told = [
        PropertyChange(path=name, before=before, after=after)
        for name in Options.__dataclass_fields__
        if name not in _SAID_ELSEWHERE
        and (before := _said(pair.before.options, name))
        != (after := _said(pair.after.options, name))
    ]
    if told:
        yield _change(Told(kind="options", after=pair.after, properties=tuple(told)))


def _said(options: Options, name: str) -> object:
    value = getattr(options, name)
    return [path.rpartition("::")[2] for path in value] if isinstance(value, tuple) else value


def _change(told: Told) -> Change:
    one = told.resource
    return Change(
        path=one.path,
        name=one.name,
        type=one.type,
        kind=told.kind,
        data_loss=loses_data(told),
        properties=told.properties,
        because=because(told),
        cause=told.cause.path if told.cause else "",
    )
