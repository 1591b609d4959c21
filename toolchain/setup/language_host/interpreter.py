"""Which Python runs a program: pure decisions on a program's directories and runtime options."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


class OptionError(ValueError):
    """A runtime option in Pulumi.yaml that this host cannot honour."""


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """The Python of one program. `virtualenv` is None for the Python on PATH."""

    virtualenv: Path | None

    @property
    def python(self) -> str:
        if self.virtualenv is None:
            return os.environ.get("PULUMI_PYTHON_CMD") or "python3"
        return str(self.virtualenv / "bin" / "python")

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """`base` with the virtual environment activated in it."""
        result = dict(base)
        if self.virtualenv is not None:
            result.pop("PYTHONHOME", None)
            result["VIRTUAL_ENV"] = str(self.virtualenv)
            result["PATH"] = os.pathsep.join((str(self.virtualenv / "bin"), base.get("PATH", "")))
        return result

    def missing(self) -> str | None:
        """What is wrong with the virtual environment and the way out, or None."""
        if self.virtualenv is None or Path(self.python).exists():
            return None
        return (
            f"The 'virtualenv' option in Pulumi.yaml is set to {str(self.virtualenv)!r}, which is "
            "no virtual environment. Run `make setup` (or `pulumi install`) to make it."
        )

    def site_packages(self) -> tuple[Path, ...]:
        """The package folders of the virtual environment; empty for the Python on PATH."""
        if self.virtualenv is None:
            return ()
        # lib64 is a link to lib on most machines: without resolve() each package counts twice.
        found = self.virtualenv.glob("lib*/python3*/site-packages")
        return tuple(sorted({folder.resolve() for folder in found}))


def resolve(root: str, options: Mapping[str, object], *, is_plugin: bool = False) -> Interpreter:
    """The interpreter for a project at `root` with Pulumi.yaml's `runtime.options`.

    Raises OptionError for a toolchain other than pip, or a virtualenv that is no text.
    """
    toolchain = options.get("toolchain", "pip")
    if toolchain != "pip":
        raise OptionError(
            f"runtime.options.toolchain: {toolchain!r} is not served here; use pip, or install the "
            "official Pulumi, which brings the host for it"
        )
    virtualenv = options.get("virtualenv", "venv" if is_plugin else "")
    if not isinstance(virtualenv, str):
        raise OptionError(f"runtime.options.virtualenv: {virtualenv!r} must be text")
    return Interpreter(virtualenv=Path(root, virtualenv) if virtualenv else None)


def plugin_entry(folder: Path) -> list[str]:
    """Python's arguments that run the plugin in `folder`: its __main__.py, else its package.

    The package is the one that pyproject.toml names; Pulumi hosts its components.
    """
    project = folder / "pyproject.toml"
    if (folder / "__main__.py").is_file() or not project.is_file():
        return [str(folder)]
    name = tomllib.loads(project.read_text(encoding="utf-8")).get("project", {}).get("name")
    return ["-m", "pulumi.run.plugin", str(name)] if name else [str(folder)]


@dataclass(frozen=True, kw_only=True)
class PluginPackage:
    """An installed Python package that needs a resource plugin. `version` has no leading v."""

    name: str
    version: str
    server: str


def plugin_packages(folders: tuple[Path, ...]) -> Iterator[PluginPackage]:
    """The resource plugins that the packages in these site-packages folders ask for."""
    for folder in folders:
        for file in sorted(folder.glob("*/pulumi-plugin.json")):
            try:
                found = json.loads(file.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            # Without a version the CLI would look for "the newest", which no folder answers.
            if found.get("resource") and found.get("name") and found.get("version"):
                yield PluginPackage(
                    name=found["name"],
                    version=str(found["version"]).removeprefix("v"),
                    server=found.get("server", ""),
                )


def installed_packages(folders: tuple[Path, ...]) -> list[tuple[str, str]]:
    """(name, version) of each package, read from the folder names of its metadata."""
    found = set()
    for folder in folders:
        for info in folder.glob("*.dist-info"):
            name, _, version = info.name.removesuffix(".dist-info").rpartition("-")
            if name:
                found.add((name, version))
    return sorted(found)
