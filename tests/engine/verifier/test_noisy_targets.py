"""Containers that flood, steal, hoard and shout: never a way to `isolated`, and never a hang."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from engine.verifier import synthetic
from engine.verifier.engine import IMAGE, Engine, Run, spec
from engine.verifier.silence import Silent

pytestmark = pytest.mark.engine
Peers = dict[str, dict[str, str]]


CROWD = """
import os, time
for _ in range({number}):
    if os.fork() == 0:
        time.sleep(600)
        os._exit(0)
print("crowded", flush=True)
time.sleep(600)
"""


def test_a_container_that_floods_proc_is_told_from_its_neighbours_in_time(
    remapped: Engine, peers: Peers, archive_file: Path
) -> None:
    with acting(remapped, CROWD.format(number=3000), "crowded") as crowd:
        began = time.monotonic()
        run = remapped.observe(spec({**peers[remapped.host], "m": crowd}), file=archive_file)
        took = time.monotonic() - began
    assert run.code == 0, run.report["summary"]
    assert run.row("pid.view", "m")["evidence"]["visible"] > 3000
    assert took < 20


THIEF = """
import os
print("stealing", flush=True)
while True:
    for folder in ("/data", "/dev/shm", "/dev/mqueue"):
        for name in os.listdir(folder):
            if name.startswith(".nsv-"):
                try:
                    os.rename(f"{folder}/{name}", f"{folder}/stolen")
                    os.unlink(f"{folder}/stolen")
                except OSError:
                    pass
"""


def test_a_container_that_takes_the_markers_away_never_makes_another_fail(
    remapped: Engine, peers: Peers, archive_file: Path
) -> None:
    volume = ("-v", f"{remapped.prefix}-stolen:/data")
    try:
        with acting(remapped, THIEF, "stealing", *volume, "--cpus", "0.5") as thief:
            made = spec({**peers[remapped.host], "m": thief})
            made["containers"][-1]["volumes"] = [{"path": "/data", "mode": "rw", "key": "v"}]
            runs = [remapped.observe(made, file=archive_file) for _ in range(3)]
    finally:
        remapped.docker("volume", "rm", "-f", f"{remapped.prefix}-stolen", check=False)
    assert {run.code for run in runs} <= {0, 3}
    assert {row["subject"] for run in runs for row in doubtful(run)} <= {"m"}


def doubtful(run: Run) -> list[dict[str, Any]]:
    return [row for row in run.report["checks"] if row["required"] and row["status"] != "pass"]


HOARDER = """
import ctypes, itertools, os, time
libc = ctypes.CDLL(None)
small = (ctypes.c_long * 8)(0, 1, 1)

def fill(make):
    for number in itertools.count():
        try:
            handle = make(number)
        except OSError:
            return
        if handle < 0:
            return
        os.close(handle)

while libc.msgget(0, 0o1600) >= 0:
    pass
fill(lambda number: os.open(f"/dev/mqueue/{number}", os.O_CREAT | os.O_RDWR))
fill(lambda number: libc.mq_open(b"/small%d" % number, os.O_CREAT | os.O_RDWR, 0o600, small))
fill(lambda number: os.open(f"/full/{number}", os.O_CREAT | os.O_RDWR))
print("full", flush=True)
time.sleep(600)
"""
ROOM = ("--tmpfs", "/full:nr_inodes=16")


def test_a_container_that_has_no_room_left_is_in_doubt_and_fails_nobody(
    remapped: Engine, peers: Peers, archive_file: Path
) -> None:
    with acting(remapped, HOARDER, "full", *ROOM) as full:
        made = spec({**peers[remapped.host], "m": full})
        made["containers"][-1]["volumes"] = [{"path": "/full", "mode": "rw", "key": "v"}]
        run = remapped.observe(made, file=archive_file)
    assert (run.code, run.ids("fail")) == (3, set())
    assert run.ids("error") == {"ipc.sysv", "ipc.shm"}
    assert {row["subject"] for row in doubtful(run)} == {"m"}
    assert run.row("vol.mode", "m")["evidence"]["/full"]["write"] == "ENOSPC"
    assert run.row("ipc.shm", "m")["evidence"]["unread"] == {"/dev/mqueue": "ENOSPC"}


def test_queues_hoarded_elsewhere_on_the_machine_put_none_of_two_runs_in_doubt(
    engine: Engine, engines: dict[bool, Engine], peers: Peers, archive_file: Path
) -> None:
    # All root users' queues count against one limit, a remapped container's too.
    with acting(engine, HOARDER, "full", *ROOM), ThreadPoolExecutor(2) as pool:
        begun = [
            pool.submit(one.observe, spec(peers[one.host]), file=archive_file)
            for one in (*engines.values(), *engines.values())[:2]
        ]
        runs = [one.result() for one in begun]
    assert [doubtful(run) for run in runs] == [[], []]


ANSWERS = """
import socket, threading
def serve(link):
    while True:
        guest, _ = link.accept()
        guest.sendall(b"OK" * 8)
        guest.close()
link = socket.create_server(("0.0.0.0", 7), backlog=512)
print("answering", flush=True)
serve(link)
"""


def test_a_container_that_answers_every_connection_is_not_taken_for_another(
    silent: Silent, archive_file: Path
) -> None:
    engine = silent.engine
    if not synthetic.possible(engine.pid("far")):
        pytest.skip("needs root on the engine's own machine")
    network = ("--network", silent.network("far"))
    with acting(engine, ANSWERS, "answering", *network) as answering:
        rule = ("-t", "nat", "-A", "PREROUTING", "-p", "tcp", "-j", "REDIRECT", "--to-ports", "7")
        inside = ("nsenter", "-t", str(engine.pid("acting")), "-n", "--", "iptables")
        subprocess.run([*inside, *rule], check=True)
        made = silent.spec()
        row = {**made["containers"][-1], "name": "m", "id": answering, "volumes": []}
        run = engine.observe({**made, "containers": [*made["containers"], row]}, file=archive_file)
    # It answers `far`, which is on its network, in the place of the verifier's own listener.
    assert run.code == 1
    assert run.failing("far") == {"net.reach"}
    assert run.row("net.reach", "far")["evidence"]["row"]["m"] == "OTHER"
    assert "net.reach" not in run.failing("near")


@contextmanager
def acting(engine: Engine, program: str, ready: str, *options: str) -> Iterator[str]:
    """Id of a container that runs this Python program, once the program has said `ready`."""
    name = f"{engine.prefix}-acting"
    engine.made.append(name)
    words = ("--ipc", "private", "--cgroupns", "private", *options, IMAGE, "python3", "-c", program)
    made = engine.docker("run", "-d", "--name", name, *words).stdout.strip()
    try:
        end = time.monotonic() + 60
        while ready not in engine.docker("logs", name).stdout:
            assert time.monotonic() < end
            time.sleep(0.1)
        yield made
    finally:
        engine.remove("acting")
