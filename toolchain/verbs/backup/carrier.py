"""The one-shot container that reads or writes one volume, over Docker's attach; and who uses it.

It has the volume and nothing else: no network, a read-only root, no log, and of root's privileges
those that files of any owner need.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from toolchain.verbs.backup import inside
from toolchain.verbs.backup.wire import talk
from toolchain.verbs.errors import VerbError

LABEL = "docklab.carrier"
SILENCE_SECONDS = 600
_CAPABILITIES = {
    "look": ["DAC_READ_SEARCH"],
    "read": ["DAC_READ_SEARCH"],
    "write": ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "SETFCAP"],
}
_KEPT_COMPLAINT = 4000


class User(NamedTuple):
    """A container that mounts a volume. label: the stack it belongs to, "" for a stranger's."""

    id: str
    name: str
    state: str
    writes: bool
    stack: str
    created: int
    userns: str

    @property
    def is_up(self) -> bool:
        return self.state not in ("created", "exited", "dead")


class Done(NamedTuple):
    """How a carrier ended: its last line, and what it noted before."""

    facts: Mapping[str, Any]
    notes: tuple[Mapping[str, Any], ...]


def users(client: Any, volume: str) -> tuple[User, ...]:
    """Every container that mounts the volume, in the order in which they were made."""
    found = []
    for item in client.api.containers(all=True, filters={"volume": volume}):
        labels = item.get("Labels") or {}
        mounts = [m for m in item.get("Mounts") or [] if m.get("Name") == volume]
        if LABEL in labels or not mounts:
            continue
        details = client.api.inspect_container(item["Id"])
        found.append(
            User(
                item["Id"],
                item["Names"][0].lstrip("/"),
                str(item["State"]),
                any(mount.get("RW") for mount in mounts),
                labels.get("docklab.stack", ""),
                int(item["Created"]),
                str(details["HostConfig"].get("UsernsMode") or "private"),
            )
        )
    return tuple(sorted(found, key=lambda user: (user.created, user.name)))


def sweep(client: Any, stack: str) -> None:
    """Removes carriers that a killed run of this stack left; the caller is alone with it."""
    for item in client.api.containers(all=True, filters={"label": f"{LABEL}={stack}"}):
        _remove(client, item["Id"])


class Carrier:
    """Runs the program of inside.py for one volume of a stack, in an image with Python."""

    def __init__(self, client: Any, image: str, stack: str, volume: str, userns: str) -> None:
        self.client, self.image, self.stack = client, image, stack
        self.volume, self.userns = volume, userns

    def entries(self) -> int:
        """How many things are at the volume's top."""
        return int(self.run("look").facts["entries"])

    def run(
        self,
        verb: str,
        take: Callable[[bytes], None] | None = None,
        give: Iterator[bytes] | None = None,
    ) -> Done:
        """Runs it once: `take` gets what it prints, `give` is what it is fed.

        Raises VerbError with its complaint, when it does not end well.
        """
        with self._made(verb) as identity, self._attached(identity) as socket:
            self.client.api.start(identity)
            said = talk(socket, give, take, lambda: self._runs(identity), SILENCE_SECONDS)
            code = self.client.api.wait(identity, timeout=SILENCE_SECONDS)["StatusCode"]
        return ended(said, code, self.volume)

    def _runs(self, identity: str) -> bool:
        return bool(self.client.api.inspect_container(identity)["State"]["Running"])

    @contextlib.contextmanager
    def _made(self, verb: str) -> Iterator[str]:
        from docker.types import Mount

        reads = verb in ("look", "read")
        # no_copy: whatever the image has at that path stays out of the volume.
        mount = Mount(inside.ROOT, self.volume, type="volume", read_only=reads, no_copy=True)
        api = self.client.api
        settings = api.create_host_config(
            mounts=[mount],
            network_mode="none",
            cap_drop=["ALL"],
            cap_add=_CAPABILITIES["read" if reads else "write"],
            security_opt=["no-new-privileges"],
            read_only=True,
            userns_mode="host" if self.userns == "host" else None,
            log_config={"Type": "none", "Config": {}},
        )
        made = api.create_container(
            self.image,
            entrypoint=["python3", "-I", "-S", "-X", "utf8", "-c", _program(), verb],
            command=[],
            name=f"docklab-{self.stack}-carrier-{secrets.token_hex(3)}",
            user="0:0",
            stdin_open=True,
            labels={LABEL: self.stack},
            host_config=settings,
        )
        try:
            yield made["Id"]
        finally:
            _remove(self.client, made["Id"])

    @contextlib.contextmanager
    def _attached(self, identity: str) -> Iterator[Any]:
        what = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        socket = self.client.api.attach_socket(identity, params=what)
        under = getattr(socket, "_sock", socket)
        try:
            yield under
        finally:
            with contextlib.suppress(OSError):
                under.close()
            socket.close()


def _program() -> str:
    return Path(inside.__file__).read_text("utf-8")


def _remove(client: Any, identity: str) -> None:
    import docker.errors

    with contextlib.suppress(docker.errors.NotFound):
        client.api.remove_container(identity, force=True)


def ended(said: str, code: int, volume: str) -> Done:
    """What a carrier said, read. Raises VerbError unless it ended well and with its last line."""
    notes, rest = [], []
    for line in said.splitlines():
        try:
            notes.append(dict(json.loads(line)))
        except (ValueError, TypeError):
            rest.append(line)
    if code == 0 and notes and notes[-1].get("done"):
        return Done(notes[-1], tuple(notes[:-1]))
    why = "\n".join(rest)[-_KEPT_COMPLAINT:].strip() or f"it ended with status {code}"
    raise VerbError(f"the container that carries volume {volume} failed: {why}")
