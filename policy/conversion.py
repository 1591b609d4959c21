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


def plain(value: Any, around: Around) -> Any:
    """JSON values, as the review has them: whole numbers are int, texts of JSON are decoded."""
    value = _unwrapped(value)
    if isinstance(value, Mapping):
        return {k: plain(item, around) for k, item in sorted(value.items()) if k != _DEFAULTS}
    if isinstance(value, list):
        return [plain(item, around) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return _of_text(value, around) if isinstance(value, str) else value


def _of_text(text: str, around: Around) -> Any:
    if text in around.unknown:
        return UNKNOWN
    name, equals, value = text.partition("=")
    if any(_shows(secret, text, value) for secret in around.secrets):
        return f"{name}={SECRET}" if equals and name.isidentifier() else SECRET
    if around.home:
        text = text.replace(around.home, f"{CLONE}/.docklab")
    if text[:1] in ("{", "["):
        try:
            found = json.loads(text)
        except ValueError:
            return text
        return plain(found, around) if isinstance(found, dict | list) else text
    return text


def _shows(secret: str, text: str, value: str) -> bool:
    """A short secret may be part of a word by chance; a long one is itself wherever it stands."""
    whole = secret in (text, value)
    return bool(secret) and (whole or (len(secret) >= _LONG and secret in text))


def _unwrapped(value: Any) -> Any:
    """Without CrossGuard's wrapper, which raises at every look at what is not known."""
    wrapped = isinstance(value, Mapping | Sequence) and not isinstance(value, dict | list | str)
    return value["__target"] if wrapped else value
