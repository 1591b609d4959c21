"""CrossGuard's resources as the rules know them. Pure: imports nothing of Pulumi's.

CrossGuard shows secrets in plain and says of no value that it is one: those that are known from the
stack file or from the resource's options are taken out here, before any rule sees them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policy.resource import SECRET, UNKNOWN, Options, Resource

CLONE = "${clone}"
_LONG = 8
_VARIABLES = ("envs", "environment")
_DEFAULTS = "__defaults"  # a provider's note of which values are its own


@dataclass(frozen=True, kw_only=True)
class Around:
    """What resources are to be read with: the clone's place, its secrets, signs of the unknown."""

    home: str = ""
    unknown: Collection[str] = ()
    secrets: Collection[str] = ()


def resource_of(
    *,
    urn: str,
    type: str,
    name: str,
    properties: Mapping[str, Any],
    around: Around,
    protect: bool = False,
    secret_outputs: Collection[str] = (),
) -> Resource:
    inputs = plain(properties, around)
    hidden = {
        key: SECRET
        for key, value in inputs.items()
        if key in secret_outputs and isinstance(value, str)
    }
    return Resource(
        path=urn.split("::", 2)[-1],
        type=type,
        name=name,
        inputs={**inputs, **hidden},
        options=Options(protect=protect),
    )


def plain(value: Any, around: Around, of_variables: bool = False) -> Any:
    """JSON values, as the review has them: whole numbers are int, texts of JSON are decoded.

    `of_variables`: whether it stands below one of the inputs that hold a program's variables.
    """
    value = _unwrapped(value)
    if isinstance(value, Mapping):
        return {
            k: plain(item, around, of_variables or k in _VARIABLES)
            for k, item in sorted(value.items())
            if k != _DEFAULTS
        }
    if isinstance(value, list):
        return [plain(item, around, of_variables) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return _of_text(value, around, of_variables) if isinstance(value, str) else value


def _of_text(text: str, around: Around, of_variables: bool) -> Any:
    if text in around.unknown:
        return UNKNOWN
    name, equals, value = text.partition("=")
    named = bool(equals) and name.isidentifier()
    may_be_short = of_variables or (named and name.isupper())
    if any(_shows(secret, text, value, may_be_short) for secret in around.secrets):
        return f"{name}={SECRET}" if named else SECRET
    if around.home:
        text = text.replace(around.home, f"{CLONE}/.docklab")
    if text[:1] in ("{", "["):
        try:
            found = json.loads(text)
        except ValueError:
            return text
        return plain(found, around, of_variables) if isinstance(found, dict | list) else text
    return text


def _shows(secret: str, text: str, value: str, may_be_short: bool) -> bool:
    """A short secret is a word such as `host` by chance; a long one is itself wherever it is."""
    if len(secret) >= _LONG:
        return secret in text
    return bool(secret) and may_be_short and secret in (text, value)


def _unwrapped(value: Any) -> Any:
    """Without CrossGuard's wrapper, which raises at every look at what is not known."""
    wrapped = isinstance(value, Mapping | Sequence) and not isinstance(value, dict | list | str)
    return value["__target"] if wrapped else value
