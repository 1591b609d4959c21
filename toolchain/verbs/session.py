"""One verb's run: whose stack, in which environment, against which backend; how Pulumi is started
for it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolchain.paths import Paths
from toolchain.verbs import backend as backends
from toolchain.verbs import process
from toolchain.verbs.backend import FileBackend
from toolchain.verbs.errors import VerbError
from toolchain.verbs.trouble import errors_in

PROJECT = "docklab"
STACK_FOLDER = "stacks"


@dataclass(frozen=True, kw_only=True)
class Session:
    """env: the whole environment of every Pulumi run. backend: None when it is not a file://
    one."""

    paths: Paths
    env: Mapping[str, str]
    stack: str
    backend: FileBackend | None

    @property
    def checkpoint_file(self) -> Path | None:
        return Path(self.backend.checkpoint_path(PROJECT, self.stack)) if self.backend else None

    @property
    def docker_host(self) -> str:
        return self.env.get("DOCKER_HOST") or "unix:///var/run/docker.sock"

    def pulumi(self, *arguments: str) -> process.Outcome:
        """Runs an operation of Pulumi's in the clone's folder with the user's terminal."""
        with tempfile.TemporaryDirectory(prefix="events-", dir=self.paths.home) as folder:
            # What goes to the terminal cannot be read as well; the flag is known in this mode only.
            events = Path(folder) / "events"
            outcome = process.run_live(
                ["pulumi", *arguments, f"--event-log={events}"],
                {**self.env, "PULUMI_DEBUG_COMMANDS": "true"},
                str(self.paths.root),
            )
            if outcome.code == 0 or not events.exists():
                return outcome
            text = events.read_text(encoding="utf-8", errors="replace")
            return outcome._replace(errors=errors_in(text))

    def ask_pulumi(self, *arguments: str, given: str | None = None) -> tuple[int, str, str]:
        """Runs Pulumi unseen: its exit status, standard output and standard error."""
        command = ["pulumi", "--non-interactive", "--color=never", *arguments]
        done = process.run_quiet(command, self.env, str(self.paths.root), given)
        return done.returncode, done.stdout, done.stderr

    def deployment(self) -> dict[str, Any] | None:
        """The stack's last checkpoint; None when the stack does not exist.

        Raises VerbError when it cannot be read (a corrupt one is repaired before, in repair.py).
        """
        if self.backend:
            try:
                return backends.read_checkpoint(str(self.checkpoint_file))
            except backends.CorruptCheckpoint as error:
                if not error.path.endswith(".zst"):
                    raise VerbError(
                        f"the state file {error.path} cannot be read: {error.reason}"
                    ) from error
        return self._exported()

    def _exported(self) -> dict[str, Any] | None:
        code, text, complaint = self.ask_pulumi("stack", "export", "--stack", self.stack)
        if code != 0:
            if "no stack named" in complaint:
                return None
            raise VerbError(
                f"`pulumi stack export --stack {self.stack}` failed: {complaint.strip()}"
            )
        found = json.loads(text).get("deployment")
        return found if isinstance(found, dict) else {}


def stack_files(root: Path) -> tuple[str, ...]:
    """Names of the stacks that have a file in stacks/, sorted."""
    files = (root / STACK_FOLDER).glob("Pulumi.*.yaml")
    return tuple(sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in files))


def open_session(paths: Paths, stack: str) -> Session:
    """The session of a stack; a user's own settings win over the clone's.

    Raises VerbError when the CLI is not there yet.
    """
    from toolchain.setup.environment import environment

    env = {**os.environ, **environment(paths)}
    located = backends.locate(
        env.get("PULUMI_BACKEND_URL"), str(paths.root), os.path.expanduser("~")
    )
    return Session(paths=paths, env=env, stack=stack, backend=located)


def require_stack_file(paths: Paths, stack: str) -> None:
    """Raises VerbError, naming the stacks that there are, when the stack has no file."""
    known = stack_files(paths.root)
    if stack not in known:
        there_are = ", ".join(known) or "none"
        raise VerbError(
            f"there is no stack {stack!r}: {STACK_FOLDER}/Pulumi.{stack}.yaml does not exist."
            f" Stacks with a file: {there_are}. Choose one with STACK=name, or write that file."
        )
