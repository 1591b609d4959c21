"""Shows the proof: the verifier's table for a report, the verdict, and how to look further."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from toolchain.verbs import deployment as state
from toolchain.verbs import process
from toolchain.verbs.messages import make
from toolchain.verbs.session import Session


def latest_report(deployment: Mapping[str, Any]) -> str | None:
    """The newest report: what the verification container printed, else what the program put out."""
    check = state.check(deployment)
    from_log = state.report_of(check.logs) if check else None
    return from_log or state.text_output(deployment, "report")


def show(session: Session, deployment: Mapping[str, Any]) -> None:
    """Prints the table of the newest report to standard output; says so when there is none."""
    report = latest_report(deployment)
    if report is None:
        print("There is no report of a verification yet.", file=sys.stderr)
        return
    python = str(session.paths.python if session.paths.python.exists() else sys.executable)
    done = process.run_quiet(
        [python, "-m", "verifier", "render"], session.env, str(session.paths.root), report
    )
    print()
    print(done.stdout.rstrip() or report, flush=True)
    if done.returncode != 0 and not done.stdout:
        print(done.stderr.strip(), file=sys.stderr)


def further(session: Session, deployment: Mapping[str, Any]) -> str:
    """The lines that tell how to look into the lab and how to take it down."""
    containers = state.outputs(deployment).get("containers")
    names = (
        [name for name in containers.values() if isinstance(name, str)]
        if isinstance(containers, Mapping)
        else []
    )
    export = (
        state.text_output(deployment, "docker_host") or f"export DOCKER_HOST={session.docker_host}"
    )
    label = f"docker ps --filter label=docklab.stack={session.stack}"
    rows = [
        (export, "so that docker talks to the lab's engine"),
        (label, "the lab's containers"),
        *((f"docker exec -it {name} sh", "a shell in one of them") for name in names[:1]),
        (make("verify", session.stack), "verifies the running lab again"),
        (make("down", session.stack), "removes the lab and its data"),
    ]
    width = min(max(len(command) for command, _ in rows), 60)
    return "\n".join(
        ["", "Look further:", *(f"  {command:<{width}}  # {why}" for command, why in rows)]
    )
