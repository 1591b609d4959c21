"""One stack with inline programs, driven through the real CLI, and what each operation did.

It knows no plugin and no resource type. Every run has a folder of its own for state and project.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2_grpc

Program = Callable[[], None]
During = Callable[[subprocess.Popen[str]], None] | None
PROJECT = "conformance"


@dataclass(frozen=True)
class Step:
    """One step of the engine on one resource."""

    operation: str
    name: str
    diffs: tuple[str, ...]


@dataclass
class Outcome:
    """What one operation did: its steps in order, the stack's outputs, all text that it printed."""

    steps: list[Step] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    text: str = ""

    def of(self, name: str) -> list[str]:
        """The operations on the resource of that logical name, in order."""
        return [step.operation for step in self.steps if step.name == name]

    def diffs(self, name: str) -> set[str]:
        """The properties that differed on the resource of that logical name."""
        return {diff for step in self.steps if step.name == name for diff in step.diffs}

    def changed(self) -> list[Step]:
        """The steps that were not `same`, `refresh` or `read`; the stack itself left out."""
        quiet = ("same", "refresh", "read")
        return [
            step
            for step in self.steps
            if step.operation not in quiet and not step.name.startswith(f"{PROJECT}-")
        ]


class Stack:
    """A stack whose program can be exchanged between operations; `home` is a PULUMI_HOME."""

    def __init__(self, folder: Path, home: str | None) -> None:
        self.tag = secrets.token_hex(4)
        self._name = f"s{self.tag}"
        self._folder = folder
        self._state = folder / "state"
        self._state.mkdir()
        (folder / "Pulumi.yaml").write_text(f"name: {PROJECT}\nruntime: python\n")
        self._environment = {
            **os.environ,
            "PULUMI_BACKEND_URL": f"file://{self._state}",
            "PULUMI_CONFIG_PASSPHRASE": "conformance",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            # Without it the CLI writes no event log.
            "PULUMI_DEBUG_COMMANDS": "true",
            **({"PULUMI_HOME": home} if home else {}),
        }
        self._environment.pop("PULUMI_CONFIG_PASSPHRASE_FILE", None)
        self._cli(["stack", "init"], Outcome())

    def name(self, key: str) -> str:
        """A name on the engine that no other run has."""
        return f"conf-{self.tag}-{key}"

    def up(self, program: Program, *flags: str, during: During = None) -> Outcome:
        """`pulumi up` without its preview; that is an operation of its own here."""
        return self._run(["up", "--yes", "--skip-preview", *flags], program, during)

    def preview(self, program: Program, *flags: str) -> Outcome:
        """`pulumi preview`."""
        return self._run(["preview", *flags], program)

    def refresh(self, *flags: str) -> Outcome:
        """`pulumi refresh`."""
        return self._run(["refresh", "--yes", "--skip-preview", *flags])

    def destroy(self, *flags: str) -> Outcome:
        """`pulumi destroy`."""
        return self._run(["destroy", "--yes", "--skip-preview", *flags])

    def holds_anything(self) -> bool:
        """Whether the state still has resources."""
        return '"urn"' in self.stored_text()

    def forget_lock(self) -> None:
        """Forget the lock that an ended process left."""
        self._cli(["cancel", "--yes"], Outcome())

    def stored_text(self) -> str:
        """The state as it lies on the disk."""
        file = self._state / ".pulumi" / "stacks" / PROJECT / f"{self._name}.json"
        return file.read_text() if file.exists() else "{}"

    def stored(self, name: str) -> dict[str, Any] | None:
        """The stored resource of that logical name; secrets stay encrypted."""
        latest = (json.loads(self.stored_text()).get("checkpoint") or {}).get("latest") or {}
        resources = latest.get("resources") or []
        return next((one for one in resources if one["urn"].endswith(f"::{name}")), None)

    def outputs(self, name: str) -> dict[str, Any]:
        """The stored outputs of that resource."""
        found = self.stored(name)
        assert found is not None, f"{name} is not in the state"
        return found.get("outputs") or {}

    def _run(
        self, arguments: list[str], program: Program | None = None, during: During = None
    ) -> Outcome:
        outcome = Outcome()
        events = self._folder / f"events-{secrets.token_hex(4)}"
        server = None
        try:
            if program is not None:
                server, address = _serve(program)
                arguments = [*arguments, f"--client={address}", "--exec-kind=auto.inline"]
            self._cli([*arguments, "--event-log", str(events)], outcome, during)
        finally:
            if server is not None:
                _end(server)
            if events.exists():
                lines = events.read_text().splitlines()
                outcome.steps.extend(step for line in lines for step in _steps(json.loads(line)))
        stack = self.stored(f"{PROJECT}-{self._name}")
        outcome.outputs = (stack or {}).get("outputs") or {}
        return outcome

    def _cli(self, arguments: list[str], outcome: Outcome, during: During = None) -> None:
        process = subprocess.Popen(
            ["pulumi", "--non-interactive", "--stack", self._name, *arguments],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if during is not None:
            during(process)
        outcome.text, _ = process.communicate()
        if process.returncode:
            raise Failed(outcome)


def _serve(program: Program) -> tuple[int, str]:
    """A language host for this function, in a process of its own; the CLI starts no other.

    A program that fails half-way leaves tasks and threads behind: they end with that process.
    """
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            _host(program, writing)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        port = pipe.readline().strip()
    return process, f"127.0.0.1:{port}"


def _host(program: Program, writing: int) -> None:
    server = grpc.server(ThreadPoolExecutor(max_workers=4))
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageServer(program), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with os.fdopen(writing, "w") as pipe:
        pipe.write(f"{port}\n")
    server.wait_for_termination()


def _end(process: int) -> None:
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def _steps(event: dict[str, Any]) -> Iterator[Step]:
    metadata = event.get("resourcePreEvent", {}).get("metadata")
    if metadata:
        yield Step(
            operation=metadata["op"],
            name=metadata["urn"].rsplit("::", 1)[-1],
            diffs=tuple(metadata.get("diffs") or ()),
        )


class Failed(Exception):
    """An operation that failed: what it did until then, and all that it printed."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.text)
        self.outcome = outcome
        self.text = outcome.text
