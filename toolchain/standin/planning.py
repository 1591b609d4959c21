"""Plan: what a resource will be, from its inputs and its last state. Pure; nothing is touched.

It keeps the rules of the official provider, which decide more than a comparison of inputs would:
what the program leaves out is the default, else (if computed) what the provider found last time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolchain.standin.properties import Kind, Property, Table
from toolchain.standin.values import UNKNOWN, Values, without_reserved


def plan_create(table: Table, inputs: Mapping[str, Any]) -> Values:
    """The new resource; what only the engine can tell is UNKNOWN."""
    return _fields(table.properties, without_reserved(inputs), None)


def plan_update(table: Table, inputs: Mapping[str, Any], state: Mapping[str, Any]) -> Values:
    """The resource after an update in place; what is computed stays as the state has it."""
    return _fields(table.properties, without_reserved(inputs), without_reserved(state))


def _fields(
    fields: Mapping[str, Property], given: Mapping[str, Any], prior: Mapping[str, Any] | None
) -> Values:
    planned: Values = {}
    for key, held in fields.items():
        value = _value(held, given.get(key), None if prior is None else prior.get(key), prior)
        if value is not None:
            planned[key] = value
    return planned


def _value(held: Property, given: Any, prior: Any, state: Any) -> Any:
    """`state` is None while the resource, or the object that holds the property, is new."""
    if given is None or (given == "" and (held.computed or held.empty_keeps_prior)):
        if held.default is not None:
            return held.default
        if held.computed:
            return UNKNOWN if state is None else prior
        return prior if held.empty_keeps_prior else given
    if given == UNKNOWN:
        return UNKNOWN
    if held.kind is Kind.OBJECT:
        return _fields(held.fields, given, prior if isinstance(prior, dict) else None)
    if held.kind in (Kind.LIST, Kind.SET) and held.of is not None and held.of.kind is Kind.OBJECT:
        olds = prior if held.kind is Kind.LIST and isinstance(prior, list) else []
        return [
            _value(held.of, item, olds[index] if index < len(olds) else None, state)
            for index, item in enumerate(given)
        ]
    return given
