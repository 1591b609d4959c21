"""What the verifier cannot see or find is inconclusive with a remedy, and never isolated."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from engine.verifier.engine import CAPABILITIES, Engine, spec
from engine.verifier.marks import doubts

pytestmark = pytest.mark.engine
Peers = dict[str, dict[str, str]]


@doubts("map")
def test_a_bogus_id_is_inconclusive(engine: Engine, peers: Peers, archive_file: Path) -> None:
    run = engine.observe(
        spec({**peers[engine.host], "ghost": secrets.token_hex(32)}), file=archive_file
    )
    assert run.code == 3
    assert "map" in run.ids("error")
    assert "ghost is not running" in run.remedies()


@doubts("map")
def test_a_removed_peer_is_inconclusive(engine: Engine, peers: Peers, archive_file: Path) -> None:
    gone = engine.start("gone")
    engine.remove("gone")
    run = engine.observe(spec({**peers[engine.host], "gone": gone}), file=archive_file)
    assert (run.code, run.ids("fail")) == (3, set())


@doubts("map")
def test_a_stopped_peer_is_inconclusive(engine: Engine, peers: Peers, archive_file: Path) -> None:
    stopped = engine.start("stopped")
    engine.docker("kill", f"{engine.prefix}-stopped")
    run = engine.observe(spec({**peers[engine.host], "stopped": stopped}), file=archive_file)
    assert run.code == 3
    engine.remove("stopped")


@doubts("env.self")
def test_without_the_hosts_proc_nothing_is_seen(
    engine: Engine, peers: Peers, archive_file: Path
) -> None:
    run = engine.observe(spec(peers[engine.host]), file=archive_file, proc=False)
    assert run.code == 3
    assert "env.self" in run.ids("error")
    assert "/proc bound at /host/proc" in run.remedies()


@doubts("env.self", "baseline")
@pytest.mark.parametrize(
    "capabilities", [(), CAPABILITIES[1:], ("SYS_ADMIN",)], ids=["none", "no-ptrace", "admin"]
)
def test_without_sys_ptrace_nothing_is_claimed(
    engine: Engine, peers: Peers, archive_file: Path, capabilities: tuple[str, ...]
) -> None:
    run = engine.observe(spec(peers[engine.host]), file=archive_file, capabilities=capabilities)
    assert run.code == 3
    assert {"env.self", "baseline", "net.host", "mnt.host"} <= run.ids("error")
    assert not run.ids("fail")
    assert "SYS_PTRACE" in run.remedies()


def test_without_sys_admin_what_is_seen_is_told_apart_from_what_is_tried(
    engine: Engine, peers: Peers, archive_file: Path
) -> None:
    run = engine.observe(spec(peers[engine.host]), file=archive_file, capabilities=("SYS_PTRACE",))
    demos = {f"demo.{kind}" for kind in ("mnt", "ipc", "uts", "pid", "net", "user")}
    # A mapped root's queues can be made by that root alone, which takes SETUID.
    mapped = {"ipc.shm"} if engine.remapped else set()
    expected = {"env.drop", "ipc.sysv", *demos, *mapped}
    assert (run.code, run.ids("error"), run.ids("fail")) == (3, expected, set())
    assert "SYS_ADMIN" in run.row("ipc.sysv", "a")["remedy"]


@pytest.mark.parametrize("missing", CAPABILITIES)
def test_each_missing_capability_is_inconclusive_and_named(
    engine: Engine, peers: Peers, archive_file: Path, missing: str
) -> None:
    rest = tuple(one for one in CAPABILITIES if one != missing)
    run = engine.observe(spec(peers[engine.host]), file=archive_file, capabilities=rest)
    assert (run.code, run.ids("fail")) == (3, set())
    doubted = [row for row in run.report["checks"] if row["status"] == "error"]
    assert doubted
    assert any(missing in row["remedy"] for row in doubted)


@pytest.mark.parametrize(
    "hostile",
    [
        {"name": "<b>web</b>", "id": "0" * 64},
        {"name": "web", "id": "0" * 63},
        {"name": "web", "id": "0" * 64, "volumes": [{"path": "/a/..", "mode": "rw", "key": "k"}]},
    ],
    ids=["markup", "id", "path"],
)
def test_a_hostile_spec_beside_real_containers_runs_nothing(
    remapped: Engine, peers: Peers, archive_file: Path, hostile: dict[str, object]
) -> None:
    made = spec(peers[remapped.host])
    made["containers"].append(hostile)
    run = remapped.observe(made, file=archive_file)
    assert (run.code, run.report["targets"], run.report["timing_ms"]) == (2, [], {})
    assert "containers[2]" in run.report["summary"]


def test_an_observer_inside_the_remap_sees_nothing_and_says_userns_host(
    remapped: Engine, peers: Peers, archive_file: Path
) -> None:
    run = remapped.observe(spec(peers[remapped.host]), file=archive_file, options=())
    assert run.code == 3
    assert not run.ids("fail")
    assert "usernsMode host" in run.remedies()


def test_a_user_that_is_not_root_has_no_capability_and_says_so(
    engine: Engine, peers: Peers, archive_file: Path
) -> None:
    run = engine.observe(
        spec(peers[engine.host]),
        file=archive_file,
        options=("--userns", "host", "--user", "1000:1000"),
    )
    assert run.code == 3
    assert "env.self" in run.ids("error")


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"run_id": "r", "containers": []}', '{"run_id": "r", "containers": [], "x": 1}'],
)
def test_a_bad_spec_is_exit_2(remapped: Engine, archive_file: Path, text: str) -> None:
    assert remapped.observe(text, file=archive_file).report["verdict"] == "bad_spec"
