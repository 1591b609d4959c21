"""Pulumi's wire values as plain Python values, and back. It knows no resource.

A value is None, bool, int, float, str, list or dict. `UNKNOWN` stands for what a preview cannot
know yet; it is the string the engine itself sends for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
RESERVED_PREFIX = "__"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"

Values = dict[str, Any]


def from_struct(struct: struct_pb2.Struct) -> Values:
    """The properties of a message, whole numbers as int."""
    return {key: _from_value(value) for key, value in struct.fields.items()}


def _from_value(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return from_struct(value.struct_value)
    if kind == "list_value":
        return [_from_value(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return None if kind in (None, "null_value") else getattr(value, kind)


def to_struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """The message of these properties."""
    return struct_pb2.Struct(fields={key: _to_value(value) for key, value in values.items()})


def _to_value(value: Any) -> struct_pb2.Value:
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, Mapping):
        return struct_pb2.Value(struct_value=to_struct(value))
    return struct_pb2.Value(
        list_value=struct_pb2.ListValue(values=[_to_value(item) for item in value])
    )


def contains_unknown(value: Any) -> bool:
    """Whether a preview cannot know this value, or any part of it."""
    if isinstance(value, Mapping):
        return any(contains_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(contains_unknown(item) for item in value)
    return bool(value == UNKNOWN)


def without_unknowns(value: Any) -> Any:
    """The same value with every unknown made None, and left out of mappings."""
    if isinstance(value, Mapping):
        kept = {key: without_unknowns(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None}
    if isinstance(value, list):
        return [without_unknowns(item) for item in value]
    return None if value == UNKNOWN else value


def without_reserved(value: Any) -> Any:
    """The same value without the keys that a bridge keeps for itself (`__defaults`, `__meta`…)."""
    if isinstance(value, Mapping):
        return {
            key: without_reserved(item)
            for key, item in value.items()
            if not key.startswith(RESERVED_PREFIX)
        }
    if isinstance(value, list):
        return [without_reserved(item) for item in value]
    return value


def is_marked(value: Any) -> bool:
    """Whether the value is not plain: a secret, an asset, an archive, a reference."""
    return isinstance(value, Mapping) and _SIGNATURE in value


def is_secret(value: Any) -> bool:
    """Whether the value is a secret on the wire."""
    return isinstance(value, Mapping) and value.get(_SIGNATURE) == _SECRET


def secret(value: Any) -> Values:
    """The value as a secret on the wire."""
    return {_SIGNATURE: _SECRET, "value": value}


def contains_secret(value: Any) -> bool:
    """Whether the value is a secret, or holds one."""
    if isinstance(value, Mapping):
        return is_secret(value) or any(contains_secret(item) for item in value.values())
    return isinstance(value, list) and any(contains_secret(item) for item in value)


def revealed(value: Any) -> Any:
    """The same value with every secret as its plain value."""
    if is_secret(value):
        return revealed(value["value"])
    if isinstance(value, Mapping):
        return {key: revealed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [revealed(item) for item in value]
    return value
