"""The folder that the verbs are told to work in, and whether it is one of docklab's."""

from __future__ import annotations

from pathlib import Path

from review.stacks import FOLDER, names


def why_not(root: Path) -> str:
    """What is wrong with it, and the way out; empty where it holds stacks."""
    if names(root):
        return ""
    there = "holds no Pulumi.<stack>.yaml" if (root / FOLDER).is_dir() else "is not there"
    return (
        f"{root / FOLDER} {there}, so there is no stack to review; `--root` names the folder of a "
        f"checkout that has {FOLDER}/"
    )
