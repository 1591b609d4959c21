"""One shell that runs a page's commands in turn, as somebody who types them."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

SECONDS = 120.0


class GuideShell:
    """A bash that reads commands from a pipe, byte by byte: a bash started in it reads on there.

    So `unshare --mount bash` leads into a new namespace and `exit` out of it. (Other shells read
    ahead, and would swallow what is meant for the shell around them.)
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def run(self, command: str) -> tuple[int, str]:
        """The command's exit code and what it printed. TimeoutError: it did not end."""
        assert self._process.stdin is not None
        end = f"end-{secrets.token_hex(8)}"
        self._process.stdin.write(f"{command}\nprintf '\\n{end} %s\\n' $?\n".encode())
        self._process.stdin.flush()
        told = self._read_until(re.compile(rf"\n{end} (\d+)\n"))
        output, code, _ = re.split(rf"\n{end} (\d+)\n", told)
        return int(code), output

    def _read_until(self, end: re.Pattern[str]) -> str:
        assert self._process.stdout is not None
        told = b""
        limit = time.monotonic() + SECONDS
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while not end.search(text := told.decode(errors="replace")):
                if not selector.select(max(0.0, limit - time.monotonic())):
                    raise TimeoutError(f"no end within {SECONDS:.0f} s; so far: {text}")
                piece = os.read(self._process.stdout.fileno(), 65536)
                if not piece:
                    raise TimeoutError(f"the shell ended; it said: {text}")
                told += piece
        return text

    def close(self) -> None:
        """Ends the shell and all that it started and left behind."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
