"""The demonstrations in the verification container: they hold, they cost little, they can fail.

A fault is put into a copy of the archive, never into the program: its unshare leaves one kind
out. The container it runs in is then the scratch that the demonstration changes.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from engine.verifier.engine import Engine, spec, with_fault
from engine.verifier.marks import doubts, kills, mutant

from verifier.render import render

pytestmark = pytest.mark.engine
Peers = dict[str, dict[str, str]]
KINDS = ("mnt", "ipc", "uts", "pid", "net", "user")

SKIPPED = """
from verifier import libc
real = libc.unshare
libc.unshare = lambda kind: None if kind == {kind!r} else real(kind)
"""
TOGETHER = """
from verifier import libc
real = libc.unshare
libc.unshare = lambda kind: [real(one) for one in ((kind, "uts") if kind == "user" else (kind,))]
"""
SHARED = """
from verifier import libc
def mount_before_leaving(kind, real=libc.unshare):
    if kind != "mnt":
        return real(kind)
    libc.bind("/usr/local/bin", "/tmp/mnt")
    real(kind)
libc.unshare = mount_before_leaving
"""


def test_all_six_are_shown_and_told(engine: Engine, peers: Peers, archive_file: Path) -> None:
    run = engine.observe(spec(peers[engine.host]), file=archive_file)
    assert run.code == 0, run.report["summary"]
    evidence = {kind: run.row(f"demo.{kind}", "*")["evidence"] for kind in KINDS}
    assert (evidence["mnt"]["at"], evidence["mnt"]["source"]) == ("/tmp/mnt", "/usr/local/bin")
    # Two containers, the host, the verifier.
    assert [evidence[kind]["asked"] for kind in ("mnt", "ipc", "uts")] == [4, 4, 4]
    assert len(evidence["pid"]["nspid"]) == 3
    assert evidence["net"] == {**evidence["net"], "interfaces": ["lo"], "lo": "down"}
    assert evidence["net"]["host_has"] > 1
    assert (evidence["user"]["errno"], evidence["user"]["then"]) == ("EPERM", "ok")
    text = render(run.report)
    assert f"set host name to {evidence['uts']['name']} in a new namespace" in text
    assert "lo alone, down" in text
    assert run.report["timing_ms"]["demonstrations"] < 500


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        # USER sets a host name too, once it has a UTS namespace as well.
        mutant("uts", {"demo.uts", "demo.user"}),
        *(mutant(kind, {f"demo.{kind}"}) for kind in ("mnt", "ipc", "pid", "net")),
    ],
)
def test_without_its_new_namespace_a_demonstration_fails(
    kind: str, expected: set[str], engine: Engine, peers: Peers, tmp_path: Path
) -> None:
    file = with_fault(SKIPPED.format(kind=kind), tmp_path)
    run = engine.observe(spec(peers[engine.host]), file=file)
    assert (run.code, run.ids("fail")) == (1, expected)
    row = run.row(f"demo.{kind}", "*")
    assert row["evidence"]["own_ns"] is False
    if kind in ("mnt", "ipc", "uts"):
        assert row["evidence"]["seen_by"] == ["the verifier"]


@kills("demo.user")
def test_a_host_name_that_root_may_set_at_once_fails_the_user_demonstration(
    engine: Engine, peers: Peers, tmp_path: Path
) -> None:
    run = engine.observe(spec(peers[engine.host]), file=with_fault(TOGETHER, tmp_path))
    assert (run.code, run.ids("fail")) == (1, {"demo.user"})
    assert run.row("demo.user", "*")["evidence"]["errno"] == "ok"


def test_a_user_that_does_not_get_its_namespace_is_no_root(
    engine: Engine, peers: Peers, tmp_path: Path
) -> None:
    file = with_fault(SKIPPED.format(kind="user"), tmp_path)
    run = engine.observe(spec(peers[engine.host]), file=file)
    assert run.code != 0
    assert run.ids("fail") | run.ids("error") == {"demo.user"}


@kills("demo.mnt")
def test_a_mount_that_the_verifier_has_as_well_is_seen_by_it(
    engine: Engine, peers: Peers, tmp_path: Path
) -> None:
    run = engine.observe(spec(peers[engine.host]), file=with_fault(SHARED, tmp_path))
    assert (run.code, run.ids("fail")) == (1, {"demo.mnt"})
    assert run.row("demo.mnt", "*")["evidence"]["seen_by"] == ["the verifier"]


@doubts("demo.user", "env.drop")
def test_without_the_power_to_change_users_that_demonstration_and_the_drop_are_missing(
    engine: Engine, peers: Peers, archive_file: Path
) -> None:
    powers = ("SYS_PTRACE", "SYS_ADMIN")
    run = engine.observe(spec(peers[engine.host]), file=archive_file, capabilities=powers)
    # What is a mapped root's own takes becoming that root.
    mapped = {"mnt.undeclared", "ipc.shm"} if engine.remapped else set()
    assert (run.code, run.ids("fail")) == (3, set())
    assert {"demo.user", "env.drop"} <= run.ids("error") <= {"demo.user", "env.drop"} | mapped
    assert "SETUID and SETGID" in run.row("demo.user", "*")["remedy"]


def test_containers_that_share_queues_and_memory_say_so(
    engine: Engine, peers: Peers, archive_file: Path
) -> None:
    joined = engine.start("joined", ipc=engine.container("a"))
    run = engine.observe(spec({**peers[engine.host], "joined": joined}), file=archive_file)
    engine.remove("joined")
    assert run.row("ipc.shm", "joined")["evidence"]["seen_by"] == {
        "/dev/mqueue": ["a", "joined"],
        "/dev/shm": ["a", "joined"],
    }
    assert run.row("ipc.shm", "b")["status"] == "pass"
