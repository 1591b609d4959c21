"""A bridge network of the lab's own, with its range and gateway fixed by the caller."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_docker as docker


@dataclass(frozen=True, kw_only=True)
class BridgeNetworkArgs:
    """`network_name` is the name on the engine; `internal` leaves no way out of the machine."""

    network_name: str
    subnet: str
    gateway: str
    internal: bool = False
    labels: Mapping[str, str]


class BridgeNetwork(pulumi.ComponentResource):
    network_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: BridgeNetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("docklab:network:BridgeNetwork", name, None, opts)
        network = docker.Network(
            f"{name}-network",
            name=args.network_name,
            driver="bridge",
            internal=args.internal,
            # The engine adds a gateway left out at its restart: a refresh would replace all.
            ipam_configs=[docker.NetworkIpamConfigArgs(subnet=args.subnet, gateway=args.gateway)],
            labels=[
                docker.NetworkLabelArgs(label=label, value=value)
                for label, value in sorted(args.labels.items())
            ],
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.network_name = network.name
        self.register_outputs({"network_name": self.network_name})
