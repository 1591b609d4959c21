"""The same claims on an engine with pure cgroup v2, where cgroup namespaces are private too."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine.verifier import cgroup2
from engine.verifier.engine import Engine, spec
from engine.verifier.marks import kills

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def unified(plain: Engine) -> Iterator[Engine]:
    if missing := cgroup2.obstacle():
        pytest.skip(f"needs {missing}, to start an engine on cgroup v2")
    # A short path: a socket's is limited to 107 bytes.
    with (
        tempfile.TemporaryDirectory(prefix="nsv-", ignore_cleanup_errors=True) as folder,
        cgroup2.started(Path(folder), plain) as engine,
    ):
        yield engine


@pytest.fixture(scope="module")
def pair(unified: Engine) -> dict[str, str]:
    return {name: unified.start(name) for name in ("a", "b")}


def test_a_lab_on_cgroup_v2_is_isolated_with_its_cgroup_namespaces(
    unified: Engine, pair: dict[str, str], archive_file: Path
) -> None:
    asked = spec(pair, require={"cgroup": True})
    run = unified.observe(asked, file=archive_file)
    assert run.code == 0, run.report["summary"]
    assert "CGROUP" in run.report["summary"]
    assert run.row("map", "a")["evidence"]["source"] == "cgroup+shim"
    assert "net" in run.row("baseline", "*")["evidence"]["differs_from_kthreadd"]


@kills("cgroup.host")
def test_a_cgroup_namespace_of_the_host_fails_for_that_container_alone(
    unified: Engine, pair: dict[str, str], archive_file: Path
) -> None:
    mutant = unified.start("m", cgroupns="host")
    run = unified.observe(spec({**pair, "m": mutant}, require={"cgroup": True}), file=archive_file)
    assert (run.code, run.ids("fail")) == (1, {"cgroup.host"})
    assert run.failing("m") == {"cgroup.host"}


@kills("pid.host", "pid.view")
def test_a_pid_namespace_of_the_host_fails_there_as_well(
    unified: Engine, pair: dict[str, str], archive_file: Path
) -> None:
    mutant = unified.start("p", pid="host")
    run = unified.observe(spec({**pair, "p": mutant}), file=archive_file)
    unified.remove("p")
    assert (run.code, run.ids("fail")) == (1, {"pid.host", "pid.view"})
