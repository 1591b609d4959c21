"""Waiting for a container: until it has ended, or until it is healthy.

A wait ends early when its time is over or the user gives up; the container is left as it is.
"""

from __future__ import annotations

import threading
from typing import Any, Literal

from toolchain.standin.docker.client import Engine
from toolchain.standin.errors import ResourceError
from toolchain.standin.resource import Operation

Condition = Literal["not-running", "removed"]
POLL_SECONDS = 0.25
HEALTH_POLL_SECONDS = 1.0


def wait_until_ended(
    engine: Engine, identity: str, condition: Condition, operation: Operation
) -> None:
    """Return when it is `not-running`, or `removed`; ResourceError if that takes too long."""
    client = engine.client()
    ended = threading.Event()
    failures: list[BaseException] = []

    def wait() -> None:
        try:
            client.wait(identity, timeout=None, condition=condition)
        except BaseException as error:
            failures.append(error)
        finally:
            ended.set()

    # The engine holds the request until the end; only a thread of its own can be left behind.
    threading.Thread(target=wait, daemon=True).start()
    while not ended.wait(POLL_SECONDS):
        if operation.cancelled.is_set():
            raise ResourceError(
                "Unable to wait container end of execution: the operation was cancelled; "
                "the container is left as it is"
            )
        if operation.remaining() == 0:
            raise ResourceError(
                "Unable to wait container end of execution: context deadline exceeded "
                f"after {operation.seconds:.0f} s (custom_timeouts.create says how long to wait)"
            )
    if failures:
        words = engine.words(failures[0])
        raise ResourceError(f"Unable to wait container end of execution: {words}")


def output_of(engine: Engine, identity: str) -> str:
    """All that an ended container printed, on both streams."""
    client = engine.client()
    with engine.errors("unable to read container logs"):
        printed: bytes = client.logs(identity, stdout=True, stderr=True)
    return printed.decode(errors="replace")


def wait_until_healthy(engine: Engine, identity: str, seconds: float, operation: Operation) -> None:
    """Return when its health check says so; ResourceError if it has none, or takes too long."""
    client = engine.client()
    seconds = min(seconds, operation.remaining())
    waiting = Operation(urn=operation.urn, seconds=seconds, cancelled=operation.cancelled)
    while True:
        with engine.errors("error inspecting container state"):
            state: dict[str, Any] = client.inspect_container(identity)["State"]
        if "Health" not in state:
            raise ResourceError(
                "you have supplied a 'wait' argument, but the container does not have a "
                "healthcheck defined. Please remove the 'wait' argument or add a 'healthcheck' "
                "attribute"
            )
        if state["Health"]["Status"] == "healthy":
            return
        if waiting.remaining() == 0 or operation.cancelled.is_set():
            raise ResourceError("container failed to be in healthy state")
        operation.cancelled.wait(HEALTH_POLL_SECONDS)
