"""A lab in a clone of this tree, driven by the real verbs, CLI and engine; undone afterwards.

After every verb the clone must be as git has it.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from e2e.cloning import commit, copy_tree, furnish, run_git
from e2e.things import OnEngine

from toolchain.paths import paths

SECONDS = 180
PASSPHRASE = "PULUMI_CONFIG_PASSPHRASE"
_OF_THE_CLONE = ("setup", "clean", "stacks", "doctor", "env")
_OURS = ("MAKE", "MFLAGS", "PULUMI_", "DOCKLAB_", "DOCKER_", "PYTEST_", "VIRTUAL_ENV", "PYTHONPATH")


@dataclass(frozen=True)
class Run:
    """What a command ended with; text: standard output and error as they came."""

    code: int
    text: str

    def said(self, *words: str) -> bool:
        """Whether the text holds all of these, wherever lines were broken."""
        flat = " ".join(self.text.split())
        return all(word in flat for word in words)

    @property
    def isolated(self) -> frozenset[str]:
        """The namespaces that the verdict claims; none without a verdict of isolated."""
        found = re.search(r"(?m)^ +isolated: (.+) of \d+ containers?,", self.text)
        names = re.findall("[A-Z]+", found.group(1)) if found and self.code == 0 else []
        return frozenset(names)


class Lab:
    """One clone and one stack of it; docker_host None: a private engine of its own."""

    def __init__(self, folder: Path, docker_host: str | None) -> None:
        self.tag = secrets.token_hex(3)
        self.stack = f"e2e-{self.tag}"
        self.volume = f"data{self.tag}"
        self.subnet = f"10.{secrets.choice(range(96, 224))}.{secrets.choice(range(256))}.0/28"
        self.root = folder / "clone"
        self.home = self.root / ".docklab"
        self.docker_host = docker_host
        self.command: list[str] = []
        copy_tree(self.root)
        furnish(self.home, paths())

    def things(self, stack: str | None = None) -> OnEngine:
        """What the engine has of a stack."""
        assert self.docker_host
        return OnEngine(self.docker_host, stack or self.stack, self.volume)

    def small(self, **containers: Mapping[str, Any]) -> dict[str, Any]:
        """A lab of one network, one volume, and containers `one` (writes it) and `two` (reads)."""
        mount = {"volume": self.volume, "target": "/data"}
        base = {
            "image": "base",
            "command": sleeping(),
            "memory": "32MiB",
            "networks": {"front": {}},
        }
        made: dict[str, Any] = {
            "one": {**base, "volumes": [{**mount, "mode": "rw"}]},
            "two": {**base, "volumes": [mount]},
        }
        for key, changes in containers.items():
            made[key] = {**made.get(key, base), **changes}
        return {
            "host": {"kind": "local"},
            "images": {"base": {"name": "python:3.11-slim-bookworm"}},
            "networks": {"front": {"subnet": self.subnet}},
            "volumes": {self.volume: {}},
            "containers": made,
        }

    def write(self, lab: Mapping[str, Any], stack: str | None = None, **config: str) -> None:
        """Makes the stack file, as part of the clone."""
        settings = {"docklab:lab": lab, **{f"docklab:{key}": v for key, v in config.items()}}
        self.write_text(yaml.safe_dump({"config": settings}, sort_keys=False), stack)

    def write_text(self, text: str, stack: str | None = None) -> None:
        """The same, from a stack file's whole text."""
        self.stack_file(stack).write_text(text)
        commit(self.root)

    def stack_file(self, stack: str | None = None) -> Path:
        return self.root / "stacks" / f"Pulumi.{stack or self.stack}.yaml"

    def environment(self, **more: str) -> dict[str, str]:
        """A user's, with the engine of this clone."""
        host = {"DOCKER_HOST": self.docker_host} if self.docker_host else {}
        return {**users_environment(), **host, "PYTHONDONTWRITEBYTECODE": "1", **more}

    def verb(self, verb: str, *extra: str, stack: str | None = None, **more: str) -> Run:
        """`make VERB STACK=…` without setup before it; git must find the clone unchanged."""
        return self.run(self.argv(verb, stack, *extra), **more)

    def argv(self, verb: str, stack: str | None = None, *extra: str) -> list[str]:
        python = str(self.home / "venv" / "bin" / "python")
        chosen = [] if verb in _OF_THE_CLONE else ["--stack", stack or self.stack]
        return [*self.command, python, "-m", "toolchain", verb, *chosen, *extra]

    def pulumi(self, *arguments: str, given: str = "", **more: str) -> Run:
        """Plain Pulumi, after `eval "$(make env)"`."""
        python = str(self.home / "venv" / "bin" / "python")
        script = 'eval "$("$0" -m toolchain env)"; exec pulumi --non-interactive "$@"'
        return self.run(["sh", "-c", script, python, *arguments], given=given, **more)

    def run(self, argv: list[str], given: str = "", **more: str) -> Run:
        """Runs a command in the clone to its end."""
        started = self.start(argv, given=given, **more)
        run = started.end()
        assert self.changes() == "", f"{argv} left changes in the clone"
        return run

    def start(self, argv: list[str], given: str = "", **more: str) -> Started:
        """Starts a command in the clone, as the leader of a process group."""
        return Started(argv, self.root, self.environment(**more), given)

    def changes(self) -> str:
        return run_git(self.root, "status", "--porcelain")

    def up(self, *extra: str, stack: str | None = None) -> Run:
        """`up`, which must end isolated."""
        run = self.verb("up", *extra, stack=stack)
        assert run.isolated >= {"MNT", "IPC", "UTS", "PID", "NET"}, run.text
        return run

    def deployment(self, stack: str | None = None) -> dict[str, Any]:
        """What the state has; {} before the first checkpoint."""
        try:
            found = json.loads(self.state_file(stack).read_text())
        except (OSError, ValueError):
            return {}
        return found["checkpoint"].get("latest") or {}

    def state_file(self, stack: str | None = None) -> Path:
        folder = self.home / "state" / ".pulumi" / "stacks" / "docklab"
        return folder / f"{stack or self.stack}.json"

    def wait_for(self, started: Started, kind: str) -> None:
        """Until the creation of a resource of that kind is on record, or even over."""
        while not any(kind in urn for urn in self._created()):
            assert started.running, f"it ended without creating {kind}: {started.end().text}"
            time.sleep(0.005)

    def _created(self) -> list[str]:
        found = self.deployment()
        pending = [one["resource"] for one in found.get("pending_operations") or []]
        return [one["urn"] for one in [*pending, *(found.get("resources") or [])]]

    def sweep(self) -> None:
        """Takes the lab away, and what `down` would leave by a fault of its own."""
        if not (self.home / "venv").exists():
            return
        stacks = [file.name.split(".")[1] for file in (self.root / "stacks").glob("Pulumi.e2e-*")]
        for stack in stacks:
            self.start(self.argv("down", stack)).end()
            if self.docker_host:
                self.things(stack).remove()


NewLab = Callable[[str | None], Lab]


class Started:
    """A command under way. Its output goes to a file: what outlives it cannot hold us up."""

    def __init__(self, argv: list[str], cwd: Path, env: Mapping[str, str], given: str) -> None:
        self._output = cwd.parent / f"output-{secrets.token_hex(4)}"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                argv,
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        assert self.process.stdin is not None
        self.process.stdin.write(given.encode())
        self.process.stdin.close()

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def end(self, seconds: float = SECONDS) -> Run:
        """Waits for its end; one that hangs is killed, and the test fails."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise
        text = self._output.read_text(errors="replace")
        return Run(code, text)


def sleeping(note: str = "") -> list[str]:
    """A command that sleeps and stops at once; another note makes it another command."""
    return ["sh", "-c", f"trap 'exit 0' TERM INT; : {note}; sleep 3600 & wait $!"]


def users_environment() -> dict[str, str]:
    """What a user has: nothing of the run that the tests are in."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_OURS)}
    own = str(paths().bin)
    folders = kept["PATH"].split(os.pathsep)
    kept["PATH"] = os.pathsep.join(folder for folder in folders if folder != own)
    return kept
