"""docker:index/volume:Volume, done to an engine.

Creating a volume whose name exists adopts it: that is the engine's own doing, and it is kept.
"""

from __future__ import annotations

from docker.errors import APIError

from toolchain.standin.docker.client import Engine, is_missing
from toolchain.standin.docker.removal import remove_when_free
from toolchain.standin.docker.shapes import label_map, labels_of
from toolchain.standin.docker.tables import VOLUME
from toolchain.standin.errors import PartialFailure, ResourceError, gone_at_once
from toolchain.standin.resource import Live, Operation
from toolchain.standin.values import Values


class Volume:
    """Volumes of one engine."""

    table = VOLUME

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, planned: Values, operation: Operation) -> Live:
        """Create it, or adopt the one of that name."""
        client = self._engine.client()
        with self._engine.errors("Unable to create volume"):
            made = client.create_volume(
                name=planned.get("name"),
                driver=planned.get("driver"),
                driver_opts=planned.get("driverOpts"),
                labels=label_map(planned.get("labels")),
            )
        identity = str(made["Name"])
        try:
            live = self.read(identity, planned, operation)
        except ResourceError as error:
            raise PartialFailure(identity, planned, str(error)) from error
        if live is None:
            raise gone_at_once(operation.urn)
        return live

    def read(self, identity: str, state: Values, operation: Operation) -> Live | None:  # noqa: ARG002
        """Look at it."""
        client = self._engine.client()
        with self._engine.errors("Unable to inspect volume"):
            try:
                found = client.inspect_volume(identity)
            except APIError as error:
                if is_missing(error):
                    return None
                raise
        return Live(
            str(found["Name"]),
            {
                **state,
                "name": found["Name"],
                "labels": labels_of(found.get("Labels")),
                "driver": found["Driver"],
                "driverOpts": found.get("Options") or {},
                "mountpoint": found["Mountpoint"],
            },
        )

    def update(self, identity: str, state: Values, planned: Values, operation: Operation) -> Values:  # noqa: ARG002
        """Nothing of a volume changes in place."""
        return planned

    def delete(self, identity: str, state: Values, operation: Operation) -> None:  # noqa: ARG002
        """Remove it and its data; wait for a container that is just letting go of it."""
        client = self._engine.client()
        remove_when_free(
            self._engine,
            lambda: client.remove_volume(identity, force=True),
            "volume is in use",
            "in_use",
            operation,
        )
