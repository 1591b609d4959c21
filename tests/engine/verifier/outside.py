"""A machine beyond the engine's: a network namespace with a listener, on a link of its own.

Needs root on the engine's own machine.
"""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from engine.verifier import synthetic

ENGINES_END, ADDRESS, NOBODY = "203.0.113.1", "203.0.113.2", "203.0.113.3"
PORT = 7777
PROGRAM = f"""
import os, socket
with socket.create_server(("0.0.0.0", {PORT})):
    os.write(1, b"ready")
    os.read(0, 1)
"""


@contextmanager
def machine(some_container: int) -> Iterator[str]:
    """ "address:port" that answers whoever gets out of the engine's bridges."""
    engine = str(synthetic.parent(some_container))
    process = subprocess.Popen(
        ["unshare", "-n", "--", sys.executable, "-I", "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    near, there = f"nsv{secrets.token_hex(3)}", str(process.pid)
    try:
        assert process.stdout.read(5) == b"ready"
        _ip(engine, f"link add {near} type veth peer name far netns {there}")
        _ip(engine, f"addr add {ENGINES_END}/29 dev {near}")
        _ip(engine, f"link set {near} up")
        _ip(there, f"addr add {ADDRESS}/29 dev far")
        _ip(there, "link set far up")
        yield f"{ADDRESS}:{PORT}"
    finally:
        # The link goes with the namespace, and that with its only process.
        process.stdin.close()
        process.wait(timeout=10)
        process.stdout.close()


def _ip(pid: str, words: str) -> None:
    subprocess.run(["nsenter", "-t", pid, "-n", "--", "ip", *words.split()], check=True)
