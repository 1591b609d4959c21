"""A process that looks like a container but shares one chosen namespace with its host, or peer.

No Docker option shares the mount namespace, so what sees that is tested on such a process: it
sits in a cgroup named by 64 hex characters, and its parent names itself containerd-shim and
lives in the namespaces of a real shim. Needs root on the engine's own machine.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FLAGS = {
    "mnt": 0x00020000,
    "ipc": 0x08000000,
    "uts": 0x04000000,
    "pid": 0x20000000,
    "net": 0x40000000,
}

PROGRAM = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
pid_flag, other_flags, procs, joined = int(sys.argv[3]), int(sys.argv[4]), *sys.argv[5:7]
libc.prctl(15, b"containerd-shim", 0, 0, 0)
if pid_flag and libc.unshare(pid_flag):
    raise OSError(ctypes.get_errno(), "unshare pid")
child = os.fork()
if child == 0:
    libc.prctl(1, 9, 0, 0, 0)
    with open(procs, "w") as file:
        file.write("0")
    if libc.unshare(other_flags):
        raise OSError(ctypes.get_errno(), "unshare")
    if joined and libc.setns(os.open(joined, os.O_RDONLY), 0):
        raise OSError(ctypes.get_errno(), "setns")
    os.write(1, b"ready")
    os.read(0, 1)
    os._exit(0)
os.close(1)
os.waitpid(child, 0)
"""


def possible(some_container: int) -> bool:
    """True when this process may make one beside the container with this first pid."""
    return os.geteuid() == 0 and Path(f"/proc/{some_container}/ns/mnt").exists()


@contextmanager
def container(sharing: str, some_container: int, peer: str = "") -> Iterator[str]:
    """Id of a made-up container, ended afterwards. It shares only `sharing` with its shim, or
    with the made-up container whose id is `peer`.
    """
    joined = f"/proc/{_first(peer)}/ns/{sharing}" if peer else ""
    made_up = secrets.token_hex(32)
    folder = _cgroup_root() / made_up
    folder.mkdir()
    others = sum(flag for name, flag in FLAGS.items() if name not in (sharing, "pid"))
    pid_flag = 0 if sharing == "pid" else FLAGS["pid"]
    procs = str(folder / "cgroup.procs")
    process = subprocess.Popen(
        [
            *("nsenter", "-t", str(parent(some_container)), "-m", "-n", "-u", "-i", "--"),
            *(sys.executable, "-I", "-c", PROGRAM, "-id", made_up, str(pid_flag)),
            *(str(others), procs, joined),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.read(5) == b"ready"
        yield made_up
    finally:
        process.stdin.close()
        process.wait(timeout=10)
        process.stdout.close()
        with suppress(OSError):
            folder.rmdir()


def _first(made_up: str) -> int:
    return int((_cgroup_root() / made_up / "cgroup.procs").read_text().split()[0])


def _cgroup_root() -> Path:
    legacy = Path("/sys/fs/cgroup/pids")
    return legacy if legacy.is_dir() else Path("/sys/fs/cgroup")


@contextmanager
def folder_below(path: str, name: str) -> Iterator[Path]:
    """cgroup.procs of a new group `name` below the group at `path`; removed when it is empty."""
    folder = _cgroup_root() / path.lstrip("/") / name
    folder.mkdir()
    try:
        yield folder / "cgroup.procs"
    finally:
        with suppress(OSError):
            folder.rmdir()


def parent(pid: int) -> int:
    stat = Path(f"/proc/{pid}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[1])
