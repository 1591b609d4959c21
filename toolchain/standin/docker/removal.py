"""Removing what something else may just be letting go of."""

from __future__ import annotations

import time
from collections.abc import Callable

from docker.errors import APIError

from toolchain.standin.docker.client import Engine, is_missing
from toolchain.standin.errors import ResourceError
from toolchain.standin.resource import Operation

IN_USE_SECONDS = 30.0
POLL_SECONDS = 0.5


def remove_when_free(
    engine: Engine, remove: Callable[[], None], busy: str, state: str, operation: Operation
) -> None:
    """Remove it; while the engine says that it is `busy`, try again for 30 seconds.

    What is gone is no error. `state` is what the official provider calls it in the meantime.
    """
    deadline = time.monotonic() + min(IN_USE_SECONDS, operation.remaining())
    while True:
        try:
            return remove()
        except APIError as error:
            if is_missing(error):
                return None
            words = engine.words(error)
            if busy not in words.lower():
                raise ResourceError(words) from error
            if time.monotonic() > deadline or operation.cancelled.is_set():
                raise ResourceError(
                    "timeout while waiting for state to become 'removed' "
                    f"(last state: '{state}', timeout: {IN_USE_SECONDS:.0f}s): {words}"
                ) from error
        except OSError as error:
            raise ResourceError(engine.words(error)) from error
        operation.cancelled.wait(POLL_SECONDS)
