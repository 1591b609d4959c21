"""Which Docker engine the lab runs on: a pure decision, and the facts it is made on."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from toolchain.setup import apt
from toolchain.setup.console import SetupError
from toolchain.setup.docker_api import Engine, EngineError, local_sockets
from toolchain.setup.engine import PrivateEngine

FROM_ENVIRONMENT, PRIVATE, SYSTEM = "DOCKER_HOST", "private engine", "this machine's engine"
_NEEDED_CAPABILITIES = {"CAP_SYS_ADMIN": 21, "CAP_NET_ADMIN": 12, "CAP_MKNOD": 27, "CAP_CHOWN": 0}
_REDIRECTS = {
    "DOCKER_CONTEXT": "it overrides the engine that the lab names, without a word",
    "DOCKER_CERT_PATH": "it makes the Docker provider speak TLS to any engine, even over ssh",
    "DOCKER_CERT_MATERIAL": "it makes the Docker provider speak TLS to any engine, even over ssh",
}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of the engines. A `*_problem` is None when all is well."""

    redirects: tuple[str, ...] = ()
    docker_host: str | None = None
    docker_host_problem: str | None = None
    private_exists: bool = False
    private_host: str = ""
    answering: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Choice:
    """`source` is FROM_ENVIRONMENT, PRIVATE or SYSTEM."""

    source: str
    docker_host: str


def choose(facts: Facts) -> Choice:
    """DOCKER_HOST, else the private engine of before, else one that answers, else a new one.

    Raises SetupError with all that is in the way and the ways out.
    """
    if facts.redirects:
        name = facts.redirects[0]
        raise SetupError(
            f"{name} is set: {_REDIRECTS[name]}. Unset it, and name the engine by DOCKER_HOST"
        )
    if facts.docker_host:
        if facts.docker_host_problem:
            raise SetupError(
                f"DOCKER_HOST={facts.docker_host} does not answer: {facts.docker_host_problem}. "
                "Start that engine, or unset DOCKER_HOST and one is found or made"
            )
        return Choice(source=FROM_ENVIRONMENT, docker_host=facts.docker_host)
    if facts.private_exists and not facts.obstacles:
        return Choice(source=PRIVATE, docker_host=facts.private_host)
    if facts.answering:
        return Choice(source=SYSTEM, docker_host=facts.answering[0])
    if not facts.obstacles:
        return Choice(source=PRIVATE, docker_host=facts.private_host)
    raise SetupError(_no_engine(facts))


def _no_engine(facts: Facts) -> str:
    seen = [f"{host} is there, but refuses this user" for host in facts.refused]
    lines = "\n".join(f"    - {line}" for line in (*seen, *facts.obstacles))
    ways = [
        "start Docker (or install it) and run this again",
        "name an engine that answers: export DOCKER_HOST=unix:///… or tcp://… or ssh://user@host",
    ]
    if facts.refused:
        ways.insert(0, "join the socket's group: sudo usermod -aG docker $USER, then log in anew")
    if any("root" in obstacle for obstacle in facts.obstacles):
        ways.append("run as root on Debian or Ubuntu, where a private engine is set up")
    out = "\n".join(f"    - {way}" for way in ways)
    return f"no Docker engine answers, and none can be set up here:\n{lines}\n  Ways out:\n{out}"


def gather(private: PrivateEngine, environment: Mapping[str, str] = os.environ) -> Facts:
    """Looks at the environment and the usual sockets; starts nothing."""
    redirects = tuple(name for name in _REDIRECTS if environment.get(name))
    host = environment.get("DOCKER_HOST") or None
    if host == private.docker_host:
        # From `make env` in this shell: it is still ours to start.
        host = None
    if redirects or host:
        return Facts(
            redirects=redirects,
            docker_host=host,
            docker_host_problem=_problem(host) if host and not redirects else None,
        )
    if private.exists() and not obstacles():
        return Facts(private_exists=True, private_host=private.docker_host)
    problems = {address: _problem(address) for address in local_sockets()}
    return Facts(
        private_exists=private.exists(),
        private_host=private.docker_host,
        answering=tuple(address for address, problem in problems.items() if problem is None),
        refused=tuple(a for a, problem in problems.items() if problem and "ermission" in problem),
        obstacles=obstacles(),
    )


def _problem(docker_host: str) -> str | None:
    try:
        Engine(docker_host).ping(10.0 if docker_host.startswith("ssh") else 3.0)
    except EngineError as error:
        return str(error).removeprefix(f"{docker_host}: ")
    return None


def obstacles() -> tuple[str, ...]:
    """Why no private engine can run here; empty when one can."""
    if os.geteuid() != 0:
        return ("a private engine needs root, and this is user id " + str(os.geteuid()),)
    found = [*_missing_programs(), *_missing_capabilities(), *_missing_cgroups()]
    if not found and not _can_unshare():
        found.append("`unshare --net --mount` is refused: this is a container without that right")
    return tuple(found)


def _missing_programs() -> list[str]:
    if shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
        return []
    problem = apt.why_not()
    return [f"dockerd is not installed, and {problem}"] if problem else []


def _missing_capabilities() -> list[str]:
    status = Path("/proc/self/status").read_text()
    effective = next(line for line in status.splitlines() if line.startswith("CapEff"))
    held = int(effective.split()[1], 16)
    missing = [name for name, bit in _NEEDED_CAPABILITIES.items() if not held >> bit & 1]
    if not missing:
        return []
    return [f"this root lacks {', '.join(missing)} (is it in a container without --privileged?)"]


def _missing_cgroups() -> list[str]:
    root = Path("/sys/fs/cgroup")
    if (root / "cgroup.controllers").exists():
        return [] if os.access(root, os.W_OK) else [f"{root} is not writable"]
    places = [root / name for name in ("memory", "devices", "cpu", "pids")]
    missing = [str(place) for place in places if not place.is_dir()]
    return [f"control groups are not mounted: {', '.join(missing)}"] if missing else []


def _can_unshare() -> bool:
    done = subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True, check=False)
    return done.returncode == 0
