"""What the last verification of a stack took: inside the verifier, and its whole container."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import engine
from bench.running import BenchError
from toolchain.verbs import backend, verified
from toolchain.verbs import deployment as state
from toolchain.verbs.session import PROJECT


@dataclass(frozen=True, kw_only=True)
class VerifierCost:
    """`inside_ms` by part, `total` among them; seconds of the container: made to ended, running."""

    inside_ms: Mapping[str, float]
    whole: float
    running: float


def checkpoint_file(env: Mapping[str, str], stack: str) -> Path:
    """Where a file backend keeps a stack of the project."""
    found = backend.locate(env["PULUMI_BACKEND_URL"], "/", "/")
    if found is None:
        raise BenchError(f"{env['PULUMI_BACKEND_URL']} is no folder")
    return Path(found.checkpoint_path(PROJECT, stack))


def verifier_cost(env: Mapping[str, str], stack: str, docker_host: str) -> VerifierCost:
    """Of a stack that is up. Raises BenchError when its state holds no report."""
    deployment: Mapping[str, Any] = backend.read_checkpoint(str(checkpoint_file(env, stack))) or {}
    check = verified.check(deployment)
    report = verified.report_of(check.logs) if check else None
    if check is None or report is None:
        raise BenchError(f"the state of stack {stack} holds no report of a verification")
    [identity] = [r["id"] for r in state.resources(deployment) if r.get("urn") == check.urn]
    whole, running = engine.container_seconds(docker_host, str(identity))
    return VerifierCost(inside_ms=json.loads(report)["timing_ms"], whole=whole, running=running)
