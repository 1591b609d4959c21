"""A secret of the lab reaches its container, and no text, state file or command line."""

from __future__ import annotations

import contextlib
import secrets
import threading
from pathlib import Path

import pytest
from e2e.cloning import commit
from e2e.harness import Lab

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


class Watch(threading.Thread):
    """Looks through every command line of the machine while it runs."""

    def __init__(self, wanted: str) -> None:
        super().__init__(daemon=True)
        self._wanted = wanted.encode()
        self._over = threading.Event()
        self.seen: list[bytes] = []
        self.rounds = 0

    def run(self) -> None:
        while not self._over.wait(0.1):
            self.rounds += 1
            for file in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):
                    line = file.read_bytes()
                    if self._wanted in line:
                        self.seen.append(line)

    def end(self) -> None:
        self._over.set()
        self.join()


def test_a_secret_stays_out_of_outputs_state_and_command_lines(lab: Lab) -> None:
    canary = f"canary-{secrets.token_hex(16)}"
    lab.write(lab.small(one={"secret_environment": {"TOKEN": "token"}}))
    watch = Watch(canary)
    watch.start()
    # Not lab.pulumi(): this command is there to change the clone.
    script = 'eval "$("$0" -m toolchain env)"; exec pulumi config set --secret token --stack "$1"'
    python = str(lab.home / "venv" / "bin" / "python")
    assert lab.verb("preview").code != 0  # makes the stack, and says that the secret is missing
    kept = lab.start(["sh", "-c", script, python, lab.stack], given=canary).end()
    assert kept.code == 0, kept.text
    commit(lab.root)
    runs = [kept, lab.up(), lab.verb("verify"), lab.up("--refresh")]
    runs += [lab.pulumi("stack", "export", "--stack", lab.stack)]
    watch.end()

    assert lab.things().shell("one", 'echo "$TOKEN"') == canary
    assert watch.rounds > 10
    assert watch.seen == []
    assert not [run.text for run in runs if canary in run.text]
    kept_in = [lab.home / name for name in ("state", "stacks", "logs", "lab")]
    files = [file for folder in (*kept_in, lab.root / "stacks") for file in folder.rglob("*")]
    texts = {str(file): file.read_bytes() for file in files if file.is_file()}
    assert any(lab.stack in name for name in texts)
    assert not [name for name, text in texts.items() if canary.encode() in text]
