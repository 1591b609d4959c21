"""What the engine is told back: outputs, their secrets, and the inputs after a refresh. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolchain.standin.checking import DEFAULTS
from toolchain.standin.diffing import canonical, differences
from toolchain.standin.properties import Kind, Property, Table
from toolchain.standin.values import UNKNOWN, Values, contains_secret, is_secret, secret


def marked(outputs: Values, inputs: Mapping[str, Any], *, spread: bool = False) -> Values:
    """The outputs with secrets where the inputs had them.

    With `spread`, what is no input is secret too as soon as any input is: a command's output may
    well print what the command was given.
    """
    hidden = {key for key, value in inputs.items() if contains_secret(value)}
    if not hidden:
        return outputs

    def shows(key: str) -> bool:
        return key not in hidden and (key in inputs or key == DEFAULTS or not spread)

    return {
        key: value if shows(key) or is_secret(value) else secret(value)
        for key, value in outputs.items()
    }


def updated_preview(table: Table, state: Values, planned: Values) -> Values:
    """An update's outputs as far as a preview can know them."""
    if not differences(table, state, planned):
        return planned
    volatile = {key: UNKNOWN for key, held in table.properties.items() if held.volatile}
    return {**planned, **volatile}


def refreshed_inputs(table: Table, inputs: Values, outputs: Values, *, importing: bool) -> Values:
    """The inputs that a refreshed resource would have been made with.

    Only what was an input before is taken over, so that what the engine fills in by itself does
    not look like a wish of the program. An import starts from all that is not empty.
    """
    if importing:
        found = {
            key: outputs[key]
            for key, held in table.properties.items()
            if not held.output and _worth_importing(held, outputs.get(key))
        }
        return {**found, DEFAULTS: []}
    refreshed = {
        key: _refreshed(table.properties[key], value, outputs[key])
        for key, value in inputs.items()
        if key in table.properties and outputs.get(key) is not None
    }
    if DEFAULTS in inputs:
        refreshed[DEFAULTS] = [
            key for key in inputs[DEFAULTS] if inputs.get(key) == refreshed.get(key)
        ]
    return refreshed


def _worth_importing(held: Property, value: Any) -> bool:
    if held.required:
        return value is not None
    return value != held.default and canonical(held, value) is not None


def _refreshed(held: Property, given: Any, found: Any) -> Any:
    """The value found, in the order in which the program gave it."""
    if held.kind is Kind.OBJECT and isinstance(given, dict) and isinstance(found, dict):
        return {
            key: _refreshed(held.fields[key], value, found[key]) if key in held.fields else value
            for key, value in given.items()
            if key == DEFAULTS or found.get(key) is not None
        }
    if held.of is not None and canonical(held, given) == canonical(held, found):
        return given
    return found
