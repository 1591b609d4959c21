"""What setup says: one line a step, progress on long ones, and errors that name the way out."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path


class SetupError(Exception):
    """Something that setup needs and cannot get. The text says what, and the ways out."""


def say(part: str, text: str) -> None:
    print(f"  {part:<15} {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def progress(part: str, text: str) -> Iterator[None]:
    """Says `text`, then how long it took; on a terminal with a running clock."""
    begin = time.monotonic()
    done = threading.Event()
    on_terminal = sys.stderr.isatty()

    def tick() -> None:
        period = 1.0 if on_terminal else 30.0
        while not done.wait(period):
            seconds = int(time.monotonic() - begin)
            if on_terminal:
                print(f"\r  {part:<15} {text} … {seconds} s", end="", file=sys.stderr, flush=True)
            else:
                say(part, f"{text} … {seconds} s so far")

    if not on_terminal:
        say(part, f"{text} …")
    clock = threading.Thread(target=tick, daemon=True)
    clock.start()
    outcome = "failed after"
    try:
        yield
        outcome = "done in"
    finally:
        done.set()
        clock.join()
        seconds_text = f"{time.monotonic() - begin:.1f} s"
        if on_terminal:
            print(f"\r\033[K  {part:<15} {text} … {outcome} {seconds_text}", file=sys.stderr)
        else:
            say(part, f"{outcome} {seconds_text}")


def run(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    timeout: float | None = None,
    log: Path | None = None,
) -> str:
    """Runs `command` and gives its output (stdout and stderr as one).

    With `log` the output also stays in that file. Raises SetupError with the last lines on failure.
    """
    words = [str(word) for word in command]
    shown = textwrap.shorten(" ".join(words), 100, placeholder=" …")
    try:
        done = subprocess.run(
            words,
            env=dict(environment) if environment is not None else None,
            cwd=directory,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except FileNotFoundError as error:
        raise SetupError(f"`{words[0]}` is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise SetupError(f"`{shown}` did not end within {timeout:.0f} s") from error
    text = done.stdout.decode(errors="replace")
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(text, encoding="utf-8")
    if done.returncode:
        tail = "\n".join(f"    {line}" for line in text.strip().splitlines()[-12:])
        where = f"\n  whole output: {log}" if log is not None else ""
        raise SetupError(f"`{shown}` exited with {done.returncode}:\n{tail}{where}")
    return text
