"""How the verification grows with the lab: labs of several sizes, each verified some times."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench import by_exec, crowd_engine, engine
from bench.by_exec import ByExec
from bench.crowd import Crowd, specification
from bench.lab import free_subnets
from bench.running import BenchError
from toolchain.setup.console import say
from verifier import archive


@dataclass(frozen=True, kw_only=True)
class Verified:
    """One run of the verification container."""

    inside_ms: float
    whole_seconds: float
    report_bytes: int
    verdict: str


@dataclass(frozen=True, kw_only=True)
class Size:
    """What was measured of one crowd."""

    containers: int
    pairs: int
    bridges: int
    runs: Sequence[Verified]
    alternative: ByExec


def measure(docker_host: str, run: str, sizes: Sequence[int], rounds: int) -> list[Size]:
    """Raises BenchError when there is no docker command, or a run gives no report."""
    program = shutil.which("docker")
    if program is None:
        raise BenchError(
            "the docker command is not there, and it starts what is measured: install it, or"
            " leave this part out with --part lab"
        )
    return [
        _size(docker_host, [program, "--host", docker_host], Crowd(run=run, containers=n), rounds)
        for n in sizes
    ]


def _size(docker_host: str, docker: Sequence[str], crowd: Crowd, rounds: int) -> Size:
    subnets = free_subnets(engine.taken_subnets(docker_host), len(crowd.networks))
    packed = archive.build()
    with engine.client_of(docker_host) as client:
        say("bench", f"starting {crowd.containers} containers on {len(crowd.networks)} bridges")
        with crowd_engine.running(client, crowd, subnets) as ids:
            asked = json.dumps(specification(crowd, ids))
            runs = [_verify(client, docker, crowd, asked, packed) for _ in range(rounds)]
            say("bench", f"{crowd.containers} containers: {runs[-1].inside_ms:.0f} ms inside")
            alternative = by_exec.measure(client, crowd, ids, docker)
    return Size(
        containers=crowd.containers,
        pairs=crowd.pairs,
        bridges=len(crowd.networks),
        runs=runs,
        alternative=alternative,
    )


def _verify(
    client: Any, docker: Sequence[str], crowd: Crowd, asked: str, packed: bytes
) -> Verified:
    with crowd_engine.observer(client, crowd, asked, packed) as identity:
        begun = time.monotonic()
        done = subprocess.run(
            [*docker, "start", "--attach", identity],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        whole = time.monotonic() - begun
    try:
        report = json.loads(done.stdout)
        inside = float(report["timing_ms"]["total"])
    except (ValueError, KeyError) as error:
        said = (done.stderr or done.stdout).strip()[:300] or "nothing"
        raise BenchError(f"a verification of {crowd.containers} containers said {said}") from error
    return Verified(
        inside_ms=inside,
        whole_seconds=whole,
        report_bytes=len(done.stdout),
        verdict=str(report["verdict"]),
    )
