"""A Docker engine as these tests use it: targets, and the verifier run as the lab runs it."""

from __future__ import annotations

import io
import json
import os
import secrets
import subprocess
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema

from verifier import archive
from verifier.judge import CHECK_IDS

ROOT = Path(__file__).parents[3]
IMAGE = os.environ.get("DOCKLAB_TEST_IMAGE", "python:3.11-slim-bookworm")
CAPABILITIES = ("SYS_PTRACE", "SYS_ADMIN", "SETUID", "SETGID")
PRIVATE = {"--ipc": "private", "--cgroupns": "private"}
DOUBTED = frozenset({"env.self", "env.drop", "baseline", "map", "net.self"})
"""Checks about the verifier and its footing: they can be in doubt, and say nothing of a leak."""
VALIDATOR = jsonschema.Draft202012Validator(
    json.loads((ROOT / "verifier" / "report_schema.json").read_text("utf-8"))
)


@dataclass(frozen=True)
class Run:
    """What one run of the verifier gave; `report` was checked against the schema."""

    code: int
    report: dict[str, Any]

    def ids(self, status: str) -> set[str]:
        """Ids of the required checks with this status."""
        return {
            row["id"]
            for row in self.report["checks"]
            if row["status"] == status and row["required"]
        }

    def failing(self, subject: str) -> set[str]:
        """Ids of the required checks that fail for one container."""
        return {
            row["id"]
            for row in self.report["checks"]
            if row["status"] == "fail" and row["required"] and row["subject"] == subject
        }

    def row(self, check_id: str, subject: str) -> dict[str, Any]:
        (found,) = [row for row in self.rows(check_id) if row["subject"] == subject]
        return found

    def rows(self, check_id: str) -> list[dict[str, Any]]:
        return [row for row in self.report["checks"] if row["id"] == check_id]

    def remedies(self) -> str:
        return "\n".join(row.get("remedy", "") for row in self.report["checks"])


RUNS: list[Run] = []
"""What was observed lately; see conftest."""


