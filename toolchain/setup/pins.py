"""The versions that are pinned, read from the files that pin them. Pure but for reading."""

from __future__ import annotations

import re
from pathlib import Path

from toolchain.setup.console import SetupError

Version = tuple[int, ...]

MINIMUM_CLI: Version = (3, 259, 0)
GO_MODULE = Path(__file__).resolve().parent / "pulumi_cli_go"
PLUGINS = ("docker", "command")


def parse_version(text: str) -> Version | None:
    """The first dotted number in `text` (`v3.259.0`, `go1.26.8`, `go version go1.27`), or None."""
    found = re.search(r"(\d+(?:\.\d+)+)", text)
    return tuple(int(part) for part in found.group(1).split(".")) if found else None


def show(version: Version) -> str:
    return ".".join(map(str, version))


def pinned(requirements: str, package: str) -> str:
    """The exact version of `package` in a requirements text. Raises SetupError without one."""
    name = re.escape(package).replace(r"\-", "[-_.]")
    found = re.search(rf"(?im)^\s*{name}\s*==\s*([^\s;#]+)", requirements)
    if not found:
        raise SetupError(f"requirements.txt pins no exact version of {package} (`{package}==…`)")
    return found.group(1)


def plugin_versions(root: Path) -> dict[str, str]:
    """Plugin name to version: a Pulumi SDK package and its plugin carry the same number."""
    text = (root / "requirements.txt").read_text(encoding="utf-8")
    return {name: pinned(text, f"pulumi-{name}") for name in PLUGINS}


def sdk_version(root: Path) -> str:
    return pinned((root / "requirements.txt").read_text(encoding="utf-8"), "pulumi")


def go_module_versions(go_mod: str) -> tuple[Version, str]:
    """(lowest Go that builds it, Pulumi's version with its v) of a go.mod text."""
    go = re.search(r"(?m)^go (\S+)", go_mod)
    pulumi = re.search(r"(?m)github\.com/pulumi/pulumi/pkg/v3 (v\S+)", go_mod)
    if not go or not pulumi:
        raise ValueError("go.mod names no Go version or no pulumi/pkg/v3 version")
    return parse_version(go.group(1)) or (), pulumi.group(1)
