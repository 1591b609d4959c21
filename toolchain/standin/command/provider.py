"""The Command stand-in's provider: it needs no configuration and has one resource type."""

from __future__ import annotations

from collections.abc import Mapping

from toolchain.standin.command.resource import LocalCommand
from toolchain.standin.command.run import end_all
from toolchain.standin.resource import Resource
from toolchain.standin.values import Values


class CommandProvider:
    """Commands on this machine."""

    name = "command"
    version = "1.2.1"
    accepts_secrets = True

    @property
    def resources(self) -> Mapping[str, Resource]:
        """The resource types."""
        return {"command:local:Command": LocalCommand()}

    def refusals(self, config: Values) -> dict[str, str]:  # noqa: ARG002
        """Nothing can be wrong with it."""
        return {}

    def configure(self, config: Values) -> None:
        """There is nothing to configure."""

    def close(self) -> None:
        """End the commands that still run."""
        end_all()
