"""The virtual environment `.docklab/venv`: what requirements.txt pins, and tests or lint."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from toolchain.paths import Paths
from toolchain.setup import apt, stamps
from toolchain.setup.console import SetupError, progress, run

PART = "python"
_STAMP = "docklab.json"
_EXTRAS = {"tests": "tests/requirements.txt", "lint": "tests/requirements-lint.txt"}


def stamp_file(paths: Paths) -> Path:
    return paths.venv / _STAMP


def wanted_files(root: Path, extras: frozenset[str]) -> list[Path]:
    """The requirement files for `extras` (tests, lint). Raises SetupError for a missing one."""
    files = [root / "requirements.txt", *(root / _EXTRAS[extra] for extra in sorted(extras))]
    for file in files:
        if not file.is_file():
            raise SetupError(f"{file} is missing: the clone is not whole; `git status` tells more")
    return files


def digests(root: Path, files: Iterable[Path]) -> dict[str, str]:
    """Path below `root` to digest: two of the files have the same name."""
    return {
        str(file.relative_to(root)): digest
        for file in files
        for digest in stamps.digests((file,)).values()
    }


def plan(stamp: Mapping[str, str], base: Mapping[str, str], files: Mapping[str, str]) -> str:
    """What there is to do: "nothing", "install" into what is there, or "create" anew.

    `stamp`: what the last finished run left. `base`: place and Python version. `files`: digests.
    """
    if any(stamp.get(key) != value for key, value in base.items()):
        return "create"
    if any(stamp.get(name) != digest for name, digest in files.items()):
        return "install"
    return "nothing"


def ensure(paths: Paths, extras: frozenset[str]) -> None:
    """Makes or completes the environment. Raises SetupError."""
    complete(paths, paths.venv, wanted_files(paths.root, extras))


def complete(paths: Paths, place: Path, files: Iterable[Path]) -> None:
    """An environment at `place` with what `files` pin. Raises SetupError."""
    # The place is part of it: a moved environment's scripts name the old one.
    base = {"place": str(place.resolve()), "version": sys.version.split()[0]}
    wanted = digests(paths.root, files)
    python, stamp_at = place / "bin" / "python", place / _STAMP
    stamp = stamps.read(stamp_at)
    todo = plan(stamp, base, wanted)
    if todo == "nothing" and python.exists():
        return
    if todo == "create" or not python.exists():
        stamp = {}
        _create(paths, place)
    missing = [name for name, digest in wanted.items() if stamp.get(name) != digest]
    arguments = [word for name in missing for word in ("-r", str(paths.root / name))]
    names = " ".join(missing)
    with progress(PART, f"pip install {names} into {place.name}"):
        run(
            [python, "-m", "pip", "install", "--no-input", "--quiet", *arguments],
            environment={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            log=paths.home / "logs" / "pip",
        )
    stamps.write(stamp_at, {**stamp, **base, **wanted})


def _create(paths: Paths, place: Path) -> None:
    if place.exists():
        shutil.rmtree(place)
    paths.home.mkdir(parents=True, exist_ok=True)
    python = getattr(sys, "_base_executable", None) or sys.executable
    with_virtualenv = False
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        with_virtualenv = not _installed_by_apt()
    if with_virtualenv:
        _create_with_virtualenv(paths, place, python)
        return
    with progress(PART, f"a virtual environment for Python {sys.version.split()[0]}"):
        run([python, "-m", "venv", place], log=paths.home / "logs" / "venv")


def _installed_by_apt() -> bool:
    if apt.why_not() is not None:
        return False
    apt.install(
        PART, ["python3-venv"], "Debian ships Python without the means to make environments"
    )
    importlib.invalidate_caches()
    found = importlib.util.find_spec("ensurepip") is not None
    if not found:
        raise SetupError(
            f"python3-venv was installed, but {sys.executable} still has no ensurepip; "
            "run with the system's own Python: /usr/bin/python3 -m toolchain setup"
        )
    return found


def _create_with_virtualenv(paths: Paths, place: Path, python: str) -> None:
    if importlib.util.find_spec("pip") is None:
        raise SetupError(
            f"{python} can make no virtual environment: it has neither ensurepip nor pip. "
            "Ways out: install python3-venv (as root: apt-get install python3-venv), "
            "or run with another Python: make PYTHON=/path/to/python3 setup"
        )
    tool = paths.home / "cache" / "virtualenv"
    with progress(PART, "virtualenv from PyPI, as this Python has no ensurepip"):
        run([python, "-m", "pip", "install", "--quiet", "--target", tool, "virtualenv"])
        run(
            [python, "-m", "virtualenv", "--quiet", place],
            environment={**os.environ, "PYTHONPATH": str(tool)},
        )
