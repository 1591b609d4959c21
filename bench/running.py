"""Runs one command, timed, in a session of its own, so that ^C reaches it once and in order."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_PATIENCE_SECONDS = 60.0
_SHOWN_LINES = 15


class BenchError(Exception):
    """A measurement that could not be made; the text says which and why."""


def start(
    command: Sequence[str], env: Mapping[str, str], cwd: Path, log: Path
) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(
            command,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def timed(command: Sequence[str], env: Mapping[str, str], cwd: Path, log: Path) -> float:
    """Seconds from start to end. Raises BenchError with the command's last words if it fails."""
    begin = time.monotonic()
    child = start(command, env, cwd, log)
    code = wait(child)
    seconds = time.monotonic() - begin
    if code != 0:
        raise BenchError(f"`{' '.join(command)}` ended with {code}:\n{last_words(log)}")
    return seconds


def wait(child: subprocess.Popen[bytes]) -> int:
    """The exit status. When we are interrupted the child is asked to end before we go on."""
    try:
        return child.wait()
    except BaseException:
        end(child)
        raise


def end(child: subprocess.Popen[bytes]) -> None:
    """Ends a child and its session: first politely (Pulumi finishes what it began), then not."""
    if child.poll() is None:
        child.send_signal(signal.SIGINT)
        try:
            child.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def last_words(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return "\n".join(f"    {line}" for line in lines[-_SHOWN_LINES:])
