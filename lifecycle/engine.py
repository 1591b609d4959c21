"""The Docker engine as the trial uses it. Decides nothing; what fails is a Problem in words."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import docker
import docker.errors
import docker.types
import requests.exceptions

from lifecycle import inside
from lifecycle.observed import CALM, Problem
from lifecycle.scratch import SCRATCH_LABEL, STACK_LABEL

ANSWER_SECONDS = 20
_MEMORY = 64 << 20
_PROGRAM = ("python3", "-I", "-B", "-c", Path(inside.__file__).read_text(encoding="utf-8"))
_NO_PYTHON = (
    "the lab's verification runs python3 in the lab's image: let lab.verification.image name one "
    "that has it"
)


class Engine:
    """Everything made here carries the labels; `mount` says where the volume is."""

    def __init__(
        self, host: str, image: str, labels: Mapping[str, str], ssh_options: Sequence[str] = ()
    ) -> None:
        self.image, self.labels = image, dict(labels)
        with _told(f"reaching the engine at {host}"):
            self._api: Any = _client(host, ssh_options)

    def create_volume(self, name: str) -> None:
        with _told("making a volume"):
            self._api.create_volume(name=name, driver="local", labels=self.labels)

    def mount(self, volume: str, read_only: bool) -> docker.types.Mount | None:
        return docker.types.Mount(inside.VOLUME, volume, type="volume", read_only=read_only)

    def create(self, name: str, step: str, volume: str, *, read_only: bool = False) -> str:
        """Id of a new container, confined as the lab's are, but with a layer to write to."""
        mount = self.mount(volume, read_only)
        with _told("making a container"):
            config = self._api.create_host_config(
                mounts=[mount] if mount else [],
                network_mode="none",
                ipc_mode="private",
                cap_drop=["ALL"],
                security_opt=["no-new-privileges:true"],
                mem_limit=_MEMORY,
                memswap_limit=_MEMORY,
                pids_limit=64,
            )
            made = self._api.create_container(
                self.image,
                name=name,
                entrypoint=[*_PROGRAM, step],
                command=[],
                user="0:0",
                host_config=config,
                network_disabled=True,
                labels=self.labels,
            )
        return str(made["Id"])

    def start(self, container: str) -> None:
        with _told("starting a container"):
            self._api.start(container)

    def driver(self, container: str) -> str:
        with _told("inspecting a container"):
            return str(self._api.inspect_container(container).get("Driver", "unknown"))

    def layer_bytes(self, container: str) -> int | None:
        """What the container's own writable layer holds, or None where the engine cannot tell. The
        engine leaves a 0 out.
        """
        with _told("reading the size of a container's layer"):
            found = self._api.containers(all=True, size=True, filters={"id": [container]})
        sizes = [int(item.get("SizeRw") or 0) for item in found]
        return sizes[0] if len(sizes) == 1 and sizes[0] >= 0 else None

    def ask(self, container: str, step: str) -> dict[str, Any]:
        """A step in a running container, and what it says."""
        with _told(f"the step {step!r} in a container"):
            identity = self._api.exec_create(container, [*_PROGRAM, step], user="0:0")["Id"]
            said, complaint = self._api.exec_start(identity, demux=True)
            code = self._api.exec_inspect(identity)["ExitCode"]
        return _answer(step, code, said, complaint)

    def outcome(self, container: str, step: str) -> dict[str, Any]:
        """What a container whose first process is a step says, once it has ended."""
        with _told(f"the step {step!r} of a container"):
            code = self._api.wait(container)["StatusCode"]
            said = self._api.logs(container, stdout=True, stderr=False)
            complaint = self._api.logs(container, stdout=False, stderr=True)
        return _answer(step, code, said, complaint)

    def remove(self, container: str) -> None:
        """By id or name, running or not; what is already gone is no problem."""
        with _told("removing a container"), contextlib.suppress(docker.errors.NotFound):
            self._api.remove_container(container, force=True, v=True)

    def remove_volume(self, name: str) -> None:
        with _told("removing a volume"), contextlib.suppress(docker.errors.NotFound):
            self._api.remove_volume(name, force=True)

    def is_gone(self, container: str) -> bool:
        """Whether the engine has neither that container nor one with its id in its list."""
        with _told("asking for a removed container"):
            try:
                self._api.inspect_container(container)
            except docker.errors.NotFound:
                listed = self._api.containers(all=True, filters={"id": [container]})
                return not listed
        return False

    def scratch(self) -> tuple[dict[str, str], dict[str, str]]:
        """Ids of this stack's scratch containers and names of its volumes, each with its owner."""
        chosen = {"label": [f"{STACK_LABEL}={self.labels[STACK_LABEL]}", SCRATCH_LABEL]}
        with _told("listing what earlier runs left"):
            containers = self._api.containers(all=True, filters=chosen)
            volumes = self._api.volumes(filters=chosen)["Volumes"] or []
        return (
            {item["Id"]: item["Labels"][SCRATCH_LABEL] for item in containers},
            {item["Name"]: item["Labels"][SCRATCH_LABEL] for item in volumes},
        )


def _client(host: str, ssh_options: Sequence[str]) -> docker.APIClient:
    """Over ssh by the machine's own ssh: the SDK's way needs a client library beside it."""
    if host.startswith("ssh://"):
        from toolchain.standin.docker.ssh import SshClient

        return SshClient(host, ssh_options, timeout=ANSWER_SECONDS)
    return docker.APIClient(base_url=host, timeout=ANSWER_SECONDS)


def _answer(step: str, code: int, said: bytes | None, complaint: bytes | None) -> dict[str, Any]:
    try:
        value = json.loads((said or b"").decode(errors="replace"))
    except ValueError:
        value = None
    if code == 0 and isinstance(value, dict):
        return value
    words = ((complaint or b"") or (said or b"")).decode(errors="replace").strip().splitlines()
    last = words[-1][:200] if words else "nothing"
    missing = code in (126, 127) or "executable file not found" in last
    remedy = _NO_PYTHON if missing else "see what the image's python3 says of it, and verify again"
    raise Problem(f"the step {step!r} ended with {code} and said: {last}", remedy)


@contextlib.contextmanager
def _told(doing: str) -> Iterator[None]:
    """Turns what the SDK raises into a Problem."""
    try:
        yield
    except docker.errors.ImageNotFound as error:
        raise Problem(
            f"{doing}: {error.explanation}",
            "the image is gone from the engine: run `pulumi up --refresh`, which gets it again",
        ) from error
    except docker.errors.APIError as error:
        said = str(error.explanation or error)
        remedy = _NO_PYTHON if "executable file not found" in said else CALM
        raise Problem(f"{doing}: {said[:300]}", remedy) from error
    except (docker.errors.DockerException, requests.exceptions.RequestException, OSError) as error:
        raise Problem(f"{doing}: {str(error)[:300]}") from error
