"""Clones and engines for whole labs. Each is undone, also when its test fails."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from e2e.harness import Lab, NewLab
from e2e.things import OnEngine

from toolchain.verbs.testing import OTHER_ENGINE


def _hosts() -> list[str]:
    names = ("DOCKER_HOST", OTHER_ENGINE)
    return [os.environ[name] for name in names if os.environ.get(name)]


def _one_that(isolates_users: bool) -> str:
    for host in _hosts():
        if OnEngine(host, "", "").isolates_users() is isolates_users:
            return host
    pytest.skip(f"no engine {'with' if isolates_users else 'without'} userns-remap runs here")


@pytest.fixture(scope="session")
def remapped() -> str:
    """An engine with userns-remap."""
    return _one_that(isolates_users=True)


@pytest.fixture(scope="session")
def plain() -> str:
    """An engine without it."""
    return _one_that(isolates_users=False)


@pytest.fixture(scope="session")
def any_engine() -> str:
    return _hosts()[0]


@pytest.fixture(scope="module")
def new_lab() -> Iterator[NewLab]:
    """Makes clones; their labs and folders go with the module."""
    with ExitStack() as after:

        def make(docker_host: str | None) -> Lab:
            # Containers of other users walk there: no folder of pytest's, which are 0700.
            folder = Path(tempfile.mkdtemp(prefix="docklab-e2e-"))
            folder.chmod(0o755)
            after.callback(shutil.rmtree, folder, ignore_errors=True)
            lab = Lab(folder, docker_host)
            after.callback(lab.sweep)
            ready = lab.verb("setup", *(() if docker_host else ("--without-engine",)))
            assert ready.code == 0, ready.text
            return lab

        yield make


@pytest.fixture(scope="module")
def lab(new_lab: NewLab, any_engine: str) -> Lab:
    """A clone on the engine of the tests."""
    return new_lab(any_engine)
