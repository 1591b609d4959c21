"""The lab's address plan: ranges that do not overlap, addresses that fit and differ. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address
from itertools import combinations
from typing import TYPE_CHECKING

from infra.model.base import Problem

if TYPE_CHECKING:
    from infra.model.lab import Lab
    from infra.model.parts import NetworkConfig


def address_problems(lab: Lab) -> Iterator[Problem]:
    yield from _overlaps(lab)
    for key, network in lab.networks.items():
        yield from _addresses(lab, key, network)
        yield from _room(lab, key, network)


def _overlaps(lab: Lab) -> Iterator[Problem]:
    for (a, one), (b, two) in combinations(lab.networks.items(), 2):
        if one.subnet.overlaps(two.subnet):
            yield Problem(
                ("networks", b, "subnet"),
                f"{two.subnet} overlaps {one.subnet} of network {a}; give each a range of its own",
            )


def _addresses(lab: Lab, key: str, network: NetworkConfig) -> Iterator[Problem]:
    taken: dict[IPv4Address, str] = {}
    for name, container in lab.containers.items():
        attachment = container.networks.get(key)
        if attachment is None or attachment.address is None:
            continue
        address = attachment.address
        path = ("containers", name, "networks", key, "address")
        if address not in network.subnet:
            yield Problem(
                path, f"{address} is outside the subnet {network.subnet} of network {key}"
            )
        elif address == network.router:
            yield Problem(path, f"{address} is the gateway of network {key}; take another")
        elif address in (network.subnet.network_address, network.subnet.broadcast_address):
            yield Problem(
                path,
                f"{address} is the network or broadcast address of {network.subnet}; take another",
            )
        elif address in taken:
            yield Problem(path, f"{address} is already container {taken[address]}'s; take another")
        else:
            taken[address] = name


def _room(lab: Lab, key: str, network: NetworkConfig) -> Iterator[Problem]:
    attached = sum(key in container.networks for container in lab.containers.values())
    room = network.subnet.num_addresses - 3  # without the network's, the broadcast and the gateway
    if attached > room:
        yield Problem(
            ("networks", key, "subnet"),
            f"{network.subnet} has room for {room} containers and {attached} are on it; widen it",
        )
