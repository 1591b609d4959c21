"""One run of a command: its environment, its two streams, its end. It knows nothing of Pulumi."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from toolchain.standin.errors import ResourceError

DEFAULT_INTERPRETER = ("/bin/sh", "-c")
POLL_SECONDS = 0.05
# How long a command that was told to end may still take before it is killed.
GRACE_SECONDS = 5.0
_running: set[int] = set()


@dataclass(frozen=True, kw_only=True)
class Command:
    """What to run. `show` hears each line of the streams that are named in `shown`."""

    text: str
    interpreter: Sequence[str] = DEFAULT_INTERPRETER
    directory: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    stdin: str | None = None
    shown: frozenset[str] = frozenset()
    show: Callable[[str], None] = lambda _line: None


@dataclass
class _Captured:
    """Both streams apart, and together in the order in which they came."""

    parts: dict[str, list[bytes]] = field(default_factory=lambda: {"stdout": [], "stderr": []})
    together: list[bytes] = field(default_factory=list)

    def text(self, stream: str) -> str:
        """One stream, without its last line's end."""
        return b"".join(self.parts[stream]).decode(errors="replace").removesuffix("\n")


def run(command: Command, stop: Callable[[], str | None]) -> tuple[str, str]:
    """The command's stdout and stderr.

    `stop` gives a reason as soon as the command must end early. ResourceError, with all that the
    command printed, if it fails, cannot be started or is stopped.
    """
    try:
        process = subprocess.Popen(
            [*command.interpreter, command.text],
            cwd=command.directory,
            env={**os.environ, **command.environment},
            stdin=subprocess.PIPE if command.stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise ResourceError(f'{error}: running "{command.text}":\n') from error
    captured = _Captured()
    threads = _readers(process, command, captured)
    _running.add(process.pid)
    try:
        reason = _wait(process, stop)
    finally:
        _running.discard(process.pid)
    for thread in threads:
        thread.join(GRACE_SECONDS)
    if reason or process.returncode:
        printed = b"".join(captured.together).decode(errors="replace")
        raise ResourceError(f'{reason or _ending(process)}: running "{command.text}":\n{printed}')
    return captured.text("stdout"), captured.text("stderr")


def _readers(
    process: subprocess.Popen[bytes], command: Command, captured: _Captured
) -> list[threading.Thread]:
    def read(name: str, stream: IO[bytes]) -> None:
        for line in stream:
            captured.parts[name].append(line)
            captured.together.append(line)
            if name in command.shown:
                command.show(line.decode(errors="replace").rstrip("\n"))

    def write(stream: IO[bytes], text: str) -> None:
        # A command need not read what it is given.
        try:
            with stream:
                stream.write(text.encode())
        except BrokenPipeError:
            return

    targets: list[tuple[Callable[..., None], tuple[object, ...]]] = [
        (read, ("stdout", process.stdout)),
        (read, ("stderr", process.stderr)),
    ]
    if process.stdin is not None:
        targets.append((write, (process.stdin, command.stdin)))
    threads = [threading.Thread(target=target, args=args, daemon=True) for target, args in targets]
    for thread in threads:
        thread.start()
    return threads[:2]


def _wait(process: subprocess.Popen[bytes], stop: Callable[[], str | None]) -> str | None:
    """Wait for its end; the reason if it had to be ended."""
    while True:
        try:
            process.wait(POLL_SECONDS)
        except subprocess.TimeoutExpired:
            reason = stop()
            if reason:
                _end(process)
                return reason
        else:
            return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the command with all that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def end_all() -> None:
    """Tell every command that still runs, and what it started, to end."""
    for group in list(_running):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGTERM)


def _ending(process: subprocess.Popen[bytes]) -> str:
    if process.returncode < 0:
        return f"signal: {signal.strsignal(-process.returncode) or -process.returncode}".lower()
    return f"exit status {process.returncode}"
