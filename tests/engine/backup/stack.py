"""A stack as `backup` and `restore` see it: volumes on a real engine, named by a state file."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import docker
from docker.errors import NotFound
from docker.types import Mount

from toolchain.paths import Paths
from toolchain.verbs.backend import FileBackend
from toolchain.verbs.backup import backing_up, restoring
from toolchain.verbs.errors import VerbError
from toolchain.verbs.session import Session

IMAGE = os.environ.get("DOCKLAB_TEST_IMAGE", "python:3.11-slim-bookworm")
_TYPES = "docklab:storage:DataVolume$docker:index/volume:Volume"


VERBS = {"backup": backing_up.backup, "restore": restoring.restore}
ROOT = Path(__file__).parents[3]


def session_of(folder: Path, name: str, docker_host: str) -> Session:
    return Session(
        paths=Paths(root=folder, home=folder / ".docklab"),
        env={"DOCKER_HOST": docker_host},
        stack=name,
        backend=FileBackend(str(folder / "state")),
    )


class Stack:
    """Volumes by key. All that is made here goes with `remove`."""

    def __init__(self, folder: Path, docker_host: str, *keys: str) -> None:
        self.folder = folder
        self.name = f"bk-{secrets.token_hex(4)}"
        self.client: Any = docker.DockerClient(base_url=docker_host, timeout=120)
        self.volumes = {key: self.client.volumes.create(f"{self.name}-{key}").name for key in keys}
        self.docker_host = docker_host
        self.session = session_of(folder, self.name, docker_host)
        self.session.paths.home.mkdir(exist_ok=True)
        self._write_state(docker_host)

    def _write_state(self, docker_host: str) -> None:
        urn = f"urn:pulumi:{self.name}::docklab"
        volumes = [
            {"urn": f"{urn}::{_TYPES}::{key}-volume", "id": name, "custom": True}
            | {"type": "docker:index/volume:Volume"}
            for key, name in self.volumes.items()
        ]
        provider = {"type": "pulumi:providers:docker", "inputs": {"host": docker_host}}
        container = {"type": "docker:index/container:Container", "outputs": {"image": IMAGE}}
        latest = {"resources": [provider, container, *volumes]}
        path = self.session.checkpoint_file
        assert path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"checkpoint": {"latest": latest}}))

    def backup(self, *arguments: str, to: str = "out") -> Path:
        """The folder with the stack's manifest, after a backup that must end well."""
        folder = self.folder / to
        assert backing_up.backup(self.session, ["--to", str(folder), *arguments]) == 0
        return folder / self.name

    def restore(self, *arguments: str, source: str = "out") -> None:
        arguments = ("--from", str(self.folder / source), *arguments)
        assert restoring.restore(self.session, arguments) == 0

    def begin(self, verb: str, *arguments: str) -> subprocess.Popen[str]:
        """A verb in a process of its own, in the stack's folder."""
        return subprocess.Popen(
            [sys.executable, "-m", "engine.backup.stack", *self._place(), verb, *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _place(self) -> tuple[str, str]:
        return self.name, self.docker_host

    def peak(self, verb: str, *arguments: str) -> int:
        """KiB of memory that a verb needs, which must end well."""
        process = self.begin(verb, *arguments)
        out, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
        return int(out)

    def run(self, key: str, script: str) -> str:
        """What a Python script says that has the volume at /v, as root of a container."""
        said: bytes = self.client.containers.run(
            IMAGE,
            ["python3", "-X", "utf8", "-c", script],
            mounts=[Mount("/v", self.volumes[key], type="volume")],
            remove=True,
        )
        return said.decode("utf-8", "surrogateescape")

    def start(
        self, key: str, name: str, command: str = "import time; time.sleep(600)", **more: Any
    ) -> Any:
        """A container that has the volume at /v, and belongs to the stack unless told otherwise."""
        labels = more.pop("labels", {"docklab.stack": self.name})
        mount = Mount("/v", self.volumes[key], type="volume", read_only=more.pop("ro", False))
        return self.client.containers.run(
            IMAGE,
            ["python3", "-c", command],
            name=f"{self.name}-{name}",
            labels=labels,
            mounts=[mount],
            detach=True,
            init=True,
            **more,
        )

    def carriers(self) -> list[str]:
        found = self.client.api.containers(
            all=True, filters={"label": f"docklab.carrier={self.name}"}
        )
        return [item["Id"] for item in found]

    def remove(self) -> None:
        for item in self.client.api.containers(all=True):
            if any(name.lstrip("/").startswith(self.name) for name in item["Names"]):
                self.client.api.remove_container(item["Id"], force=True, v=True)
        for identity in self.carriers():
            self.client.api.remove_container(identity, force=True)
        for name in self.volumes.values():
            with contextlib.suppress(NotFound):
                self.client.api.remove_volume(name, force=True)
        self.client.close()


if __name__ == "__main__":
    session = session_of(Path.cwd(), sys.argv[1], sys.argv[2])
    try:
        code = VERBS[sys.argv[3]](session, sys.argv[4:])
    except VerbError as error:
        print(error, file=sys.stderr)
        code = error.code
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    sys.exit(code)
