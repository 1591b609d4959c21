"""Docker's API over `ssh`: each connection is one `ssh HOST docker system dial-stdio`.

The machine's own ssh and its configuration are used, as the official provider does: no
reimplementation of SSH, no prompts (the process has no terminal), keys and known hosts as ssh
finds them or as the options say.
"""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import threading
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from docker import APIClient
from docker.errors import DockerException
from requests.adapters import DEFAULT_POOLSIZE, HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import ProtocolError

# The host part of the URLs that go through the pipe; it is never resolved.
PLACEHOLDER = "http://docker.example.com:80"
CONNECT_SECONDS = 30
EXIT_SECONDS = 5
SAID_CHARACTERS = 4000


def ssh_command(host: str, options: Sequence[str]) -> list[str]:
    """The command that opens one connection. DockerException if the address cannot be used."""
    url = urlsplit(host)
    if not url.hostname:
        raise DockerException(f"{host}: an ssh address needs a host, such as ssh://user@host")
    if url.password or url.query or url.fragment:
        raise DockerException("an ssh address takes no password, query or fragment: use a key")
    command = ["ssh", *options]
    if not any("connecttimeout" in option.lower() for option in options):
        command += ["-o", f"ConnectTimeout={CONNECT_SECONDS}"]
    command.append("-T")
    if url.username:
        command += ["-l", unquote(url.username)]
    if url.port:
        command += ["-p", str(url.port)]
    dial = ["docker", "system", "dial-stdio"]
    if url.path.strip("/"):
        dial[1:1] = ["--host", f"unix://{url.path}"]
    return [*command, "--", url.hostname, *dial]


class SshClient(APIClient):
    """Docker's client, with ssh below it."""

    def __init__(self, host: str, options: Sequence[str], *, timeout: int) -> None:
        if shutil.which("ssh") is None:
            raise DockerException("ssh is not on PATH: install the OpenSSH client")
        self._adapter = _SshAdapter(ssh_command(host, options))
        super().__init__(base_url=PLACEHOLDER, version="auto", timeout=timeout)

    def get_adapter(self, url: str) -> HTTPAdapter:  # noqa: ARG002
        """Everything goes through the pipe."""
        return self._adapter


class _SshAdapter(HTTPAdapter):
    def __init__(self, command: list[str]) -> None:
        self._pool = _SshPool(command)
        super().__init__()

    def get_connection_with_tls_context(self, *_: Any, **__: Any) -> Any:
        return self._pool

    def request_url(self, request: Any, proxies: Any) -> str:  # noqa: ARG002
        return str(request.path_url)


class _SshPool(HTTPConnectionPool):
    def __init__(self, command: list[str]) -> None:
        super().__init__("docker.example.com", maxsize=DEFAULT_POOLSIZE)
        self._command = command

    def _new_conn(self) -> Any:
        return _SshConnection(self._command, timeout=self.timeout.connect_timeout)


class _SshConnection(HTTPConnection):
    """One ssh process whose stdin and stdout are the connection."""

    def __init__(self, command: list[str], timeout: Any) -> None:
        super().__init__("docker.example.com", timeout=timeout)
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._said = ""

    def connect(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            # Without a terminal ssh cannot ask for a password, and fails instead of hanging.
            self._process = subprocess.Popen(
                self._command,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        ours.settimeout(self.timeout if isinstance(self.timeout, int | float) else None)
        self.sock = ours

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        """Keep what ssh says; it would wait for a reader otherwise."""
        if process.stderr is not None:
            with process.stderr as stream:
                for line in stream:
                    self._said = (self._said + line.decode(errors="replace"))[-SAID_CHARACTERS:]

    def request(self, *arguments: Any, **options: Any) -> None:
        try:
            super().request(*arguments, **options)
        except (OSError, http.client.HTTPException) as error:
            raise self._failed(error) from None

    def getresponse(self) -> Any:
        try:
            return super().getresponse()
        except TimeoutError:
            raise
        except (OSError, http.client.HTTPException) as error:
            raise self._failed(error) from None

    def _failed(self, error: Exception) -> Exception:
        """What ssh said, if it ended; else the error itself."""
        if self._process is None:
            return error
        try:
            code = self._process.wait(EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            return error
        return ProtocolError(
            f"command {self._command} has exited with exit status {code}, make sure the URL is "
            "valid, and Docker 18.09 or later is installed on the remote host: "
            f"stderr={self._said.strip()}"
        )

    def close(self) -> None:
        # http.client closes before it reports: ssh is left the time to say why it ended.
        super().close()
        if self._process is not None:
            threading.Thread(target=_end, args=(self._process,), daemon=True).start()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait for an ssh that has lost its connection; end it if it does not notice."""
    try:
        process.wait(EXIT_SECONDS)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.wait()
