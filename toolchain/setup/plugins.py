"""The provider plugins and the language host: official where they can be had, else ours."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from toolchain.paths import Paths
from toolchain.setup import pins, stamps
from toolchain.setup.console import SetupError, progress, run, say
from toolchain.setup.pulumi_cli import DOWNLOAD_HOST
from toolchain.setup.reachability import why_unreachable

PART = "plugins"
OFFICIAL, STAND_IN = "official plugin", "stand-in"
_LANGUAGE_MODULE = "toolchain.setup.language_host"


def home(paths: Paths, environment: Mapping[str, str] = os.environ) -> Path:
    """PULUMI_HOME: the user's when set."""
    return Path(environment.get("PULUMI_HOME") or paths.pulumi_home)


def script(python: Path, root: Path, module: str, isolated: bool) -> str:
    """A program that runs one of our modules with `python`, from any folder.

    `isolated`: Python's own variables (PYTHONPATH, ...) are not for this program. The language host
    keeps them: the programs that it starts inherit its environment.
    """
    code = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); import runpy; "
        f'runpy.run_module("{module}", run_name="__main__", alter_sys=True)'
    )
    option = "-I -B" if isolated else "-P -B"
    return f"#!/bin/sh\nexec {quote(python)} {option} -c '{code}' {quote(root)} \"$@\"\n"


def quote(path: Path) -> str:
    return "'" + str(path).replace("'", "'\\''") + "'"


def plugin_file(paths: Paths, name: str, version: str) -> Path:
    return home(paths) / "plugins" / f"resource-{name}-v{version}" / f"pulumi-resource-{name}"


def source_of(file: Path) -> str | None:
    """Where an installed plugin came from; None when it is not there."""
    if not os.access(file, os.X_OK):
        return None
    with file.open("rb") as stream:
        return STAND_IN if b"toolchain." in stream.read(1024) else OFFICIAL


def stand_ins(paths: Paths) -> list[str]:
    """The plugins that are ours; empty when all are official or missing."""
    versions = pins.plugin_versions(paths.root)
    files = {name: plugin_file(paths, name, version) for name, version in versions.items()}
    return [name for name, file in files.items() if source_of(file) == STAND_IN]


def ensure(paths: Paths, cli: Mapping[str, str]) -> None:
    """Gets both plugins and the language host. Raises SetupError."""
    _language_host(paths, cli)
    problem: str | None = None
    asked = False
    for name, version in pins.plugin_versions(paths.root).items():
        file = plugin_file(paths, name, version)
        source = source_of(file)
        if source == OFFICIAL:
            continue
        if source is None and not asked:
            problem, asked = why_unreachable(DOWNLOAD_HOST), True
        if source is None and problem is None:
            problem = _download(paths, cli, name, version)
            if problem is None:
                continue
        if source is None:
            say(PART, f"{name} {version}: no download ({DOWNLOAD_HOST}: {problem}); our stand-in")
        _write_script(file, script(paths.python, paths.root, f"toolchain.standin.{name}", True))


def _download(paths: Paths, cli: Mapping[str, str], name: str, version: str) -> str | None:
    try:
        with progress(PART, f"pulumi plugin install resource {name} {version}"):
            run(
                [cli["path"], "plugin", "install", "resource", name, version],
                environment={
                    **os.environ,
                    "PULUMI_HOME": str(home(paths)),
                    "PULUMI_SKIP_UPDATE_CHECK": "true",
                },
                timeout=180,
            )
    except SetupError as error:
        return str(error)
    return None


def _language_host(paths: Paths, cli: Mapping[str, str]) -> None:
    """Ours goes beside a CLI that we built, where Pulumi looks; or into the plugin folder."""
    beside = Path(cli["path"]).resolve().with_name("pulumi-language-python")
    own = language_host_file(paths, cli)
    if own != beside and (os.access(beside, os.X_OK) or shutil.which("pulumi-language-python")):
        return
    if own == beside and os.access(beside, os.X_OK) and source_of(beside) == OFFICIAL:
        return
    if not own.exists():
        say("language host", "this CLI brings none for Python; ours, on PyPI's pulumi")
    _write_script(own, script(paths.python, paths.root, _LANGUAGE_MODULE, False))


def language_host_file(paths: Paths, cli: Mapping[str, str]) -> Path:
    file = Path(cli["path"]).resolve()
    if paths.cli.resolve() in file.parents:
        return file.with_name("pulumi-language-python")
    folder = f"language-python-v{pins.sdk_version(paths.root)}"
    return home(paths) / "plugins" / folder / "pulumi-language-python"


def _write_script(file: Path, text: str) -> None:
    if not file.is_file() or file.read_text(errors="replace") != text:
        stamps.write_text(file, text, mode=0o755)
