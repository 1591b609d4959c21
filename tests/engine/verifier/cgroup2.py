"""An engine on pure cgroup v2, beside a machine that has v1: in mounts and a network of its own.

It is started by the tests that need it, and ended by its process id. Needs root and `dockerd`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.verifier.engine import IMAGE, Engine

SETUP = """
umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup || exit 1
ip link set lo up && sysctl -qw net.ipv4.ip_forward=1
exec "$@"
"""
SECONDS = 20


def obstacle() -> str:
    """Why there can be none here, or ""."""
    if os.geteuid() != 0:
        return "root"
    known = Path("/proc/filesystems").read_text().split()
    missing = [name for name in ("dockerd", "unshare", "ip", "sysctl") if not shutil.which(name)]
    return ", ".join([*missing, *([] if "cgroup2" in known else ["cgroup v2"])])


@contextmanager
def started(folder: Path, source: Engine) -> Iterator[Engine]:
    """An engine with the image of `source`; its data is below `folder`."""
    host = f"unix://{folder}/docker.sock"
    flags = (
        *("--host", host, "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec"),
        *("--pidfile", f"{folder}/pid", "--exec-opt", "native.cgroupdriver=cgroupfs"),
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                *("unshare", "--mount", "--net", "--propagation", "slave", "--"),
                *("sh", "-c", SETUP, "setup", "dockerd", *flags),
            ],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    engine = Engine(host, remapped=False)
    try:
        _wait(engine, process, folder / "log")
        file = folder / "image.tar"
        source.docker("save", "-o", str(file), IMAGE)
        engine.docker("load", "-i", str(file))
        yield engine
    finally:
        engine.clean()
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _wait(engine: Engine, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < end:
        if engine.docker("info", check=False).returncode == 0:
            return
        time.sleep(0.2)
    raise AssertionError(log.read_text()[-2000:])
