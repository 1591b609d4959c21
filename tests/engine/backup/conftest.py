"""Stacks of volumes on the engines of the tests, one with userns-remap and one without."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from e2e.things import OnEngine
from engine.backup.stack import Stack

from toolchain.verbs.testing import OTHER_ENGINE

NewStack = Callable[..., Stack]


@pytest.fixture(params=["DOCKER_HOST", OTHER_ENGINE])
def each_engine(request: pytest.FixtureRequest) -> str:
    """Both, one after the other."""
    if request.param not in os.environ:
        pytest.skip(f"{request.param} is not set: there is no second kind of engine here")
    return os.environ[request.param]


@pytest.fixture
def engines_by_kind() -> dict[bool, str]:
    """By whether they map user ids."""
    hosts = [os.environ[name] for name in ("DOCKER_HOST", OTHER_ENGINE) if name in os.environ]
    return {OnEngine(host, "", "").isolates_users(): host for host in hosts}


@pytest.fixture
def an_engine() -> str:
    return os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")


@pytest.fixture
def new_stack(tmp_path: Path) -> Iterator[NewStack]:
    """Makes stacks: `new_stack(docker_host, "data", …)`."""
    with ExitStack() as after:

        def make(docker_host: str, *keys: str) -> Stack:
            stack = Stack(tmp_path, docker_host, *keys)
            after.callback(stack.remove)
            return stack

        yield make
