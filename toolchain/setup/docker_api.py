"""The few Docker Engine calls that setup makes before any package is there. Standard library only.

Everything else uses PyPI's `docker`.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import os
import socket
import subprocess
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO


class EngineError(Exception):
    """The engine does not answer, or says no. The text holds its own words."""


class _Connection(http.client.HTTPConnection):
    def __init__(self, docker_host: str, timeout: float | None) -> None:
        super().__init__("docker", timeout=timeout)
        self._url = urllib.parse.urlsplit(docker_host)
        self._helper: subprocess.Popen[bytes] | None = None

    def connect(self) -> None:
        if self._url.scheme == "unix":
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(self.timeout)
            self.sock.connect(urllib.parse.unquote(self._url.path))
        elif self._url.scheme in ("tcp", "http"):
            address = (self._url.hostname or "127.0.0.1", self._url.port or 2375)
            self.sock = socket.create_connection(address, self.timeout)
        elif self._url.scheme == "ssh":
            self.sock = self._through_ssh()
        else:
            raise EngineError(f"{self._url.scheme!r} is no way to an engine: use unix, tcp or ssh")

    def _through_ssh(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        port = ["-p", str(self._url.port)] if self._url.port else []
        user = ["-l", self._url.username] if self._url.username else []
        with theirs:
            self._helper = subprocess.Popen(
                [
                    *("ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", "-T", *port, *user),
                    *("--", self._url.hostname or "", "docker system dial-stdio"),
                ],
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
            )
        ours.settimeout(self.timeout)
        return ours

    def close(self) -> None:
        super().close()
        if self._helper is not None:
            self._helper.terminate()
            self._helper.wait()
            self._helper = None


class Engine:
    """One engine, by its DOCKER_HOST address. Each call is one connection."""

    def __init__(self, docker_host: str) -> None:
        self.docker_host = docker_host

    @contextlib.contextmanager
    def _call(
        self,
        method: str,
        path: str,
        body: BinaryIO | None = None,
        timeout: float | None = 10.0,
        kind: str = "application/x-tar",
    ) -> Iterator[http.client.HTTPResponse]:
        connection = _Connection(self.docker_host, timeout)
        try:
            headers = {"Content-Type": kind} if body else {"Content-Length": "0"}
            connection.request(method, path, body=body, headers=headers, encode_chunked=False)
            response = connection.getresponse()
            if response.status >= 400:
                text = response.read().decode(errors="replace")
                with contextlib.suppress(ValueError, KeyError, TypeError):
                    text = json.loads(text)["message"]
                raise EngineError(text)
            yield response
        except (OSError, http.client.HTTPException) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise EngineError(f"{self.docker_host}: {reason or type(error).__name__}") from error
        finally:
            connection.close()

    def _json(self, path: str) -> Any:
        with self._call("GET", path) as response:
            return json.load(response)

    def ping(self, timeout: float = 3.0) -> None:
        """Raises EngineError unless the engine answers."""
        with self._call("GET", "/_ping", timeout=timeout) as response:
            response.read()

    def answers(self, timeout: float = 3.0) -> bool:
        try:
            self.ping(timeout)
        except EngineError:
            return False
        return True

    def version(self) -> str:
        return str(self._json("/version").get("Version", "unknown"))

    def info(self) -> dict[str, Any]:
        found: dict[str, Any] = self._json("/info")
        return found

    def image(self, name: str) -> dict[str, Any] | None:
        """What the engine knows of an image, None when it has none of that name."""
        try:
            found: dict[str, Any] = self._json(f"/images/{urllib.parse.quote(name)}/json")
        except EngineError as error:
            if "no such image" in str(error).lower():
                return None
            raise
        return found

    def pull(self, name: str, timeout: float) -> None:
        """Pulls `name`; `timeout` is the longest silence in seconds."""
        repository, _, tag = name.rpartition(":")
        query = urllib.parse.urlencode({"fromImage": repository, "tag": tag})
        with self._call("POST", f"/images/create?{query}", timeout=timeout) as response:
            _raise_streamed_error(response)

    def load_root(self, name: str, tar: Path, message: str, changes: tuple[str, ...]) -> None:
        """Makes an image out of a root file system's tar, like `docker import`."""
        repository, _, tag = name.rpartition(":")
        pairs = [("fromSrc", "-"), ("repo", repository), ("tag", tag), ("message", message)]
        query = urllib.parse.urlencode([*pairs, *(("changes", change) for change in changes)])
        with (
            tar.open("rb") as body,
            self._call("POST", f"/images/create?{query}", body, timeout=300.0) as response,
        ):
            _raise_streamed_error(response)

    def run_once(self, image: str, command: list[str], bind: str) -> None:
        """Runs a container to its end, with one bind mount, as the engine's root; removes it."""
        body = {
            "Image": image,
            "Cmd": command,
            "User": "0",
            "HostConfig": {"Binds": [bind], "NetworkMode": "none", "UsernsMode": "host"},
        }
        made = io.BytesIO(json.dumps(body).encode())
        with self._call("POST", "/containers/create", made, kind="application/json") as response:
            container = json.load(response)["Id"]
        try:
            for action in ("start", "wait"):
                with self._call(
                    "POST", f"/containers/{container}/{action}", timeout=300.0
                ) as response:
                    response.read()
        finally:
            with self._call("DELETE", f"/containers/{container}?force=1") as response:
                response.read()


def _raise_streamed_error(response: http.client.HTTPResponse) -> None:
    # These calls answer 200 at once; what went wrong comes as one of the lines that follow.
    for line in response:
        with contextlib.suppress(ValueError):
            message = json.loads(line)
            if isinstance(message, dict) and message.get("error"):
                raise EngineError(str(message["error"]))


def local_sockets() -> tuple[str, ...]:
    """The addresses at which an engine usually listens on this machine, most usual first."""
    home = Path.home()
    found = [Path("/var/run/docker.sock"), home / ".docker/run/docker.sock"]
    found.append(home / ".docker/desktop/docker.sock")
    if runtime := os.environ.get("XDG_RUNTIME_DIR"):
        found.append(Path(runtime, "docker.sock"))
    return tuple(f"unix://{path}" for path in found)
