"""Engines for the verifier's tests: the one of DOCKER_HOST, and one more of the other kind.

DOCKLAB_TEST_DOCKER_HOST_NO_REMAP may name an engine that maps no user ids, so that both kinds
are tested in one run. Each test says which kind it needs; without one it is left out.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from engine.verifier.engine import RUNS, Engine, Run, build_archive
from engine.verifier.silence import Silent

HOSTS = ("DOCKER_HOST", "DOCKLAB_TEST_DOCKER_HOST_NO_REMAP")
DEFAULT = "unix:///var/run/docker.sock"


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """A test that is marked with the checks it kills must have seen them fail."""
    RUNS.clear()
    result = yield
    runs = [*RUNS, *(one for one in pyfuncitem.funcargs.values() if isinstance(one, Run))]
    for mark, status in (("kills", "fail"), ("doubts", "error")):
        said = {one for found in pyfuncitem.iter_markers(mark) for one in found.args}
        seen = {one for run in runs for one in run.ids(status)}
        assert said <= seen, f"marked as {mark} and not seen: {sorted(said - seen)}"
    return result


@pytest.fixture(scope="session")
def engines() -> Iterator[dict[bool, Engine]]:
    """Engines by whether they remap user ids; each with targets a and b running."""
    found: dict[bool, Engine] = {}
    for variable in HOSTS:
        host = os.environ.get(variable, DEFAULT if variable == "DOCKER_HOST" else "")
        options = _security_options(host) if host else None
        if options is not None:
            found.setdefault("userns" in options, Engine(host, "userns" in options))
    yield found
    for engine in found.values():
        engine.clean()


def _security_options(host: str) -> str | None:
    done = subprocess.run(
        ["docker", "-H", host, "info", "-f", "{{.SecurityOptions}}"],
        capture_output=True,
        text=True,
        timeout=30,
    )
    return done.stdout if done.returncode == 0 else None


def _pick(engines: dict[bool, Engine], remapped: bool) -> Engine:
    if remapped not in engines:
        word = "a userns-remap engine" if remapped else "an engine without userns-remap"
        pytest.skip(f"needs {word}: set {' or '.join(HOSTS)}")
    return engines[remapped]


@pytest.fixture(scope="session")
def remapped(engines: dict[bool, Engine]) -> Engine:
    return _pick(engines, True)


@pytest.fixture(scope="session")
def plain(engines: dict[bool, Engine]) -> Engine:
    return _pick(engines, False)


@pytest.fixture(scope="session", params=["remapped", "plain"])
def engine(request: pytest.FixtureRequest, engines: dict[bool, Engine]) -> Engine:
    """Both kinds of engine, one after the other."""
    return _pick(engines, request.param == "remapped")


@pytest.fixture(scope="session")
def peers(engines: dict[bool, Engine]) -> dict[str, dict[str, str]]:
    """{engine's host: {name: id}} of two sound containers, shared by all tests."""
    return {
        one.host: {"a": one.start("a", ipc="shareable"), "b": one.start("b")}
        for one in engines.values()
    }


@pytest.fixture(scope="module")
def silent(remapped: Engine) -> Iterator[Silent]:
    made = Silent(remapped)
    yield made
    made.remove()


@pytest.fixture(scope="session")
def archive_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_archive(tmp_path_factory.mktemp("archive"))
