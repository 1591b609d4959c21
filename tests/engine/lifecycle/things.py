"""The program on one engine, as these tests run it, and what of it is on that engine."""

from __future__ import annotations

import contextlib
import io
import json
import os
import secrets
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import jsonschema

from lifecycle.judge import LAYER, OUTLIVES
from lifecycle.question import Question
from lifecycle.scratch import STACK_LABEL

MIB = 1 << 20
ROOT = Path(__file__).parents[3]
IMAGE = os.environ.get("DOCKLAB_TEST_IMAGE", "python:3.11-slim-bookworm")
REPORT = json.loads((ROOT / "verifier" / "report_schema.json").read_text())
ROW = jsonschema.Draft202012Validator(REPORT["properties"]["checks"]["items"])


class Bench:
    """One engine, and a stack of these tests' own on it."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.stack = f"lc-{secrets.token_hex(4)}"
        self.api = docker.APIClient(base_url=host, timeout=60)

    def asked(self, image: str = IMAGE) -> Question:
        return Question(run_id="r1", image=image, stack=self.stack)

    def start(self, image: str = IMAGE, **variables: str) -> subprocess.Popen[str]:
        """The program, with this environment on top of ours."""
        spec = json.dumps({"run_id": "r1", "image": image, "stack": self.stack})
        return subprocess.Popen(
            [sys.executable, "-m", "lifecycle"],
            cwd=ROOT,
            env={**os.environ, "DOCKER_HOST": self.host, "LIFECYCLE_SPEC": spec, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, image: str = IMAGE, **variables: str) -> dict[str, dict[str, Any]]:
        """Its rows by id; the program must end well."""
        process = self.start(image, **variables)
        said, complaint = process.communicate(timeout=90)
        assert process.returncode == 0, complaint
        assert "Traceback" not in complaint
        assert said.count("\n") == 1
        answer = json.loads(said)
        assert answer["run_id"] == "r1"
        return by_id(answer["checks"])

    def scratch(self) -> tuple[list[str], list[str]]:
        """Containers and volumes of this stack on the engine."""
        chosen = {"label": [f"{STACK_LABEL}={self.stack}"]}
        containers = [one["Id"] for one in self.api.containers(all=True, filters=chosen)]
        listed = self.api.volumes(filters=chosen)["Volumes"] or []
        return containers, [one["Name"] for one in listed]

    def clean(self) -> None:
        containers, volumes = self.scratch()
        for container in containers:
            self.api.remove_container(container, force=True, v=True)
        for volume in volumes:
            self.api.remove_volume(volume, force=True)


def by_id(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    for row in found:
        ROW.validate(row)
        assert row["status"] == "pass" or row["remedy"]
    assert sorted(row["id"] for row in found) == [LAYER, OUTLIVES]
    return {row["id"]: row for row in found}


def folder(path: str) -> bytes:
    """A tar archive with one empty folder in it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo(path.lstrip("/"))
        entry.type, entry.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(entry)
    return buffer.getvalue()


def under_way(bench: Bench, process: subprocess.Popen[str]) -> None:
    """Until its first container is there."""
    deadline = time.monotonic() + 30
    while not bench.scratch()[0]:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)


@contextlib.contextmanager
def cut_off(host: str, after: Callable[[], bool]) -> Iterator[str]:
    """An address that leads to the engine until `after` holds, and to nothing from then on."""
    with tempfile.TemporaryDirectory() as place:
        path = f"{place}/docker.sock"
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen()

        def pass_on(source: socket.socket, target: socket.socket) -> None:
            with contextlib.suppress(OSError):
                while data := source.recv(1 << 16):
                    if after():
                        break
                    target.sendall(data)
            for end in (source, target):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

        def serve() -> None:
            with contextlib.suppress(OSError):
                while not after():
                    client, _ = server.accept()
                    engine = socket.socket(socket.AF_UNIX)
                    engine.connect(host.removeprefix("unix://"))
                    for pair in ((client, engine), (engine, client)):
                        threading.Thread(target=pass_on, args=pair, daemon=True).start()
            server.close()

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"unix://{path}"
        finally:
            server.close()
