"""A secret of the lab reaches its container, and no text, state file or command line."""

from __future__ import annotations

import contextlib
import secrets
import threading
from pathlib import Path

import pytest
from e2e.cloning import commit
from e2e.harness import PASSPHRASE, Lab, Run, Started

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


class Watch(threading.Thread):
    """Looks through every command line of the machine while it runs."""

    def __init__(self, *wanted: str) -> None:
        super().__init__(daemon=True)
        self._wanted = [one.encode() for one in wanted]
        self._over = threading.Event()
        self.seen: list[bytes] = []
        self.rounds = 0

    def run(self) -> None:
        while not self._over.wait(0.1):
            self.rounds += 1
            for file in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):
                    line = file.read_bytes()
                    if any(one in line for one in self._wanted):
                        self.seen.append(line)

    def end(self) -> None:
        self._over.set()
        self.join()


def test_a_secret_stays_out_of_every_text_state_and_command_line(lab: Lab) -> None:
    canary, passphrase, key = (f"canary-{secrets.token_hex(16)}" for _ in range(3))
    # Wherever a secret can be set: the configuration, the passphrase, the environment of a run.
    around = {PASSPHRASE: passphrase, "AWS_SECRET_ACCESS_KEY": key, "PULUMI_ACCESS_TOKEN": key}
    lab.write(lab.small(one={"secret_environment": {"TOKEN": "token"}}))
    watch = Watch(canary, passphrase, key)
    watch.start()
    # Not lab.pulumi(): this command is there to change the clone.
    script = 'eval "$("$0" -m toolchain env)"; exec pulumi config set --secret token --stack "$1"'
    python = str(lab.home / "venv" / "bin" / "python")
    # makes the stack, and says that the secret is missing
    assert lab.verb("preview", **around).code != 0
    keep = Started(
        ["sh", "-c", script, python, lab.stack], lab.root, lab.environment(**around), canary
    )
    kept = keep.end()
    assert kept.code == 0, kept.text
    commit(lab.root)
    runs = [kept, lab.verb("up", **around), lab.verb("verify", **around)]
    assert runs[1].code == 0, runs[1].text
    runs += [lab.verb("up", "--refresh", **around), lab.verb("report", **around)]
    runs += [lab.pulumi("stack", "export", "--stack", lab.stack, **around)]
    runs += _reviews(lab, python, around)
    watch.end()

    assert lab.things().shell("one", 'echo "$TOKEN"') == canary
    assert watch.rounds > 10
    assert watch.seen == []
    every = (canary, passphrase, key)
    assert not [run.text for run in runs if any(one in run.text for one in every)]
    kept_in = [lab.home / name for name in ("state", "stacks", "logs", "lab", "reports")]
    kept_in += [lab.root / "stacks", lab.root / "review"]
    files = [file for folder in kept_in for file in folder.rglob("*")]
    texts = {str(file): file.read_bytes() for file in files if file.is_file()}
    assert any(f"review/stacks/{lab.stack}/resources.yaml" in name for name in texts)
    assert any(f"reports/{lab.stack}/" in name for name in texts)
    assert any(f"/{lab.stack}.json" in name for name in texts)
    for one in every:
        assert not [name for name, text in texts.items() if one.encode() in text]
    assert lab.verb("down", **around).code == 0


def _reviews(lab: Lab, python: str, around: dict[str, str]) -> list[Run]:
    """The offline review of the stack and of a change of it, and the policy pack."""

    def review(*words: str) -> Run:
        argv = [python, "-m", "review", *words]
        return Started(argv, lab.root, lab.environment(**around), "").end()

    written = review("write")
    assert written.code == 0, written.text
    commit(lab.root)
    text = lab.stack_file().read_text()
    lab.write_text(text.replace("TOKEN: token", "OTHER: token"))
    page = review("diff", "--base", "HEAD~1")
    assert "OTHER=" in page.text
    lab.write_text(text)
    return [written, review("check"), page, review("graph", "--stack", lab.stack, "--mermaid")]
