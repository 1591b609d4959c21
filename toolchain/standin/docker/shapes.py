"""Small shapes that several Docker resources share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def label_map(labels: Sequence[Mapping[str, str]] | None) -> dict[str, str]:
    """Label objects as the engine takes them."""
    return {label["label"]: label["value"] for label in labels or ()}


def labels_of(found: Mapping[str, str] | None) -> list[dict[str, str]]:
    """The engine's labels as label objects, in order."""
    return [{"label": key, "value": value} for key, value in sorted((found or {}).items())]


def image_digest(name: str, digests: Sequence[str] | None) -> str:
    """The repository digest that goes with this image name; empty for an image made here."""
    found = list(digests or ())
    if len(found) < 2:
        return found[0] if found else ""
    repository = name.split(":", 1)[0]
    return next((one for one in found if one.startswith(repository)), found[0])


def pairs(options: Sequence[str] | None) -> dict[str, str]:
    """`key=value` texts as a mapping; what has no `=` is left out, as the official one does."""
    split = (option.partition("=") for option in options or ())
    return {key: value for key, sign, value in split if sign}


def nothing(value: Any) -> bool:
    """Whether a request may leave this value out."""
    return value is None or value == "" or value == [] or value == {}
