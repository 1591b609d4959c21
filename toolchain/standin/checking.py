"""Check: refuse what the table does not hold, fill in defaults. Pure; nothing is touched.

Reasons name the property by its full path. A value's text never stands in them: it may be secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from toolchain.standin.naming import NamingError, Proposal, auto_name
from toolchain.standin.properties import Kind, Property, Table
from toolchain.standin.values import RESERVED_PREFIX, UNKNOWN, Values, is_marked

DEFAULTS = "__defaults"


@dataclass(frozen=True)
class Failure:
    """One property that cannot be accepted: its path, and why."""

    path: str
    reason: str


@dataclass
class Checked:
    """The inputs with defaults filled in, and what is wrong with them."""

    inputs: Values = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Naming:
    """What an automatic name is made of: the logical name, the engine's seed, its proposal."""

    logical: str
    seed: bytes = b""
    proposal: Proposal | None = None


def check(table: Table, inputs: Values, olds: Values | None, naming: Naming) -> Checked:
    """Check the program's inputs against the table; `olds` are the inputs of the last update."""
    checked = Checked()
    checked.inputs = _object(table, checked.failures, "", table.properties, inputs)
    _use_old_defaults(table, inputs, olds or {}, checked.inputs)
    for key, held in table.properties.items():
        if held.autonamed and key not in checked.inputs:
            try:
                checked.inputs[key] = auto_name(naming.logical, naming.seed, naming.proposal)
            except NamingError as error:
                checked.failures.append(Failure(key, str(error)))
            else:
                checked.inputs[DEFAULTS] = sorted([*checked.inputs[DEFAULTS], key])
    return checked


def _use_old_defaults(table: Table, inputs: Values, olds: Values, checked: Values) -> None:
    """A default that was filled in before stays what it was, as the bridge has it."""
    usable = olds.get(DEFAULTS, list(olds))
    for key, held in table.properties.items():
        if inputs.get(key) is None and (held.default is not None or held.autonamed):
            old = olds.get(key)
            if key in usable and old is not None and old != UNKNOWN:
                checked[key] = old
                checked[DEFAULTS] = sorted({*checked[DEFAULTS], key})


def _object(
    table: Table,
    failures: list[Failure],
    path: str,
    fields: Mapping[str, Property],
    given: Mapping[str, Any],
) -> Values:
    result: Values = {}
    for key, value in given.items():
        if key.startswith(RESERVED_PREFIX) or value is None:
            continue
        here = f"{path}.{key}" if path else key
        held = fields.get(key)
        if held is None or held.output:
            failures.append(Failure(here, _unsupported(table, here)))
            continue
        result[key] = _value(table, failures, here, held, value)
    for key, held in fields.items():
        if held.required and key not in result:
            here = f"{path}.{key}" if path else key
            failures.append(Failure(here, f"{table.name}.{here} is required, and is missing"))
    filled = [key for key, held in fields.items() if key not in result and held.default]
    result.update({key: fields[key].default for key in filled})
    result[DEFAULTS] = sorted(filled)
    return result


def _unsupported(table: Table, path: str) -> str:
    return (
        f"the stand-in {table.provider} provider does not support {table.name}.{path}: "
        f"use the official plugin (pulumi plugin install), or leave the property out"
    )


def _value(table: Table, failures: list[Failure], path: str, held: Property, value: Any) -> Any:
    if value == UNKNOWN or held.kind is Kind.ANY:
        return value
    try:
        shaped = _shaped(held.kind, value)
    except (TypeError, ValueError):
        failures.append(Failure(path, f"{table.name}.{path} must be {held.kind.value}"))
        return value
    if held.kind is Kind.OBJECT:
        return _object(table, failures, path, held.fields, shaped)
    if held.of is not None:
        shaped = [
            _value(table, failures, f"{path}[{index}]", held.of, item)
            for index, item in enumerate(shaped)
        ]
    reason = held.refuse(shaped) if held.refuse else None
    if reason is not None:
        failures.append(Failure(path, f"{table.name}.{path}: {reason}"))
    return shaped


def _shaped(kind: Kind, value: Any) -> Any:
    """The value in the property's shape; like the bridge it takes numbers as text."""
    if is_marked(value):
        raise TypeError(value)
    if kind is Kind.STRING:
        return _text(value)
    if kind is Kind.INT:
        if isinstance(value, bool | float):
            raise TypeError(value)
        return int(value)
    if kind is Kind.BOOL:
        return (
            {"true": True, "1": True, "false": False, "0": False}[value]
            if (isinstance(value, str) and value in ("true", "1", "false", "0"))
            else _exactly(bool, value)
        )
    if kind is Kind.MAP:
        return {
            key: item if item == UNKNOWN else _text(item)
            for key, item in _exactly(dict, value).items()
            if not key.startswith(RESERVED_PREFIX) and item is not None
        }
    return _exactly(dict if kind is Kind.OBJECT else list, value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return format(value, "g") if isinstance(value, float) else str(value)
    return str(_exactly(str, value))


def _exactly(expected: type, value: Any) -> Any:
    if not isinstance(value, expected):
        raise TypeError(value)
    return value
