"""`.docklab/bin/actionlint`, which `make lint` runs: a Go tool, built as actionlint_go/ pins it."""

from __future__ import annotations

import re
from pathlib import Path

from toolchain.paths import Paths
from toolchain.setup import go_build, pins, stamps
from toolchain.setup.console import SetupError, progress

PART = "actionlint"
MODULE = Path(__file__).resolve().parent / "actionlint_go"
_PACKAGE = "github.com/rhysd/actionlint/cmd/actionlint"


def program(paths: Paths) -> Path:
    return paths.bin / PART


def versions(go_mod: str) -> tuple[pins.Version, str]:
    """(lowest Go that builds it, actionlint's version with its v) of a go.mod text."""
    go = re.search(r"(?m)^go (\S+)", go_mod)
    tool = re.search(r"(?m)github\.com/rhysd/actionlint (v\S+)", go_mod)
    if not go or not tool:
        raise ValueError("go.mod names no Go version or no version of actionlint")
    return pins.parse_version(go.group(1)) or (), tool.group(1)


def ensure(paths: Paths) -> None:
    """Builds it, unless it is there as pinned. Raises SetupError."""
    wanted = stamps.digests((MODULE / "go.mod", MODULE / "go.sum"))
    stamp = paths.stamps / f"{PART}.json"
    if program(paths).is_file() and stamps.read(stamp) == wanted:
        return
    stamp.unlink(missing_ok=True)
    least, version = versions((MODULE / "go.mod").read_text(encoding="utf-8"))
    go = go_build.go_for(paths, least)
    with progress(PART, f"go build of actionlint {version}"):
        try:
            go_build.compile_tool(paths, go, MODULE, _PACKAGE, program(paths))
        except SetupError as error:
            raise SetupError(
                f"actionlint did not build; it needs Go's module proxy once.\n{error}"
            ) from error
    stamps.write(stamp, wanted)
