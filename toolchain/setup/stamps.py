"""Stamps: the proof that a step was finished, and with what. Written last, and in one move."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path


def write_text(file: Path, text: str, mode: int = 0o644) -> None:
    """Writes in one move: a reader, or a crash, sees the old text or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            os.fchmod(stream.fileno(), mode)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def read(file: Path) -> dict[str, str]:
    """What the stamp says; empty when there is none or it is no stamp."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def write(file: Path, facts: Mapping[str, str]) -> None:
    write_text(file, json.dumps(dict(facts), indent=1, sort_keys=True) + "\n")


def digests(files: Iterable[Path]) -> dict[str, str]:
    """File name to the digest of its content."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
