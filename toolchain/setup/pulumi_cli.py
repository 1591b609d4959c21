"""The real Pulumi CLI: the user's own when it is new enough, else downloaded, else built."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from toolchain.paths import Paths
from toolchain.setup import go_build, pins, stamps
from toolchain.setup.console import SetupError, progress, run, say
from toolchain.setup.reachability import why_unreachable

PART = "pulumi"
DOWNLOAD_HOST = "get.pulumi.com"
FROM_PATH, OFFICIAL, BUILT = "on PATH", "official download", "built from its Go modules"
_LAUNCHER_MARK = b"toolchain.verbs.launcher"


def record_file(paths: Paths) -> Path:
    return paths.home / "cli.json"


def record(paths: Paths) -> dict[str, str]:
    """`path`, `version` and `source` of the CLI in use; empty before setup, or when it is gone."""
    found = stamps.read(record_file(paths))
    path = Path(found.get("path", ""))
    return found if found and path.is_file() and signature(path) == found["signature"] else {}


def signature(file: Path) -> str:
    """Tells one state of a program's file from another without running it."""
    status = file.stat()
    return f"{file}:{status.st_mtime_ns}:{status.st_size}"


def on_path(own_bin: Path, folders: Iterable[str]) -> Path | None:
    """The first `pulumi` of the user's in `folders`: no launcher of a clone of this project."""
    for folder in folders:
        file = Path(folder or ".", "pulumi")
        if not os.access(file, os.X_OK) or not file.is_file() or file.parent == own_bin:
            continue
        with file.open("rb") as stream:
            head = stream.read(4096)
        if not (head.startswith(b"#!") and _LAUNCHER_MARK in head):
            return file
    return None


def version_of(file: Path) -> pins.Version | None:
    try:
        return pins.parse_version(
            run(
                [file, "version"],
                environment={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
                timeout=30,
            )
        )
    except SetupError:
        return None


def ensure(paths: Paths) -> dict[str, str]:
    """Gets the CLI and gives its record. Raises SetupError with the ways out."""
    known = record(paths)
    users = on_path(paths.bin, os.environ.get("PATH", "").split(os.pathsep))
    mark = signature(users) if users else ""
    if known and mark in (known["signature"], known.get("rejected", "")):
        return known
    if users:
        version = version_of(users)
        if version is not None and version >= pins.MINIMUM_CLI:
            say(PART, f"{users} (version {pins.show(version)})")
            return _write(paths, users, pins.show(version), FROM_PATH)
        least = pins.show(pins.MINIMUM_CLI)
        say(PART, f"{users} is {pins.show(version) if version else 'broken'}; {least} is needed")
    if not (known and known["source"] != FROM_PATH):
        known = _get(paths)
    return _write(paths, Path(known["path"]), known["version"], known["source"], rejected=mark)


def _write(
    paths: Paths, file: Path, version: str, source: str, rejected: str = ""
) -> dict[str, str]:
    found = {
        **{"path": str(file), "version": version, "source": source},
        **{"signature": signature(file), "rejected": rejected},
    }
    stamps.write(record_file(paths), found)
    return found


def _get(paths: Paths) -> dict[str, str]:
    fresh = paths.cli.with_name("cli.new")
    shutil.rmtree(fresh, ignore_errors=True)
    problem = why_unreachable(DOWNLOAD_HOST)
    version, source = pins.sdk_version(paths.root), OFFICIAL
    if problem is None:
        try:
            _download(paths, fresh, version)
        except SetupError as error:
            problem = str(error)
            shutil.rmtree(fresh, ignore_errors=True)
    if problem is not None:
        say(
            PART,
            f"no official download ({DOWNLOAD_HOST}: {problem}); building the CLI from Go modules",
        )
        source = BUILT
        version = go_build.build(paths, fresh / "bin" / "pulumi")
    shutil.rmtree(paths.cli, ignore_errors=True)
    fresh.replace(paths.cli)
    return {"path": str(paths.cli / "bin" / "pulumi"), "version": version, "source": source}


def _download(paths: Paths, root: Path, version: str) -> None:
    code = (
        "import sys; from pulumi.automation import PulumiCommand; from semver import VersionInfo; "
        "PulumiCommand.install(root=sys.argv[1], version=VersionInfo.parse(sys.argv[2]))"
    )
    with progress(PART, f"downloading the official CLI {version}"):
        run(
            [paths.python, "-I", "-c", code, root, version],
            timeout=300,
            log=paths.home / "logs" / "pulumi-download",
        )
