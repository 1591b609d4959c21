"""The virtual environment `.docklab/venv`: what requirements.txt pins, and tests or lint."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from toolchain.paths import Paths
from toolchain.setup import apt, stamps
from toolchain.setup.console import SetupError, progress, run

PART = "python"
_EXTRAS = {"tests": "tests/requirements.txt", "lint": "tests/requirements-lint.txt"}


def stamp_file(paths: Paths) -> Path:
    return paths.venv / "docklab.json"


def wanted_files(root: Path, extras: frozenset[str]) -> list[Path]:
    """The requirement files for `extras` (tests, lint). Raises SetupError for a missing one."""
    files = [root / "requirements.txt", *(root / _EXTRAS[extra] for extra in sorted(extras))]
    for file in files:
        if not file.is_file():
            raise SetupError(f"{file} is missing: the clone is not whole; `git status` tells more")
    return files


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
    files = wanted_files(paths.root, extras)
    # The place is part of it: a moved environment's scripts name the old one.
    base = {"place": str(paths.venv), "version": sys.version.split()[0]}
    digests = stamps.digests(files)
    stamp = stamps.read(stamp_file(paths))
    todo = plan(stamp, base, digests)
    if todo == "nothing" and paths.python.exists():
        return
    if todo == "create" or not paths.python.exists():
        stamp = {}
        _create(paths)
    missing = [file for file in files if stamp.get(file.name) != digests[file.name]]
    arguments = [word for file in missing for word in ("-r", str(file))]
    names = " ".join(str(file.relative_to(paths.root)) for file in missing)
    with progress(PART, f"pip install {names} into {paths.venv.name}"):
        run(
            [paths.python, "-m", "pip", "install", "--no-input", "--quiet", *arguments],
            environment={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            log=paths.home / "logs" / "pip",
        )
    stamps.write(stamp_file(paths), {**stamp, **base, **digests})


def _create(paths: Paths) -> None:
    if paths.venv.exists():
        shutil.rmtree(paths.venv)
    paths.home.mkdir(parents=True, exist_ok=True)
    python = getattr(sys, "_base_executable", None) or sys.executable
    with_virtualenv = False
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        with_virtualenv = not _installed_by_apt()
    if with_virtualenv:
        _create_with_virtualenv(paths, python)
        return
    with progress(PART, f"a virtual environment for Python {sys.version.split()[0]}"):
        run([python, "-m", "venv", paths.venv], log=paths.home / "logs" / "venv")


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


def _create_with_virtualenv(paths: Paths, python: str) -> None:
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
            [python, "-m", "virtualenv", "--quiet", paths.venv],
            environment={**os.environ, "PYTHONPATH": str(tool)},
        )
