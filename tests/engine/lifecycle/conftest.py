"""Engines for the tests of the lifecycle program; nothing may be left on them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from engine.lifecycle.things import Bench

HOSTS = ("DOCKER_HOST", "DOCKLAB_TEST_DOCKER_HOST_NO_REMAP")


@pytest.fixture(params=HOSTS)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Both kinds of engine, one after the other; nothing may be left on it."""
    host = os.environ.get(request.param, "")
    if not host:
        pytest.skip(f"needs an engine: set {request.param}")
    made = Bench(host)
    yield made
    left = made.scratch()
    made.clean()
    assert left == ([], [])


@pytest.fixture
def one() -> Iterator[Bench]:
    """One engine, whichever there is."""
    host = next((os.environ[name] for name in HOSTS if os.environ.get(name)), "")
    if not host:
        pytest.skip(f"needs an engine: set {' or '.join(HOSTS)}")
    made = Bench(host)
    yield made
    left = made.scratch()
    made.clean()
    assert left == ([], [])
