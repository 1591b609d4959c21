"""The obvious alternative: `docker exec` once per container and ordered pair, one after another.

Per container it lists the namespaces; per pair it tries one connection, which bash does by itself.
Nobody listens there: refused is as good as accepted, as either has arrived.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.crowd import DEADLINE_MS, Crowd
from bench.running import BenchError

SAMPLE = 100
_LIST = ("readlink", *(f"/proc/1/ns/{one}" for one in ("mnt", "ipc", "uts", "pid", "net", "user")))
_TRY = (
    *("bash", "-c", 'timeout "$0" bash -c "</dev/tcp/$1/$2" 2>/dev/null; exit 0'),
    f"{DEADLINE_MS / 1000}",
)
_PORT = 9
# What `docker exec` and `timeout` end with when they could not do what they were asked to.
_NOT_RUN = (125, 126, 127)


@dataclass(frozen=True, kw_only=True)
class ByExec:
    """Seconds of the execs that were made: `measured` of `pairs`, and one per container."""

    containers: Sequence[float]
    measured: Sequence[float]
    pairs: int

    @property
    def seconds(self) -> float:
        """Of all containers and pairs; an extrapolation where not all pairs were measured."""
        return sum(self.containers) + sum(self.measured) / len(self.measured) * self.pairs

    @property
    def extrapolated(self) -> bool:
        return len(self.measured) < self.pairs


def measure(
    client: Any, crowd: Crowd, ids: Mapping[str, str], docker: Sequence[str], most: int = SAMPLE
) -> ByExec:
    """`docker` is the CLI with its host. Raises BenchError when an exec is not run."""
    addresses = {name: _address(client, one) for name, one in ids.items()}
    pairs = crowd.sample(most)
    tries = [(ids[one], [*_TRY, addresses[other], str(_PORT)]) for one, other in pairs]
    return ByExec(
        containers=_each(docker, [(ids[name], _LIST) for name in crowd.names]),
        measured=_each(docker, tries),
        pairs=crowd.pairs,
    )


def _address(client: Any, identity: str) -> str:
    networks = client.api.inspect_container(identity)["NetworkSettings"]["Networks"]
    return str(next(iter(networks.values()))["IPAddress"])


def _each(docker: Sequence[str], calls: Iterable[tuple[str, Sequence[str]]]) -> list[float]:
    return [_exec([*docker, "exec", identity, *words]) for identity, words in calls]


def _exec(command: Sequence[str]) -> float:
    begun = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    seconds = time.monotonic() - begun
    if done.returncode in _NOT_RUN:
        told = f"{Path(command[0]).name} exec ended with {done.returncode}: {done.stderr.strip()}"
        raise BenchError(told)
    return seconds
