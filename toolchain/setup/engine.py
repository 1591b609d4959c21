"""A Docker engine of this project's own, with a network and mounts private to it.

It needs root. Its data is in `.docklab/engine`. A second `dockerd` in one network namespace
flushes the first one's firewall chains, so each engine gets its own; bridges, veths and rules
vanish with it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from toolchain.paths import identity
from toolchain.setup import engine_cgroups, engine_leftovers, engine_uplink, machine_record
from toolchain.setup.console import SetupError
from toolchain.setup.docker_api import Engine

_HERE = Path(__file__).resolve().parent
_START_SECONDS, _STOP_SECONDS = 60.0, 30.0
_NO_HOPE_SECONDS = 1.0
_TOOLS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class PrivateEngine:
    """One engine a home. Any number run side by side; each call works from any process."""

    def __init__(self, home: Path, userns_remap: bool = True) -> None:
        self.home = home.resolve()
        self.userns_remap = userns_remap
        self.engine_id = identity(self.home)
        self.runtime = engine_leftovers.RUNTIME_ROOT / self.engine_id
        self.data = self.home / "engine" / "data"
        self.log = self.home / "engine" / "log"
        self.no_way_out: str | None = None

    @property
    def docker_host(self) -> str:
        return f"unix://{self.runtime}/docker.sock"

    def exists(self) -> bool:
        """True when an earlier setup made it, running or not."""
        return self.data.is_dir()

    def running(self) -> bool:
        return (self.runtime / "docker.sock").exists() and Engine(self.docker_host).answers()

    def start(self) -> None:
        """Starts it unless it runs; repairs what a crash or reboot left. Raises SetupError."""
        with self._alone():
            if self.running():
                return
            self._refuse_stuck(engine_leftovers.remove(self.engine_id))
            self._prepare()
            self._launch()
            self._await()

    def stop(self) -> None:
        """Ends it and all of it but its data. Raises SetupError when something would not go."""
        if not self.log.parent.exists() and not self.runtime.exists():
            return
        with self._alone():
            pid = self._pid()
            if pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
                _wait_until(lambda: self._pid() is None, _STOP_SECONDS)
            self._refuse_stuck(engine_leftovers.remove(self.engine_id))

    def kill(self) -> None:
        """SIGKILL to the daemon alone, as a crash: start() must repair what it leaves."""
        pid = self._pid()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            _wait_until(lambda: self._pid() is None, _STOP_SECONDS)

    def _pid(self) -> int | None:
        try:
            pid = int((self.runtime / "pid").read_text())
        except (OSError, ValueError):
            return None
        return pid if pid in engine_leftovers.processes(self.engine_id) else None

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with (self.log.parent / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _prepare(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        machine_record.before_engine_start(self.home, self.userns_remap)
        engine_cgroups.prepare()
        for folder in (self.runtime / "data", self.runtime / "exec"):
            folder.mkdir(parents=True, exist_ok=True)
        self.runtime.chmod(0o711)
        (self.runtime / "machine-net").touch()
        (self.runtime / "daemon.json").write_text("{}\n")
        self.no_way_out = engine_uplink.obstacle()
        resolver = "" if self.no_way_out else engine_uplink.resolver_text()
        (self.runtime / "resolv.conf").write_text(resolver)
        # A copy: the engine outlives a clone that is moved or removed.
        shutil.copyfile(_HERE / "port_publisher.py", self.runtime / "port_publisher.py")
        publisher = self.runtime / "port-publisher"
        python = getattr(sys, "_base_executable", None) or sys.executable
        publisher.write_text(
            f"#!/bin/sh\nexec '{python}' -I -S '{self.runtime}/port_publisher.py' "
            f"--listen-in '{self.runtime}/machine-net' \"$@\"\n"
        )
        publisher.chmod(0o755)

    def _environment(self) -> dict[str, str]:
        kept = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
        chosen = {key: os.environ[key] for key in kept if key in os.environ}
        return {
            "PATH": _TOOLS,
            "HOME": "/root",
            engine_leftovers.MARKER: self.engine_id,
            **chosen,
        }

    def _flags(self) -> list[str]:
        remap = ["--userns-remap=default"] if self.userns_remap else []
        return [
            *("--config-file", f"{self.runtime}/daemon.json", "--host", self.docker_host),
            *("--data-root", f"{self.runtime}/data", "--exec-root", f"{self.runtime}/exec"),
            *("--pidfile", f"{self.runtime}/dockerd.pid"),
            *("--exec-opt", "native.cgroupdriver=cgroupfs"),
            *("--cgroup-parent", f"/{engine_leftovers.cgroup_name(self.engine_id)}"),
            *("--userland-proxy-path", f"{self.runtime}/port-publisher", *remap),
        ]

    def _launch(self) -> None:
        dockerd = shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:{_TOOLS}")
        if dockerd is None:
            raise SetupError("`dockerd` is not installed (Debian: apt-get install docker.io)")
        if self.log.exists():
            self.log.replace(self.log.with_name("log.before"))
        with self.log.open("wb") as log:
            subprocess.run(
                [
                    *("setsid", "--fork", "unshare", "--mount", "--propagation", "slave", "--"),
                    *("sh", str(_HERE / "engine_start.sh"), str(self.runtime), str(self.data)),
                    *(dockerd, *self._flags()),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment(),
                cwd="/",
                check=True,
            )

    def _await(self) -> None:
        ready = self.runtime / "network-ready"
        if not _wait_until(ready.exists, 10.0, self._gone):
            raise self._failure("could not get mounts and a network of its own")
        pid = self._pid()
        if pid is not None and self.no_way_out is None:
            self.no_way_out = engine_uplink.attach(pid, self.runtime, self._environment())
        (self.runtime / "uplink-ready").touch()
        answered = _wait_until(Engine(self.docker_host).answers, _START_SECONDS, self._gone)
        if not answered:
            raise self._failure(f"did not answer within {_START_SECONDS:.0f} s")

    def _gone(self) -> bool:
        return not engine_leftovers.processes(self.engine_id)

    def _failure(self, what: str) -> SetupError:
        lines = self.log.read_text(errors="replace").splitlines()[-15:]
        engine_leftovers.remove(self.engine_id)
        tail = "\n".join(f"    {line}" for line in lines)
        return SetupError(f"the private Docker engine {what}. Its log, {self.log}, ends:\n{tail}")

    def _refuse_stuck(self, stuck: list[str]) -> None:
        if stuck:
            raise SetupError(
                f"the private Docker engine left {', '.join(stuck)}, which would not go; "
                "end or unmount it by hand, or restart the machine"
            )


def _never() -> bool:
    return False


def _wait_until(
    condition: Callable[[], bool], seconds: float, hopeless: Callable[[], bool] = _never
) -> bool:
    """Looks every 20 ms whether `condition` holds; gives up early when `hopeless` does for long.

    For long: a process that is just being executed shows no environment to know it by.
    """
    end = time.monotonic() + seconds
    hope = time.monotonic()
    while not condition():
        now = time.monotonic()
        if not hopeless():
            hope = now
        if now > end or now - hope > _NO_HOPE_SECONDS:
            return condition()
        time.sleep(0.02)
    return True
