"""Rules for single values, as the official provider checks them. Each gives a reason or None."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any

Rule = Callable[[Any], str | None]


def at_least(threshold: int) -> Rule:
    """A number that is not lower than this."""
    return lambda value: f"cannot be lower than {threshold}" if value < threshold else None


def matches(pattern: str) -> Rule:
    """A text of this form."""
    return lambda value: (
        None if re.search(pattern, value) else f"doesn't match the pattern '{pattern}'"
    )


def base64_text(value: str) -> str | None:
    """A text that base64 can decode."""
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return "is not base64 decodeable"
    return None


def absolute_path(value: str) -> str | None:
    """An absolute path, of this kind of machine or another."""
    return None if re.match(r"[a-zA-Z]:[\\/]|/", value) else "must be an absolute path"
