"""What a stand-in provider needs of each resource type, and what it gives it for each operation."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from toolchain.standin.properties import Table
from toolchain.standin.values import Values

DEFAULT_TIMEOUT = 20 * 60.0


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation on one resource: its URN, how long it may take, whether the user gave up."""

    urn: str
    seconds: float = DEFAULT_TIMEOUT
    cancelled: threading.Event = field(default_factory=threading.Event)
    log: Callable[[str], None] = lambda _text: None
    started: float = field(default_factory=time.monotonic)

    def remaining(self) -> float:
        """Seconds left of the custom timeout, or of the default of 20 minutes."""
        return max(0.0, self.started + self.seconds - time.monotonic())


@dataclass(frozen=True)
class Live:
    """A resource as it is: its ID and its outputs."""

    identity: str
    outputs: Values


class Resource(Protocol):
    """One resource type. Every method may raise ResourceError; create and update PartialFailure."""

    table: Table

    def create(self, planned: Values, operation: Operation) -> Live:
        """Make it."""

    def read(self, identity: str, state: Values, operation: Operation) -> Live | None:
        """Look at it; None if it is gone. An empty state means: import it."""

    def update(self, identity: str, state: Values, planned: Values, operation: Operation) -> Values:
        """Change it in place; the outputs after it."""

    def delete(self, identity: str, state: Values, operation: Operation) -> None:
        """Remove it; nothing to do if it is gone."""


class Provider(Protocol):
    """One provider: its resource types by token, and how it is configured."""

    name: str
    version: str
    accepts_secrets: bool

    @property
    def resources(self) -> Mapping[str, Resource]:
        """The resource types, by type token."""

    def refusals(self, config: Values) -> dict[str, str]:
        """What is wrong with the provider's own inputs, by key."""

    def configure(self, config: Values) -> None:
        """Take the configuration; ResourceError if nothing can work with it."""

    def close(self) -> None:
        """The process ends: let nothing of it run on."""
