"""Rules across the parts of a lab: references, names, ports, verification. Pure.

Addresses are in `address_plan`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from infra.model.base import Problem, quoted
from infra.model.sharing import MODES, joined

if TYPE_CHECKING:
    from infra.model.container import ContainerConfig
    from infra.model.lab import Lab

# Keys of the verification's own containers.
CHECK_KEY = "isolation-check"
FILES_KEY = "isolation-files"
MOST_EGRESS = 8


def lab_problems(lab: Lab) -> Iterator[Problem]:
    for key, container in lab.containers.items():
        yield from _references(lab, key, container)
        yield from _internal_ports(lab, key, container)
    yield from _joins(lab)
    yield from _names(lab)
    yield from _ports(lab)
    yield from _verification(lab)


def _undeclared(path: tuple[str | int, ...], what: str, key: str, known: Iterable[str]) -> Problem:
    there = ", ".join(known) or "none"
    return Problem(path, f"{quoted(key)} is no {what} of this lab; declared: {there}")


def _references(lab: Lab, key: str, container: ContainerConfig) -> Iterator[Problem]:
    here = ("containers", key)
    if key in (CHECK_KEY, FILES_KEY):
        yield Problem(here, f"{key} is the verification's own name; take another key")
    if container.image not in lab.images:
        yield _undeclared((*here, "image"), "image", container.image, lab.images)
    for network in container.networks:
        if network not in lab.networks:
            yield _undeclared((*here, "networks", network), "network", network, lab.networks)
    for i, mount in enumerate(container.volumes):
        if mount.volume not in lab.volumes:
            yield _undeclared((*here, "volumes", i, "volume"), "volume", mount.volume, lab.volumes)


def _internal_ports(lab: Lab, key: str, container: ContainerConfig) -> Iterator[Problem]:
    networks = [lab.networks[n] for n in container.networks if n in lab.networks]
    if container.ports and networks and all(network.internal for network in networks):
        yield Problem(
            ("containers", key, "ports", 0),
            f"port {container.ports[0].host} is published, but {key} is on internal networks only "
            f"({', '.join(container.networks)}) and the engine would drop it; add a network that "
            "is not internal, or drop the port",
        )


def start_order(lab: Lab) -> list[str]:
    """Container keys, each after those whose namespaces it joins; otherwise as in the YAML.

    Raises:
        graphlib.CycleError: if containers join each other in a circle.
    """
    graph = {
        key: [other for mode in MODES if (other := joined(getattr(container, mode)))]
        for key, container in lab.containers.items()
    }
    return list(TopologicalSorter(graph).static_order())


def _joins(lab: Lab) -> Iterator[Problem]:
    for key, container in lab.containers.items():
        for mode in MODES:
            other = joined(getattr(container, mode))
            if other and other not in lab.containers:
                yield _undeclared(("containers", key, mode), "container", other, lab.containers)
    try:
        start_order(lab)
    except CycleError as circle:
        chain = " -> ".join(circle.args[1])
        yield Problem(("containers",), f"{chain} join each other's namespaces in a circle; cut it")


def _names(lab: Lab) -> Iterator[Problem]:
    for network in lab.networks:
        owner: dict[str, str] = {}
        for key, container in lab.containers.items():
            if network in container.networks:
                owner[key] = key
        for key, container in lab.containers.items():
            attachment = container.networks.get(network)
            if attachment is None:
                continue
            names: list[tuple[tuple[str | int, ...], str]] = [
                (("networks", network, "aliases", i), a) for i, a in enumerate(attachment.aliases)
            ]
            if container.hostname:
                names.append((("hostname",), container.hostname))
            for path, name in names:
                if owner.setdefault(name, key) != key:
                    yield Problem(
                        ("containers", key, *path),
                        f"{name!r} already means container {owner[name]} on network {network}; "
                        "take another name",
                    )


def _ports(lab: Lab) -> Iterator[Problem]:
    taken: list[tuple[str, int, str, str]] = []
    for key, container in lab.containers.items():
        for i, port in enumerate(container.ports):
            address = str(port.address)
            for protocol, number, where, owner in taken:
                same = (protocol, number) == (port.protocol, port.host)
                if same and (where == address or "0.0.0.0" in (where, address)):
                    yield Problem(
                        ("containers", key, "ports", i, "host"),
                        f"{port.host}/{port.protocol} on {address} is already published by "
                        f"{owner}; take another port",
                    )
                    break
            taken.append((port.protocol, port.host, address, key))


def _verification(lab: Lab) -> Iterator[Problem]:
    if not lab.verification.enabled:
        return
    if len(lab.containers) < 2:
        yield Problem(
            ("containers",),
            f"holds {len(lab.containers)} container, and isolation is verified between at least 2; "
            "add one, or write verification: {enabled: false}",
        )
    image = lab.verification.image
    if image is not None and image not in lab.images:
        yield _undeclared(("verification", "image"), "image", image, lab.images)
    if image is None and len(lab.images) > 1:
        yield Problem(
            ("verification", "image"),
            f"is missing: of {', '.join(lab.images)}, name the one with python3 (3.11 or newer)",
        )
    yield from _egress(lab)


def _egress(lab: Lab) -> Iterator[Problem]:
    egress = lab.verification.egress
    if len(egress) > MOST_EGRESS:
        text = f"holds {len(egress)} addresses; one that answers is enough, {MOST_EGRESS} the most"
        yield Problem(("verification", "egress"), text)
    for i, place in enumerate(egress):
        here = ("verification", "egress", i)
        if place in egress[:i]:
            yield Problem(here, f"{place} is there already; write it once")
        address = IPv4Address(place.rpartition(":")[0])
        for key, network in lab.networks.items():
            if address in network.subnet:
                yield Problem(
                    here,
                    f"{place} is inside network {key} of this lab; name an address beyond the "
                    "machine",
                )
