"""How a resource's properties are described: one table a resource, which decides everything.

The table alone says what Check accepts, which defaults it fills in, what a plan keeps from the
last state, and which change replaces the resource. It holds no values and talks to nobody.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


class Kind(enum.Enum):
    """The shape of a value, by the words that name it in a message."""

    STRING = "a string"
    INT = "an integer"
    BOOL = "a boolean"
    MAP = "a map of strings"
    LIST = "a list"
    SET = "a list of which the order does not matter"
    OBJECT = "an object"
    ANY = "any value"


@dataclass(frozen=True, kw_only=True)
class Property:
    """One property of a resource, or of an object inside one.

    `replaces`: a change replaces the resource. `computed`: what the program leaves out, the
    provider fills in and a later plan keeps. `output`: the program may not set it.
    `empty_keeps_prior`: an empty or missing value leaves the last one as it is. `volatile`:
    unknown again while an update is planned. `refuse`: gives what is wrong with a value, or None.
    """

    kind: Kind
    of: Property | None = None
    fields: Mapping[str, Property] = field(default_factory=dict)
    replaces: bool = False
    computed: bool = False
    output: bool = False
    required: bool = False
    autonamed: bool = False
    empty_keeps_prior: bool = False
    volatile: bool = False
    default: Any = None
    refuse: Callable[[Any], str | None] | None = None
    same: Callable[[Any, Any], bool] | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """The properties of one resource type.

    `name` is the short name that messages use ("Container"). `empty_is_absent`: "", 0, false and
    an empty collection mean the same as a property that is left out.
    """

    name: str
    provider: str
    properties: Mapping[str, Property] = field(repr=False)
    delete_before_replace: bool = False
    empty_is_absent: bool = True


def string(**options: Any) -> Property:
    """A string."""
    return Property(kind=Kind.STRING, **options)


def integer(**options: Any) -> Property:
    """A whole number."""
    return Property(kind=Kind.INT, **options)


def boolean(**options: Any) -> Property:
    """True or false."""
    return Property(kind=Kind.BOOL, **options)


def mapping(**options: Any) -> Property:
    """Strings by name."""
    return Property(kind=Kind.MAP, **options)


def strings(**options: Any) -> Property:
    """Strings in an order that matters."""
    return Property(kind=Kind.LIST, of=string(), **options)


def string_set(**options: Any) -> Property:
    """Strings whose order does not matter."""
    return Property(kind=Kind.SET, of=string(), **options)


def one(fields: Mapping[str, Property], **options: Any) -> Property:
    """One object, or none."""
    return Property(kind=Kind.OBJECT, fields=fields, **options)


def objects(fields: Mapping[str, Property], **options: Any) -> Property:
    """Objects in an order that matters."""
    return Property(kind=Kind.LIST, of=one(fields), **options)


def object_set(fields: Mapping[str, Property], **options: Any) -> Property:
    """Objects whose order does not matter."""
    return Property(kind=Kind.SET, of=one(fields), **options)


def label_set(**options: Any) -> Property:
    """Labels as the official provider spells them: objects with `label` and `value`."""
    label = string(required=True, replaces=True)
    return object_set({"label": label, "value": label}, **options)
