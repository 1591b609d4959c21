"""A registration's values as plain JSON: secrets redacted first, then the rest made legible."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from pulumi.runtime.rpc import UNKNOWN as UNKNOWN_ON_THE_WIRE
from pulumi.runtime.rpc import _special_secret_sig as SECRET_SIGNATURE
from pulumi.runtime.rpc import _special_sig_key as SIGNATURE

from policy.resource import IN_PLAIN_TEXT, SECRET, UNKNOWN
from policy.rules.secrets import without_literals as by_rule
from review.samples import as_written
from review.snapshot import dump

# Scripts have their own difference in a pull request.
_MOST_LINES = 20
_MOST_CHARACTERS = 2_000
# What the verification insists on is read, however long: as YAML, a line for each thing.
QUESTION = "NSV_SPEC="
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")


def told(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """All inputs of a registration, with nothing in them that looks like a secret."""
    decoded = {key: _decoded(item) for key, item in sorted(inputs.items())}
    return {key: _legible(item) for key, item in without_literals(decoded).items()}


def plain(value: Any) -> Any:
    """`value`: what protobuf's MessageToDict made of it. Whole numbers come back as int."""
    return _legible(_decoded(value))


def _decoded(value: Any) -> Any:
    """With secrets and what is not known as such."""
    if isinstance(value, Mapping):
        return _of_mapping(value)
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return UNKNOWN if value == UNKNOWN_ON_THE_WIRE else value


def _legible(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _legible(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_legible(item) for item in value]
    return _of_text(value) if isinstance(value, str) else value


def _of_mapping(value: Mapping[str, Any]) -> Any:
    kind = value.get(SIGNATURE)
    if kind == SECRET_SIGNATURE:
        return _redacted(value.get("value"))
    if kind is not None:
        # An asset, a reference or whatever a later SDK adds: legible, and never mistaken for text.
        return {key: _decoded(item) for key, item in sorted(value.items()) if key != SIGNATURE}
    return {key: _decoded(item) for key, item in sorted(value.items())}


def _redacted(value: object) -> str:
    """Of `NAME=value`, as an environment has it, the name stays."""
    shown = f"{SECRET[:-1]} {fingerprint(value)}]"
    named = _VARIABLE.match(value) if isinstance(value, str) else None
    return f"{named[0]}{shown}" if named else shown


def _of_text(text: str) -> Any:
    if text.startswith(QUESTION):
        return f"{QUESTION}\n{dump(json.loads(text.removeprefix(QUESTION)))}"
    text = as_written(text)
    if text[:1] in ("{", "[") and text not in (SECRET, UNKNOWN) and not _has_many_lines(text):
        try:
            found = json.loads(text)
        except ValueError:
            return _within_bounds(text)
        return plain(found) if isinstance(found, dict | list) else text
    return _within_bounds(text)


def _has_many_lines(text: str) -> bool:
    return len(text.splitlines()) > _MOST_LINES


def _within_bounds(text: str) -> str:
    """What nobody reads, such as the verifier's archive, is there by its length and fingerprint."""
    if _has_many_lines(text):
        first, *lines = text.splitlines()
        return f"{first}\n[{len(lines)} more lines, {fingerprint([first, *lines])}]\n"
    if len(text) <= _MOST_CHARACTERS:
        return text
    named = _VARIABLE.match(text)
    name = named[0] if named else ""
    return f"{name}[{len(text) - len(name)} characters, {fingerprint(text)}]"


def without_literals(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What looks like a secret is not copied from the stack file to the review."""
    return by_rule(inputs, lambda value: f"{IN_PLAIN_TEXT[:-1]} {fingerprint(value)}]")


def fingerprint(value: object) -> str:
    """Tells two values apart without showing either. In the review no secret has its real value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:8]
