"""What can go wrong with one resource, as the engine is told it."""

from __future__ import annotations

from toolchain.standin.values import Values


class ResourceError(Exception):
    """The operation failed and nothing changed that the state must remember."""


class PartialFailure(Exception):
    """The resource exists, but is not as asked: the engine keeps it, with the reason beside it."""

    def __init__(self, identity: str, outputs: Values, reason: str) -> None:
        super().__init__(reason)
        self.identity = identity
        self.outputs = outputs
        self.reason = reason


def gone_at_once(urn: str) -> ResourceError:
    """The error for what was made and is not there any more, such as a container with `rm`."""
    return ResourceError(f"expected non-empty ID for new state during Create of {urn}")
