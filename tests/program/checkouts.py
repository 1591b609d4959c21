"""Checkouts with stacks and their committed review. Not a test."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from unit.review.lab_files import Change, lab, stack_text

from review.commands import write

STACKS = ("local", "prod")


def put(root: Path, stack: str, *changes: Change, **config: Any) -> None:
    """The tracked stack's file with changes in it; where it is none, one like the default lab's."""
    file = root / "stacks" / f"Pulumi.{stack}.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(stack_text(lab(stack, *changes), **config))


def git(root: Path, *words: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    command = ["git", "-C", str(root), *identity, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def make(root: Path) -> Path:
    """A repository whose main has two stacks and their review, on a branch of its own."""
    for stack in STACKS:
        put(root, stack)
    git(root, "init", "-q", "-b", "main")
    assert write(root) == 0
    git(root, "add", "-A")
    git(root, "commit", "-qm", "base")
    git(root, "switch", "-qc", "change")
    return root
