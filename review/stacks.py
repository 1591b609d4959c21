"""The stack files as Pulumi's configuration, placeholders filled in and secrets never opened."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.samples import PLACEHOLDERS
from review.stack_yaml import NotRead, load

ROOT = Path(__file__).resolve().parents[1]
PROJECT = "docklab"
FOLDER = "stacks"
# A stack's name as Pulumi takes it, and a folder's of its own.
_NAME = re.compile(r"(?!\.+$)[A-Za-z0-9_.-]{1,100}")


class StackFileError(Exception):
    """A stack file that cannot be read: which, why, and the way out."""


@dataclass(frozen=True, kw_only=True)
class StackFile:
    """`config` as the engine would hand it to the program; a secret's value is a stand-in.

    `secrets_provider`: whose key the secrets are encrypted with; empty for a passphrase's.
    `environment`: the environments of Pulumi Cloud that add to it, as JSON; empty for none.
    """

    name: str
    config: Mapping[str, str]
    secrets: tuple[str, ...]
    secrets_provider: str = ""
    environment: str = ""


def is_name(name: str) -> bool:
    """Whether a stack can be called so."""
    return _NAME.fullmatch(name) is not None


def name_in(file: str) -> str | None:
    """The stack that a file's name gives it to; it may be no stack's name. None for other files."""
    if not (file.startswith("Pulumi.") and file.endswith(".yaml")) or file == "Pulumi.yaml":
        return None
    return file.removeprefix("Pulumi.").removesuffix(".yaml")


def names(root: Path = ROOT) -> list[str]:
    """The stacks of a checkout, in the order of the alphabet."""
    return [name for name in _there(root) if is_name(name)]


def misnamed(root: Path = ROOT) -> list[str]:
    """A complaint for each file that is called like a stack's and gives no stack's name."""
    return [
        f"{FOLDER} holds {f'Pulumi.{name}.yaml'!a}, and no stack can be called so; write 1 to 100 "
        "letters, digits, - _ or . between Pulumi. and .yaml"
        for name in _there(root)
        if not is_name(name)
    ]


def _there(root: Path) -> list[str]:
    files = (root / FOLDER).iterdir() if (root / FOLDER).is_dir() else ()
    found = (name_in(file.name) for file in files)
    return sorted(name for name in found if name is not None)


def path(name: str) -> str:
    """Where a stack's file is, below the root of a checkout."""
    return f"{FOLDER}/Pulumi.{name}.yaml"


def read(name: str, root: Path = ROOT) -> StackFile:
    """Raises StackFileError."""
    if name not in names(root):
        there = ", ".join(names(root)) or "none"
        raise StackFileError(f"there is no {path(name)}; the stacks are: {there}")
    file = root / path(name)
    if not file.is_file():
        raise StackFileError(f"{path(name)} is no file, or leads to none")
    try:
        return parsed(name, file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise StackFileError(f"{path(name)}, line {line} is not UTF-8; save it as that") from None


def parsed(name: str, text: str) -> StackFile:
    """A stack file's text. Raises StackFileError; no value of the file is in the message."""
    try:
        whole = load(text) or {}
    except NotRead as error:
        where = f", line {error.line}" if error.line else ""
        raise StackFileError(f"{path(name)}{where} {error}") from None
    config = whole.get("config") or {} if isinstance(whole, dict) else None
    if not isinstance(config, dict):
        raise StackFileError(f"{path(name)} holds no mapping under `config:`")
    plain: dict[str, str] = {}
    secrets: list[str] = []
    for key, value in config.items():
        full = key if ":" in key else f"{PROJECT}:{key}"
        if _is_secret(value):
            secrets.append(full)
        plain[full] = _as_text(_filled(_opened(value, full)))
    return StackFile(
        name=name,
        config=plain,
        secrets=tuple(sorted(secrets)),
        secrets_provider=str(whole.get("secretsprovider") or ""),
        environment=_as_text(whole["environment"]) if whole.get("environment") else "",
    )


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
    return json.dumps(value)


def placeholders(text: str) -> Iterator[str]:
    """Those that a stack file still has, in the order of `PLACEHOLDERS`."""
    return (placeholder for placeholder in PLACEHOLDERS if placeholder in text)
