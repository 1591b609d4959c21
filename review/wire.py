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
from policy.rules.secrets import looks_secret
from review.samples import SHOWN
from review.snapshot import dump

# Scripts have their own difference in a pull request.
_MOST_LINES = 20
_MOST_CHARACTERS = 2_000
# What the verification insists on is read, however long: as YAML, a line for each thing.
QUESTION = "NSV_SPEC="


def plain(value: Any) -> Any:
    """`value`: what protobuf's MessageToDict made of it. Whole numbers come back as int."""
    if isinstance(value, Mapping):
        return _of_mapping(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return _of_text(value) if isinstance(value, str) else value


def _of_mapping(value: Mapping[str, Any]) -> Any:
    kind = value.get(SIGNATURE)
    if kind == SECRET_SIGNATURE:
        return _redacted(value.get("value"))
    if kind is not None:
        # An asset, a reference or whatever a later SDK adds: legible, and never mistaken for text.
        return {key: plain(item) for key, item in sorted(value.items()) if key != SIGNATURE}
    return {key: plain(item) for key, item in sorted(value.items())}


def _redacted(value: object) -> str:
    """Of `NAME=value`, as an environment has it, the name stays."""
    shown = f"{SECRET[:-1]} {fingerprint(value)}]"
    named = re.match(r"[A-Za-z_][A-Za-z0-9_]*=", value) if isinstance(value, str) else None
    return f"{named[0]}{shown}" if named else shown


def _of_text(text: str) -> Any:
    if text == UNKNOWN_ON_THE_WIRE:
        return UNKNOWN
    if text.startswith(QUESTION):
        return f"{QUESTION}\n{dump(json.loads(text.removeprefix(QUESTION)))}"
    for sample, placeholder in SHOWN.items():
        text = text.replace(sample, placeholder)
    lines = text.splitlines()
    if len(lines) > _MOST_LINES:
        return f"{lines[0]}\n[{len(lines) - 1} more lines, {fingerprint(lines)}]\n"
    if text[:1] in ("{", "[") and text not in (SECRET, UNKNOWN):
        try:
            found = json.loads(text)
        except ValueError:
            return _within_bounds(text)
        return plain(found) if isinstance(found, dict | list) else text
    return _within_bounds(text)


def _within_bounds(text: str) -> str:
    """What nobody reads, such as the verifier's archive, is there by its length and fingerprint."""
    if len(text) <= _MOST_CHARACTERS:
        return text
    return f"[{len(text)} characters, {fingerprint(text)}]"


def without_literals(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A variable that looks like a secret is not copied from the stack file to the review."""
    entries = inputs.get("envs")
    if not isinstance(entries, list):
        return dict(inputs)
    return {**inputs, "envs": [_hidden(one) if isinstance(one, str) else one for one in entries]}


def _hidden(entry: str) -> str:
    name, _, value = entry.partition("=")
    if not looks_secret(name, value):
        return entry
    return f"{name}={IN_PLAIN_TEXT[:-1]} {fingerprint(value)}]"


def fingerprint(value: object) -> str:
    """Tells two values apart without showing either. In the review no secret has its real value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:8]
