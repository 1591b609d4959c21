"""Containers that pretend to be something else."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from engine.verifier.engine import IMAGE, Engine, spec

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
