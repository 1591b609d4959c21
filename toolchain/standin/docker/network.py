"""docker:index/network:Network, done to an engine."""

from __future__ import annotations

from typing import Any

from docker.errors import APIError
from docker.types import IPAMConfig, IPAMPool

from toolchain.standin.docker.client import Engine, is_missing
from toolchain.standin.docker.removal import remove_when_free
from toolchain.standin.docker.shapes import label_map, labels_of
from toolchain.standin.docker.tables import NETWORK
from toolchain.standin.errors import PartialFailure, ResourceError, gone_at_once
from toolchain.standin.resource import Live, Operation
from toolchain.standin.values import Values


class Network:
    """Networks of one engine."""

    table = NETWORK

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, planned: Values, operation: Operation) -> Live:
        """Create it; the engine's own words if it refuses."""
        client = self._engine.client()
        with self._engine.errors("Unable to create network"):
            made = client.create_network(**request_of(planned))
        identity = str(made["Id"])
        try:
            live = self.read(identity, planned, operation)
        except ResourceError as error:
            raise PartialFailure(identity, planned, str(error)) from error
        if live is None:
            raise gone_at_once(operation.urn)
        return live

    def read(self, identity: str, state: Values, operation: Operation) -> Live | None:  # noqa: ARG002
        """Look at it; only an engine that says it is gone makes it gone."""
        client = self._engine.client()
        try:
            found = client.inspect_network(identity)
        except APIError as error:
            if is_missing(error):
                return None
            raise ResourceError(self._engine.words(error)) from error
        except OSError as error:
            raise ResourceError(self._engine.words(error)) from error
        return Live(str(found["Id"]), {**state, **outputs_of(found)})

    def update(self, identity: str, state: Values, planned: Values, operation: Operation) -> Values:  # noqa: ARG002
        """Nothing of a network changes in place."""
        return planned

    def delete(self, identity: str, state: Values, operation: Operation) -> None:  # noqa: ARG002
        """Remove it; wait for containers that are just leaving it."""
        client = self._engine.client()
        remove_when_free(
            self._engine,
            lambda: client.remove_network(identity),
            "has active endpoints",
            "pending",
            operation,
        )


def request_of(planned: Values) -> dict[str, Any]:
    """The arguments that make the client create this network."""
    pools = [
        IPAMPool(
            subnet=block.get("subnet"),
            iprange=block.get("ipRange"),
            gateway=block.get("gateway"),
            aux_addresses=block.get("auxAddress"),
        )
        for block in planned.get("ipamConfigs") or []
    ]
    return {
        "name": planned["name"],
        "driver": planned.get("driver"),
        "options": planned.get("options"),
        "ipam": IPAMConfig(
            driver=planned.get("ipamDriver", "default"),
            pool_configs=pools,
            options=planned.get("ipamOptions"),
        ),
        "check_duplicate": True,
        "internal": planned.get("internal", False),
        "labels": label_map(planned.get("labels")),
        "enable_ipv6": planned.get("ipv6", False),
        "attachable": planned.get("attachable"),
        "ingress": planned.get("ingress"),
    }


def outputs_of(found: dict[str, Any]) -> Values:
    """The outputs of an inspected network."""
    ipam = found.get("IPAM") or {}
    names = {
        "Subnet": "subnet",
        "IPRange": "ipRange",
        "Gateway": "gateway",
        "AuxiliaryAddresses": "auxAddress",
    }
    return {
        "name": found["Name"],
        "labels": labels_of(found.get("Labels")),
        "driver": found["Driver"],
        "internal": found["Internal"],
        "attachable": found["Attachable"],
        "ingress": found["Ingress"],
        "ipv6": found["EnableIPv6"],
        "ipamDriver": ipam.get("Driver", ""),
        "ipamOptions": ipam.get("Options") or {},
        "scope": found["Scope"],
        "options": found.get("Options") or {},
        "ipamConfigs": [
            {ours: block[theirs] for theirs, ours in names.items() if block.get(theirs)}
            for block in ipam.get("Config") or []
        ],
    }
