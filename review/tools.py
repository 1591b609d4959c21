"""Files that decide what runs beside the credentials, whatever the program declares. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

_FILES = {"Pulumi.yaml", "Pulumi.yml", "Pulumi.json", "PulumiPolicy.yaml", "requirements.txt"}
# Python runs these by itself, wherever they are on its path.
_AT_THE_START = {"sitecustomize.py", "usercustomize.py"}


def tools(edited: Sequence[str]) -> list[str]:
    """Those that name the program, its packages and its plugins, or are run before it."""
    return [path for path in edited if PurePosixPath(path).name in _FILES | _AT_THE_START]
