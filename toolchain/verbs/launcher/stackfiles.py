"""Tracked stack files: which project a folder belongs to, whether a file keeps secrets settings,
the rendered copy.

Reads YAML by line, for what it asks are top-level scalars; a file it cannot read that way (flow
style) is copied unchanged and Pulumi finds the salt in the state.
"""

import os
import re
from typing import NamedTuple

_PROJECT_FILES = ("Pulumi.json", "Pulumi.yaml", "Pulumi.yml")


class Project(NamedTuple):
    """A Pulumi project folder: path of its project file, its name, folder of its stack files."""

    file: str
    name: str
    stack_folder: str

    def stack_file(self, stack: str) -> str:
        return os.path.join(self.stack_folder, f"Pulumi.{stack}.yaml")

    def stacks(self) -> tuple[str, ...]:
        """Names of the stacks that have a file here, sorted."""
        try:
            files = os.listdir(self.stack_folder)
        except FileNotFoundError:
            return ()
        matches = (re.fullmatch(r"Pulumi\.([\w.-]+)\.yaml", name) for name in files)
        return tuple(sorted(match[1] for match in matches if match))


def find_project(folder: str) -> Project | None:
    """The project whose file is nearest above folder; None when there is none or it is JSON."""
    while True:
        for name in _PROJECT_FILES:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                return None if name.endswith(".json") else _read_project(path)
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def _read_project(path: str) -> Project | None:
    with open(path, encoding="utf-8") as file:
        text = file.read()
    name = top_level(text, "name")
    folder = os.path.join(os.path.dirname(path), top_level(text, "stackConfigDir") or "")
    return Project(path, name, folder) if name else None


def top_level(text: str, key: str) -> str | None:
    """The scalar at a top-level key of block-style YAML, unquoted; None when it is not there."""
    match = re.search(rf"""(?m)^["']?{re.escape(key)}["']?[ \t]*:[ \t]*(.*)$""", text)
    if not match:
        return None
    value = re.sub(r"(^|\s)#.*$", "", match[1]).strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def keeps_own_secrets(text: str) -> bool:
    """Whether a stack file says itself how its secrets are kept: then nothing is to be added to
    it."""
    provider = top_level(text, "secretsprovider") or ""
    return bool(top_level(text, "encryptionsalt")) or provider not in ("", "default", "passphrase")


def render(text: str, salt: str | None) -> tuple[str, bool]:
    """The copy that Pulumi reads, and whether it carries the salt."""
    plain = "\n".join(
        line for line in text.splitlines() if not line.lstrip().startswith("#")
    ).strip()
    if plain in ("", "{}", "---"):
        text = ""
    elif plain.startswith("{") or "\n..." in plain:
        return text, False
    if salt is None:
        return text, False
    separator = "" if not text or text.endswith("\n") else "\n"
    return f"{text}{separator}encryptionsalt: {salt}\n", True


def without_stack_folder(project_text: str) -> str:
    """The project file for the shadow folder, where stack files lie beside it."""
    return re.sub(r"(?m)^stackConfigDir[ \t]*:.*\n?", "", project_text)
