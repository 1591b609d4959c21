"""Containers that pretend to be something else, or carry what is made to confuse."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from engine.verifier import synthetic
from engine.verifier.engine import IMAGE, Engine, spec

from verifier.render import render

pytestmark = pytest.mark.engine
Peers = dict[str, dict[str, str]]

PRETENDER = """
import ctypes, os, time
ctypes.CDLL(None).prctl(15, b"containerd-shim", 0, 0, 0)
os.fork()
time.sleep(600)
"""


def start_pretender(engine: Engine, claimed: str, *options: str) -> str:
    """A container whose processes are named like a shim and carry the claimed id."""
    name = f"{engine.prefix}-pretender"
    engine.made.append(name)
    words = ("--ipc", "private", "--cgroupns", "private", *options, IMAGE)
    done = engine.docker(
        "run", "-d", "--name", name, *words, "python3", "-c", PRETENDER, "-id", claimed
    )
    return done.stdout.strip()


def test_a_shim_that_runs_in_a_container_makes_no_container_real(
    engine: Engine, peers: Peers, archive_file: Path
) -> None:
    ghost = secrets.token_hex(32)
    pretender = start_pretender(engine, ghost)
    try:
        listed = {**peers[engine.host], "m": pretender, "ghost": ghost}
        run = engine.observe(spec(listed), file=archive_file)
        unlisted = engine.observe(spec({**peers[engine.host], "ghost": ghost}), file=archive_file)
    finally:
        engine.remove("pretender")
    assert (run.code, unlisted.code) == (3, 3)
    for one in (run, unlisted):
        assert one.report["targets"][-1]["ns"]["net"]["state"] != "isolated"


def test_a_container_that_claims_anothers_id_changes_nothing_for_it(
    engine: Engine, peers: Peers, archive_file: Path
) -> None:
    listed = peers[engine.host]
    pretender = start_pretender(engine, listed["a"])
    try:
        run = engine.observe(spec({**listed, "m": pretender}), file=archive_file)
    finally:
        engine.remove("pretender")
    assert run.code == 0
    assert run.report["targets"][0]["pid"] == engine.pid("a")


def test_a_pretender_in_the_hosts_pid_namespace_is_never_a_way_to_isolated(
    plain: Engine, peers: Peers, archive_file: Path
) -> None:
    listed = peers[plain.host]
    pretender = start_pretender(plain, listed["a"], "--pid", "host")
    try:
        run = plain.observe(spec({**listed, "m": pretender}), file=archive_file)
    finally:
        plain.remove("pretender")
    assert run.code == 1
    assert run.report["targets"][0]["pid"] == plain.pid("a")


def test_a_cgroup_named_by_anothers_id_belongs_to_who_is_above_it(
    plain: Engine, peers: Peers, archive_file: Path
) -> None:
    listed = peers[plain.host]
    first = plain.pid("b")
    if not synthetic.possible(first):
        pytest.skip("needs root on the engine's own machine")
    own = Path(f"/proc/{first}/cgroup").read_text().splitlines()
    path = next(line.split(":", 2)[2] for line in own if ":pids:" in line or line.startswith("0:"))
    plain.docker("exec", "-d", f"{plain.prefix}-b", "sleep", "599")
    with synthetic.folder_below(path, listed["a"]) as procs:
        procs.write_text(plain.docker("top", f"{plain.prefix}-b", "-eo", "pid").stdout.split()[-1])
        run = plain.observe(spec(listed), file=archive_file)
        plain.docker("exec", f"{plain.prefix}-b", "pkill", "-f", "sleep 599", check=False)
        plain.docker("restart", "-t", "0", f"{plain.prefix}-b")
    assert run.code == 0, run.report["summary"]
    assert [row["pid"] for row in run.report["targets"]] == [plain.pid("a"), first]


def test_a_host_name_of_control_characters_and_markup_stays_a_word(
    plain: Engine, peers: Peers, archive_file: Path
) -> None:
    name = "\x1b[31m<script>\n"
    if not synthetic.possible(plain.pid("b")):
        pytest.skip("needs root on the engine's own machine")
    odd = plain.start("odd")
    with in_namespace(plain.pid("odd"), "-u", f"import socket; socket.sethostname({name!r})"):
        run = plain.observe(spec({**peers[plain.host], "odd": odd}), file=archive_file)
    plain.remove("odd")
    assert run.code == 0, run.report["summary"]
    assert run.row("uts.name", "odd")["evidence"]["name"] == name
    assert "\x1b" not in render(run.report)


MOUNTS = """
import ctypes, os
os.mkdir("/dev/many")
for number in range(3000):
    os.mkdir(f"/dev/many/{number}")
    ctypes.CDLL(None).mount(b"t", f"/dev/many/{number}".encode(), b"tmpfs", 0, None)
"""


def test_a_mount_table_of_thousands_is_read_in_time(
    plain: Engine, peers: Peers, archive_file: Path
) -> None:
    if not synthetic.possible(plain.pid("b")):
        pytest.skip("needs root on the engine's own machine")
    odd = plain.start("odd")
    with in_namespace(plain.pid("odd"), "-m", MOUNTS):
        run = plain.observe(spec({**peers[plain.host], "odd": odd}), file=archive_file)
    plain.remove("odd")
    assert run.code == 0, run.report["summary"]
    assert run.row("mnt.undeclared", "odd")["evidence"]["mounts"] > 3000
    assert run.report["timing_ms"]["total"] < 10_000


@contextmanager
def in_namespace(pid: int, flag: str, program: str) -> Iterator[None]:
    """After this Python program was run in a namespace of a container, by the host's root."""
    words = ("nsenter", "-t", str(pid), flag, "--", "python3", "-c", program)
    subprocess.run(words, check=True, timeout=60)
    yield