@dataclass
class Engine:
    """One engine by its DOCKER_HOST. Everything made here carries `prefix` and is removed."""

    host: str
    remapped: bool
    prefix: str = field(default_factory=lambda: f"nsv-{secrets.token_hex(4)}")
    made: list[str] = field(default_factory=list)

    def docker(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["docker", *arguments],
            env={**os.environ, "DOCKER_HOST": self.host},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert not check or done.returncode == 0, done.stderr
        return done

    def start(self, name: str, *, extra: Sequence[str] = (), **options: str) -> str:
        """Id of a running container `<prefix>-<name>`; options as `ipc="host"`, then `extra`."""
        chosen = {**PRIVATE, **{f"--{key.replace('_', '-')}": v for key, v in options.items()}}
        words = [*(word for pair in chosen.items() for word in pair), *extra]
        full = f"{self.prefix}-{name}"
        self.made.append(full)
        command = ("run", "-d", "--name", full, *words, IMAGE, "sleep", "600")
        done = self.docker(*command, check=False)
        if done.returncode:
            self.remove(name)
            raise AssertionError(done.stderr)
        return done.stdout.strip()

    def start_all(self, wanted: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """{name: id} of containers started side by side, each with its extra options."""
        with ThreadPoolExecutor(4) as pool:
            started = {
                name: pool.submit(self.start, name, extra=words) for name, words in wanted.items()
            }
        return {name: one.result() for name, one in started.items()}

    def container(self, name: str) -> str:
        """The engine's name of a container that `start` made, for container:<name> modes."""
        return f"container:{self.prefix}-{name}"

    def remove(self, *names: str) -> None:
        self.docker("rm", "-fv", *(f"{self.prefix}-{name}" for name in names), check=False)

    def clean(self) -> None:
        if self.made:
            self.docker("rm", "-fv", *self.made, check=False)

    def pid(self, name: str) -> int:
        done = self.docker("inspect", "-f", "{{.State.Pid}}", f"{self.prefix}-{name}")
        return int(done.stdout)

    def create_observer(
        self, spec: str, capabilities: Sequence[str], proc: bool, options: Sequence[str]
    ) -> str:
        """Name of a created observer container with the options the lab gives it."""
        name = f"{self.prefix}-observer-{secrets.token_hex(3)}"
        self.made.append(name)
        added = [word for one in capabilities for word in ("--cap-add", one)]
        self.docker(
            *("create", "--name", name, "--network", "none", "--cap-drop", "ALL", *added),
            *("--read-only", "--tmpfs", "/tmp", "--security-opt", "no-new-privileges"),
            *("--security-opt", "apparmor=unconfined", "--security-opt", "label=disable"),
            *(("-v", "/proc:/host/proc:ro") if proc else ()),
            *("-v", "/x", "-e", f"NSV_SPEC={spec}", *options),
            *(IMAGE, "python3", "/x/verifier.pyz"),
        )
        return name

    def observe(
        self,
        spec: Mapping[str, Any] | str,
        *,
        file: Path,
        capabilities: Sequence[str] = CAPABILITIES,
        proc: bool = True,
        options: Sequence[str] = ("--userns", "host"),
    ) -> Run:
        """Runs the archive `file` once as the lab's verification container does."""
        name = self.prepare(spec, file, capabilities, proc, options)
        done = self.docker("start", "-a", name, check=False)
        self.docker("rm", "-fv", name, check=False)
        return judged(done)

    def prepare(
        self,
        spec: Mapping[str, Any] | str,
        file: Path,
        capabilities: Sequence[str] = CAPABILITIES,
        proc: bool = True,
        options: Sequence[str] = ("--userns", "host"),
    ) -> str:
        """Name of an observer that has the archive and was not started yet."""
        text = spec if isinstance(spec, str) else json.dumps(spec)
        name = self.create_observer(text, capabilities, proc, options)
        self.docker("cp", str(file), f"{name}:/x/verifier.pyz")
        return name

    @contextmanager
    def observing(self, spec: Mapping[str, Any], file: Path) -> Iterator[Started]:
        """An observer at work, to do something meanwhile."""
        name = self.prepare(spec, file)
        self.docker("start", name)
        try:
            yield Started(self, name)
        finally:
            self.docker("rm", "-fv", name, check=False)


@dataclass(frozen=True)
class Started:
    """An observer at work."""

    engine: Engine
    name: str

    def pids(self) -> list[int]:
        """The first process of the observer and all below it, as this machine numbers them."""
        done = self.engine.docker("top", self.name, "-eo", "pid", check=False)
        return [int(word) for word in done.stdout.split()[1:]]

    def finish(self) -> Run:
        code = int(self.engine.docker("wait", self.name).stdout)
        done = self.engine.docker("logs", self.name)
        done.returncode = code
        return judged(done)


def judged(done: subprocess.CompletedProcess[str]) -> Run:
    """What a verifier that has ended gave, held to its promises."""
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    report = json.loads(done.stdout)
    VALIDATOR.validate(report)
    assert report["exit_code"] == done.returncode
    RUNS.append(Run(code=done.returncode, report=report))
    assert_known(RUNS[-1])
    return RUNS[-1]


def assert_known(run: Run) -> None:
    """A check that the verifier does not list is one that no test asks a mutant for."""
    given = {row["id"] for row in run.report["checks"]}
    assert given <= CHECK_IDS | {"spec", "verifier"}
    assert not run.ids("fail") & DOUBTED


def spec(containers: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """An NSV_SPEC about these containers, given as {name: id}."""
    listed = [{"name": name, "id": one} for name, one in containers.items()]
    return {"run_id": f"run-{secrets.token_hex(4)}", "containers": listed, **more}


def with_fault(fault: str, folder: Path) -> Path:
    """The archive with these statements run before everything else."""
    file = folder / "faulty.pyz"
    with (
        zipfile.ZipFile(io.BytesIO(archive.build())) as source,
        zipfile.ZipFile(file, "w") as copy,
    ):
        for name in source.namelist():
            text = source.read(name).decode()
            copy.writestr(name, fault + text if name == "__main__.py" else text)
    file.chmod(0o644)
    return file


def build_archive(folder: Path) -> Path:
    file = folder / "verifier.pyz"
    file.write_bytes(archive.build())
    file.chmod(0o644)
    return file
