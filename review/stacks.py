"""The stack files as Pulumi's configuration, placeholders filled in and secrets never opened."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from review.samples import PLACEHOLDERS

ROOT = Path(__file__).resolve().parents[1]
PROJECT = "docklab"
FOLDER = "stacks"
_SCALARS = (str, int, float, bool)


class StackFileError(Exception):
    """A stack file that cannot be read: which, why, and the way out."""


@dataclass(frozen=True, kw_only=True)
class StackFile:
    """`config` as the engine would hand it to the program; a secret's value is a stand-in."""

    name: str
    config: Mapping[str, str]
    secrets: tuple[str, ...]


def names(root: Path = ROOT) -> list[str]:
    """The stacks of a checkout, in the order of the alphabet."""
    found = (root / FOLDER).glob("Pulumi.*.yaml")
    return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in found)


def path(name: str) -> str:
    """Where a stack's file is, below the root of a checkout."""
    return f"{FOLDER}/Pulumi.{name}.yaml"


def read(name: str, root: Path = ROOT) -> StackFile:
    """Raises StackFileError."""
    if name not in names(root):
        there = ", ".join(names(root)) or "none"
        raise StackFileError(f"there is no {path(name)}; the stacks are: {there}")
    return parsed(name, (root / path(name)).read_text(encoding="utf-8", errors="replace"))


def parsed(name: str, text: str) -> StackFile:
    """A stack file's text. Raises StackFileError; no value of the file is in the message."""
    try:
        whole = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        why = getattr(error, "problem", None) or "it cannot be parsed"
        raise StackFileError(f"{path(name)}{where} is not YAML: {why}") from None
    config = whole.get("config") or {} if isinstance(whole, dict) else None
    if not isinstance(config, dict):
        raise StackFileError(f"{path(name)} holds no mapping under `config:`")
    plain: dict[str, str] = {}
    secrets: list[str] = []
    for key, value in config.items():
        full = key if ":" in str(key) else f"{PROJECT}:{key}"
        if _is_secret(value):
            secrets.append(full)
        plain[full] = _as_text(_filled(_opened(value, full)))
    return StackFile(name=name, config=plain, secrets=tuple(sorted(secrets)))


def _is_secret(value: object) -> bool:
    """Whether a value is encrypted or holds one that is: for Pulumi it is then a secret whole."""
    if isinstance(value, dict):
        return set(value) == {"secure"} or any(_is_secret(item) for item in value.values())
    return isinstance(value, list) and any(_is_secret(item) for item in value)


def _opened(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        if set(value) == {"secure"}:
            return f"${{secret {key}}}"
        return {name: _opened(item, key) for name, item in value.items()}
    return [_opened(item, key) for item in value] if isinstance(value, list) else value


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _filled(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item) for item in value]
    return PLACEHOLDERS.get(value, value) if isinstance(value, str) else value


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, default=str)


def placeholders(text: str) -> Iterator[str]:
    """Those that a stack file still has, in the order of `PLACEHOLDERS`."""
    return (placeholder for placeholder in PLACEHOLDERS if placeholder in text)
