"""A script of a workflow run as a runner runs it, with stand-ins for what it calls."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import NamedTuple


class Ran(NamedTuple):
    code: int
    said: str
    outputs: dict[str, str]
    summary: str


def run(step: dict[str, object], folder: Path, **given: str) -> Ran:
    """As GitHub runs a script: bash -e, in the checkout, with files for outputs and summary."""
    outputs, summary = folder / "outputs", folder / "summary"
    for file in (outputs, summary):
        file.touch()
    names = step["env"]
    assert isinstance(names, dict)
    assert set(names) == set(given), "the test gives other variables than the workflow"
    environment = {
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "GITHUB_OUTPUT": str(outputs),
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_REPOSITORY": "someone/docklab",
        "RUNNER_TEMP": str(temporary(folder)),
        **given,
    }
    script = str(step["run"])
    command = ["bash", "-e", "-c", script]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    pairs = (line.split("=", 1) for line in outputs.read_text().splitlines())
    return Ran(done.returncode, done.stdout + done.stderr, dict(pairs), summary.read_text())


def temporary(folder: Path) -> Path:
    """Where the runner has its temporary files: beside the checkout, never in it."""
    made = folder.parent / f"{folder.name}-temp"
    made.mkdir(exist_ok=True)
    return made


def program(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
