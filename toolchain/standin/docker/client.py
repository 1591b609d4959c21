"""The Docker engine that the provider is configured for: how it is reached, and its errors.

One client is shared by all operations. It is made when the first one needs it, so that a preview
over SSH needs no reachable host. Every call has a timeout; none waits for a dead engine forever.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING

from toolchain.standin.errors import ResourceError

if TYPE_CHECKING:
    from docker import APIClient

CALL_SECONDS = 120
PING_SECONDS = 10
SSH_PING_SECONDS = 45


class Engine:
    """One Docker engine, by its `unix://`, `tcp://` or `ssh://` address."""

    def __init__(self, host: str, ssh_options: Sequence[str] = (), *, check: bool = True) -> None:
        self.host = host
        self._ssh_options = tuple(ssh_options)
        self._check = check
        self._attempt: Future[APIClient] | None = None
        self._lock = threading.Lock()

    def verify(self) -> None:
        """Fail now if the engine does not answer; over SSH nothing is dialled yet."""
        if self.host.startswith("ssh://"):
            return
        try:
            self.client()
        except ResourceError as error:
            raise ResourceError(
                "docker native provider returned an unexpected error from Configure: "
                f"failed to connect to any docker daemon: {error}"
            ) from error

    def client(self) -> APIClient:
        """The client; ResourceError, in the official provider's words, if the engine is away.

        Operations that come while one connects share its attempt, and its failure: an engine that
        is away is waited for once, not once for each of them.
        """
        with self._lock:
            attempt = self._attempt
            mine = attempt is None or (attempt.done() and attempt.exception() is not None)
            if mine:
                attempt = self._attempt = Future()
        assert attempt is not None
        if mine:
            try:
                attempt.set_result(self._connected())
            except BaseException as error:
                attempt.set_exception(error)
        return attempt.result()

    def _connected(self) -> APIClient:
        from docker.errors import DockerException
        from requests.exceptions import RequestException

        try:
            client = self._unconnected()
            if self._check:
                client.ping()
        except (DockerException, RequestException, OSError, ValueError) as error:
            raise ResourceError(
                f"Error pinging Docker server, please make sure that {self.host} is reachable "
                f"and has a  '_ping' endpoint. Error: {self.words(error)}"
            ) from error
        client.timeout = CALL_SECONDS
        return client

    def _unconnected(self) -> APIClient:
        from docker import APIClient

        if self.host.startswith("ssh://"):
            from toolchain.standin.docker.ssh import SshClient

            return SshClient(self.host, self._ssh_options, timeout=SSH_PING_SECONDS)
        return APIClient(base_url=self.host, version="auto", timeout=PING_SECONDS)

    def words(self, error: BaseException) -> str:
        """The error in the words of Docker's own client."""
        from docker.errors import APIError

        if isinstance(error, APIError):
            explanation = error.explanation
            if isinstance(explanation, bytes):
                explanation = explanation.decode(errors="replace")
            return f"Error response from daemon: {explanation or error}"
        cause = _cause(error)
        if self.host.startswith("ssh://"):
            return str(cause)
        return (
            f"Cannot connect to the Docker daemon at {self.host}. "
            f"Is the docker daemon running? ({cause})"
        )

    @contextmanager
    def errors(self, doing: str) -> Iterator[None]:
        """Turn whatever the engine says, or does not say, into a ResourceError."""
        from docker.errors import DockerException
        from requests.exceptions import RequestException

        try:
            yield
        except (DockerException, RequestException, OSError) as error:
            raise ResourceError(f"{doing}: {self.words(error)}") from error


def _cause(error: BaseException) -> BaseException:
    """The innermost reason of a connection that failed; the layers above only repeat it."""
    inner = getattr(error, "reason", None) or error.__cause__
    if inner is None and not error.__suppress_context__:
        inner = error.__context__
    return _cause(inner) if isinstance(inner, BaseException) else error


def is_missing(error: BaseException) -> bool:
    """Whether the engine says that it does not have this."""
    from docker.errors import NotFound

    return isinstance(error, NotFound)
