"""`python -m toolchain doctor`: each part, where it came from, its version, what is missing.

It changes nothing.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolchain.paths import Paths
from toolchain.setup import (
    base_image,
    engine_choice,
    engine_setup,
    engine_uplink,
    pins,
    plugins,
    pulumi_cli,
    stamps,
    venv,
)
from toolchain.setup.console import SetupError
from toolchain.setup.docker_api import Engine, EngineError
from toolchain.setup.engine import PrivateEngine

_SETUP = "run `make setup`"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of the table. `way_out` is set exactly when something is wrong.

    `needed`: the lab cannot do without it.
    """

    part: str
    version: str = ""
    source: str = ""
    way_out: str | None = None
    needed: bool = True


def table(findings: Sequence[Finding]) -> str:
    """The findings as aligned plain text."""
    head = ("", "PART", "VERSION", "FROM")
    rows = [head]
    for found in findings:
        state = "ok" if found.way_out is None else "MISSING" if found.needed else "note"
        rows.append((state, found.part, found.version, found.source))
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    padded = ([cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows)
    lines = ["  ".join(row).rstrip() for row in padded]
    advice = [f"  {found.part}: {found.way_out}" for found in findings if found.way_out]
    return "\n".join([*lines, "", *advice] if advice else lines)


def examine(paths: Paths) -> list[Finding]:
    """Looks at every part."""
    looks: tuple[Callable[[Paths], list[Finding]], ...] = (
        _python,
        _cli,
        _plugins,
        _secrets,
        _engine,
    )
    return [found for look in looks for found in look(paths)]


def main(paths: Paths) -> int:
    findings = examine(paths)
    print(table(findings))
    return 1 if any(found.way_out and found.needed for found in findings) else 0


def _python(paths: Paths) -> list[Finding]:
    own = Finding(part="python", version=sys.version.split()[0], source=sys.executable)
    stamp = stamps.read(venv.stamp_file(paths))
    try:
        files = venv.wanted_files(paths.root, frozenset())
    except SetupError as error:
        return [own, Finding(part="packages", way_out=str(error))]
    digests = venv.digests(paths.root, files)
    current = all(stamp.get(name) == value for name, value in digests.items())
    done = current and paths.python.exists()
    packages = Finding(
        part="packages",
        version=stamp.get("version", ""),
        source=str(paths.venv) if done else "",
        way_out=None if done else _SETUP,
    )
    return [own, packages]


def _cli(paths: Paths) -> list[Finding]:
    cli = pulumi_cli.record(paths)
    if not cli:
        return [Finding(part="pulumi", way_out=_SETUP)]
    source = f"{cli['source']}: {cli['path']}"
    found = [Finding(part="pulumi", version=cli["version"], source=source)]
    own = plugins.language_host_file(paths, cli)
    kind = plugins.source_of(own)
    if kind is not None:
        source = (
            "ours, on PyPI's pulumi" if kind == plugins.STAND_IN else "official, beside the CLI"
        )
    elif (beside := Path(cli["path"]).resolve().with_name(own.name)).exists():
        source = f"official: {beside}"
    else:
        source = shutil.which(own.name) or ""
    found.append(Finding(part="language host", source=source, way_out=None if source else _SETUP))
    return found


def _plugins(paths: Paths) -> list[Finding]:
    found = []
    try:
        versions = pins.plugin_versions(paths.root)
    except (OSError, SetupError) as error:
        return [Finding(part="plugins", way_out=str(error))]
    for name, version in versions.items():
        source = plugins.source_of(plugins.plugin_file(paths, name, version))
        found.append(
            Finding(
                part=f"{name} plugin",
                version=version if source else "",
                source=source or "",
                way_out=None if source else _SETUP,
            )
        )
    return found


def _secrets(paths: Paths) -> list[Finding]:
    for name in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"):
        if os.environ.get(name):
            return [Finding(part="passphrase", source=f"{name} of this shell")]
    if not paths.passphrase.is_file():
        return [Finding(part="passphrase", way_out=_SETUP)]
    mode = stat.S_IMODE(paths.passphrase.stat().st_mode)
    wrong = f"its mode is {mode:04o}; chmod 600 '{paths.passphrase}'" if mode & 0o077 else None
    return [Finding(part="passphrase", source=str(paths.passphrase), way_out=wrong)]


def _engine(paths: Paths) -> list[Finding]:
    private = PrivateEngine(paths.home)
    try:
        choice = engine_choice.choose(engine_choice.gather(private))
        engine = Engine(choice.docker_host)
        if choice.source == engine_choice.PRIVATE and not private.running():
            way_out = "it is not running; `make up` starts it" if private.exists() else _SETUP
            return [Finding(part="engine", source=choice.source, way_out=way_out)]
        source = f"{choice.source}: {choice.docker_host}"
        found = [Finding(part="engine", version=engine.version(), source=source)]
        return found + _way_out_of(choice) + _base_image(engine)
    except (SetupError, EngineError) as error:
        source = engine_setup.record(paths).get("docker_host", "")
        return [Finding(part="engine", source=source, way_out=str(error))]


def _way_out_of(choice: engine_choice.Choice) -> list[Finding]:
    if choice.source != engine_choice.PRIVATE:
        return []
    problem = engine_uplink.obstacle()
    text = f"containers have no way out to the network: {problem}" if problem else None
    source = "" if problem else "pasta"
    return [Finding(part="outbound network", source=source, way_out=text, needed=False)]


def _base_image(engine: Engine) -> list[Finding]:
    image = engine.image(base_image.BASE_IMAGE)
    if image is None:
        return [Finding(part="base image", way_out=_SETUP)]
    source = base_image.STAND_IN_TEXT if base_image.is_stand_in(image) else "in the engine"
    return [Finding(part="base image", version=base_image.BASE_IMAGE, source=source)]
