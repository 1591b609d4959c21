"""Each way in which a lab can be less isolated than it looks, and the checks that see it."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine.verifier.engine import Engine, Run, spec
from engine.verifier.marks import kills, mutant

pytestmark = pytest.mark.engine
Peers = dict[str, dict[str, str]]


OF_THE_HOST = {
    "network": {"net.host"},
    "pid": {"pid.host", "pid.view"},
    "ipc": {"ipc.host", "ipc.sysv", "ipc.shm"},
}


class Lab:
    """Targets a and b and one mutant m on an engine, verified together."""

    def __init__(self, engine: Engine, peers: Peers, file: Path) -> None:
        self.engine, self.peers, self.file = engine, peers[engine.host], file

    def verify(self, options: dict[str, str], **more: object) -> Run:
        chosen = {
            key: self.engine.container("a") if value == "container" else value
            for key, value in options.items()
        }
        mutant = self.engine.start("m", **chosen)
        try:
            return self.engine.observe(spec({**self.peers, "m": mutant}, **more), file=self.file)
        finally:
            self.engine.remove("m")


@pytest.fixture
def lab(engine: Engine, peers: Peers, archive_file: Path) -> Lab:
    return Lab(engine, peers, archive_file)


def test_a_sound_lab_is_isolated(lab: Lab) -> None:
    run = lab.verify({})
    assert run.code == 0, run.report["summary"]
    assert ("USER" in run.report["summary"]) == lab.engine.remapped
    assert run.report["host"]["userns_remap"] == lab.engine.remapped
    assert run.report["timing_ms"]["total"] < 1000


@pytest.mark.parametrize(
    ("options", "failing"),
    [
        mutant({"uts": "host"}, {"uts.host", "uts.name"}),
        mutant({"network": "container"}, {"net.peer"}),
        mutant({"pid": "container"}, {"pid.peer", "pid.view"}),
        mutant({"ipc": "container"}, {"ipc.peer", "ipc.sysv", "ipc.shm"}),
    ],
)
def test_a_shared_namespace_fails_on_any_engine(
    lab: Lab, options: dict[str, str], failing: set[str]
) -> None:
    run = lab.verify(options)
    if lab.engine.remapped and "container" in options.values():
        # Whoever joins a namespace on such an engine joins the user namespace that owns it.
        failing = failing | {"user.peer"}
    assert (run.code, run.ids("fail")) == (1, failing)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=kills(*ids)) for name, ids in OF_THE_HOST.items()]
)
def test_a_namespace_of_the_host_fails(
    name: str, plain: Engine, peers: Peers, archive_file: Path
) -> None:
    run = Lab(plain, peers, archive_file).verify({name: "host"})
    assert (run.code, run.ids("fail")) == (1, OF_THE_HOST[name])
    setting = f"{name}_mode"
    assert f"remove `{setting}: host` from m" in run.report["summary"]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=kills(*ids)) for name, ids in OF_THE_HOST.items()]
)
def test_a_namespace_of_the_host_fails_beside_remapped_ones(
    name: str, remapped: Engine, peers: Peers, archive_file: Path
) -> None:
    run = Lab(remapped, peers, archive_file).verify({name: "host", "userns": "host"})
    assert (run.code, run.ids("fail")) == (1, OF_THE_HOST[name] | {"user.host", "user.map"})


@kills("user.host", "user.map")
def test_a_container_outside_the_remap_fails(
    remapped: Engine, peers: Peers, archive_file: Path
) -> None:
    run = Lab(remapped, peers, archive_file).verify({"userns": "host"})
    assert (run.code, run.ids("fail")) == (1, {"user.host", "user.map"})
    assert "remove `userns_mode: host` from m" in run.remedies()


@kills("user.host", "user.peer", "user.map")
def test_required_user_namespaces_fail_on_an_engine_without_remap(
    plain: Engine, peers: Peers, archive_file: Path
) -> None:
    run = Lab(plain, peers, archive_file).verify({}, require={"user": True})
    assert (run.code, run.ids("fail")) == (1, {"user.host", "user.peer", "user.map"})


@kills("cgroup.host")
def test_a_required_cgroup_namespace_of_the_host_fails(lab: Lab) -> None:
    run = lab.verify({"cgroupns": "host"}, require={"cgroup": True})
    assert (run.code, run.ids("fail")) == (1, {"cgroup.host"})


@kills("cgroup.host", "cgroup.peer")
def test_two_containers_in_the_hosts_cgroup_namespace_fail_together(lab: Lab) -> None:
    other = lab.engine.start("other", cgroupns="host")
    lab.peers = {**lab.peers, "other": other}
    try:
        run = lab.verify({"cgroupns": "host"}, require={"cgroup": True})
    finally:
        lab.engine.remove("other")
    assert (run.code, run.ids("fail")) == (1, {"cgroup.host", "cgroup.peer"})


@kills("time.host", "time.peer")
def test_required_time_namespaces_fail_where_the_engine_gives_none(lab: Lab) -> None:
    run = lab.verify({}, require={"time": True})
    if run.row("time.host", "m")["status"] in ("pass", "error"):
        pytest.skip("needs an engine that shares the host's time namespace")
    assert (run.code, run.ids("fail")) == (1, {"time.host", "time.peer"})


def test_a_required_time_namespace_is_never_claimed_where_the_engine_gives_none(lab: Lab) -> None:
    run = lab.verify({}, require={"time": True})
    states = {target["ns"]["time"]["state"] for target in run.report["targets"]}
    expected = {"isolated": 0, "shared_with_host": 1, "not_applicable": 3}
    assert run.code == expected[states.pop()]
    assert not states


def test_a_shareable_ipc_that_nobody_joined_is_no_leak(lab: Lab) -> None:
    assert lab.verify({"ipc": "shareable"}).code == 0


def test_a_declared_share_passes_and_is_shown(lab: Lab) -> None:
    allowed = [["net", "a", "m"], ["user", "a", "m"]]
    run = lab.verify({"network": "container"}, allow_shared=allowed)
    assert run.code == 0
    assert run.rows("net.peer")[0]["evidence"]["allowed"] == [["a", "m"]]
