"""What both verbs stand on: the stack's volumes, its engine, being alone, ends that clean up."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from toolchain.verbs import deployment as state
from toolchain.verbs import engine, locks
from toolchain.verbs.backup import carrier, recorded
from toolchain.verbs.backup.carrier import Carrier, User
from toolchain.verbs.backup.files import alone
from toolchain.verbs.errors import VerbError
from toolchain.verbs.messages import make
from toolchain.verbs.prepare import start_engine
from toolchain.verbs.session import PROJECT, Session

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, kw_only=True)
class Volumes:
    """A stack's volumes by key, and the engine that has them."""

    stack: str
    names: Mapping[str, str]
    client: Any
    image: str
    remaps_users: bool

    def carrying(self, key: str, userns: str) -> Carrier:
        return Carrier(self.client, self.image, self.stack, self.names[key], userns)

    def require(self, keys: Iterable[str]) -> None:
        """Raises VerbError for a volume that is gone: a mount would make it anew, and empty."""
        import docker.errors

        for key in keys:
            try:
                self.client.api.inspect_volume(self.names[key])
            except docker.errors.NotFound:
                raise VerbError(
                    f"volume {key} ({self.names[key]}) is in the state and gone from the engine;"
                    f" `{make('refresh', self.stack)}` and `{make('up', self.stack)}` make it anew"
                ) from None

    def users(self, key: str) -> tuple[User, ...]:
        return carrier.users(self.client, self.names[key])


@contextlib.contextmanager
def opened(session: Session, verb: str) -> Iterator[Volumes]:
    """The volumes that the state has. Raises VerbError: nothing there, a run under way, no engine;
    and for what the engine refuses, or a connection that is cut, inside the block."""
    import docker.errors
    import requests.exceptions

    start_engine(session)
    found = session.deployment() or {}
    names, engines = recorded.volumes(found), state.engines(found)
    image = recorded.image_with_python(found)
    if not (names and engines and image):
        raise VerbError(
            f"stack {session.stack} has no volume in its state;"
            f" `{make('up', session.stack)}` makes those of its file"
        )
    _refuse_running(session)
    lock = session.paths.home / f"carrier-{session.stack}.lock"
    with alone(lock, f"a backup or restore of stack {session.stack}"):
        client = engine.connect(engines[0], f"stack {session.stack}'s volumes are there")
        client.api.timeout = carrier.SILENCE_SECONDS
        try:
            carrier.sweep(client, session.stack)
            options = client.api.info().get("SecurityOptions") or []
            yield Volumes(
                stack=session.stack,
                names=names,
                client=client,
                image=image,
                remaps_users=any("userns" in option for option in options),
            )
        except docker.errors.DockerException as error:
            raise VerbError(f"{verb}: the engine at {engines[0].machine}: {error}") from error
        except (requests.exceptions.RequestException, ConnectionError, TimeoutError) as error:
            raise VerbError(
                f"{verb}: the connection to the engine at {engines[0].machine} was cut ({error});"
                " run the same again"
            ) from error
        finally:
            client.close()


def _refuse_running(session: Session) -> None:
    if session.backend and locks.in_use(session.backend.lock_folder(PROJECT, session.stack)):
        raise VerbError(
            f"Pulumi is at work on stack {session.stack}: wait for its end and run the same again"
        )


@contextlib.contextmanager
def ends_cleanly() -> Iterator[None]:
    """SIGTERM and SIGHUP end what is under way as Ctrl-C does, so that it cleans up."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def unbroken() -> Iterator[None]:
    """While it lasts no signal but SIGKILL ends this process: it undoes what it did."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
