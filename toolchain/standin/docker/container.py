"""docker:index/container:Container, done to an engine."""

from __future__ import annotations

from typing import Any, cast

from docker.errors import APIError

from toolchain.standin.diffing import differences
from toolchain.standin.docker.client import Engine, is_missing
from toolchain.standin.docker.container_request import (
    create_request,
    endpoint,
    resources,
    restart_policy,
)
from toolchain.standin.docker.container_state import outputs_of
from toolchain.standin.docker.container_table import CONTAINER, UPDATABLE
from toolchain.standin.docker.container_wait import (
    Condition,
    output_of,
    wait_until_ended,
    wait_until_healthy,
)
from toolchain.standin.docker.image import find_or_pull
from toolchain.standin.docker.uploads import archive
from toolchain.standin.errors import PartialFailure, ResourceError, gone_at_once
from toolchain.standin.resource import Live, Operation
from toolchain.standin.values import Values


class Container:
    """Containers of one engine."""

    table = CONTAINER

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, planned: Values, operation: Operation) -> Live:
        """Create it and bring it to where it should be.

        What fails after the engine has made it is a partial failure: the container stays, and the
        state knows its ID.
        """
        client = self._engine.client()
        try:
            find_or_pull(self._engine, planned["image"])
        except ResourceError as error:
            raise ResourceError(
                f"Unable to create container with image {planned['image']}: {error}"
            ) from error
        request = create_request(planned)
        with self._engine.errors("Unable to create container"):
            made = client.create_container_from_config(  # type: ignore[no-untyped-call]
                request, planned["name"], planned.get("platform") or None
            )
        identity = str(made["Id"])
        try:
            printed = self._bring_up(identity, planned, operation)
            live = self.read(identity, {**planned, **printed}, operation)
        except ResourceError as error:
            raise PartialFailure(identity, planned, str(error)) from error
        if live is None:
            raise gone_at_once(operation.urn)
        return live

    def _bring_up(self, identity: str, planned: Values, operation: Operation) -> Values:
        self._connect(identity, planned)
        client = self._engine.client()
        for upload in planned.get("uploads") or ():
            with self._engine.errors("Unable to upload volume content"):
                client.put_archive(identity, "/", archive(upload))
        if planned.get("start"):
            with self._engine.errors("Unable to start container"):
                client.start(identity)
            if planned.get("wait"):
                wait_until_healthy(self._engine, identity, planned["waitTimeout"], operation)
        if not planned.get("attach"):
            return {}
        # With `rm` it is gone at the end, and the create fails for it: do not race for a last look.
        condition: Condition = "removed" if planned.get("rm") else "not-running"
        wait_until_ended(self._engine, identity, condition, operation)
        if not planned.get("logs") or planned.get("rm"):
            return {}
        return {"containerLogs": output_of(self._engine, identity)}

    def _connect(self, identity: str, planned: Values) -> None:
        """Take it from the default bridge, where it was made, to its own networks."""
        networks = planned.get("networksAdvanced") or ()
        if not networks:
            return
        client = self._engine.client()
        with self._engine.errors("Unable to disconnect the default network"):
            try:
                client.disconnect_container_from_network(identity, "bridge")
            except APIError as error:
                if "is not connected to the network bridge" not in self._engine.words(error):
                    raise
        for network in networks:
            with self._engine.errors(f"Unable to connect to network '{network['name']}'"):
                client.connect_container_to_network(identity, network["name"], **endpoint(network))

    def read(self, identity: str, state: Values, operation: Operation) -> Live | None:  # noqa: ARG002
        """Look at it."""
        client = self._engine.client()
        with self._engine.errors("error fetching container information from Docker"):
            try:
                found = client.inspect_container(identity)
            except APIError as error:
                if is_missing(error):
                    return None
                raise
        return Live(str(found["Id"]), outputs_of(found, state))

    def update(self, identity: str, state: Values, planned: Values, operation: Operation) -> Values:  # noqa: ARG002
        """Start it if it must run, change its limits; nothing else of it changes in place."""
        client = self._engine.client()
        if not state.get("mustRun") and planned.get("mustRun") and planned.get("start"):
            with self._engine.errors("Unable to start container"):
                client.start(identity)
        changed = {one.key for one in differences(self.table, state, planned)}
        if changed.intersection(UPDATABLE):
            limits = resources(planned)
            with self._engine.errors("Unable to update a container"):
                client.update_container(
                    identity,
                    cpu_shares=limits["CpuShares"],
                    cpuset_cpus=limits["CpusetCpus"],
                    mem_limit=limits["Memory"],
                    mem_reservation=limits["MemoryReservation"],
                    memswap_limit=limits["MemorySwap"],
                    restart_policy=cast(Any, restart_policy(planned)),
                )
        return planned

    def delete(self, identity: str, state: Values, operation: Operation) -> None:  # noqa: ARG002
        """Stop it, unless it was waited for, and remove it; one that is gone is no error."""
        client = self._engine.client()
        if not state.get("attach"):
            grace = max(0, state.get("destroyGraceSeconds") or 0)
            with self._engine.errors(f"Error stopping container {identity}"):
                try:
                    client.stop(identity, timeout=grace)
                except APIError as error:
                    if not is_missing(error):
                        raise
        with self._engine.errors(f"Error deleting container {identity}"):
            try:
                client.remove_container(identity, v=state.get("removeVolumes", True), force=True)
            except APIError as error:
                if not is_missing(error) and "is already in progress" not in str(error):
                    raise
