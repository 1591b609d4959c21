"""The lab as a map, for whoever draws it: networks, links, volumes, published ports. Pure.

It takes what is declared from the spec, and the rest from what was read; it judges nothing.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from verifier.check import Case
from verifier.checks.networks import World
from verifier.facts import Interface, Room
from verifier.spec import Spec

Rows = list[dict[str, Any]]


def lab(case: Case) -> dict[str, Rows]:
    """{networks, volumes, links, published}; what could not be read is "" or absent."""
    world = World(case)
    bridges = network_bridges(world)
    return {
        "networks": _networks(world, bridges),
        "volumes": _volumes(case.spec),
        "links": _links(world, {bridge: name for name, bridge in bridges.items()}),
        "published": [
            {
                "container": port.container,
                "address": port.address,
                "port": port.port,
                "container_port": port.container_port,
                "protocol": port.protocol,
            }
            for port in case.spec.published
        ],
    }


def bridges_of(room: Room) -> frozenset[str]:
    return frozenset(one.bridge for one in room.interfaces if one.bridge)


def network_bridges(world: World) -> dict[str, str]:
    """{network: its bridge}: the one that more than half of its containers are on.

    Of several, the one that fewest others are on; none where that leaves more than one.
    """
    found = {}
    on = {
        name: bridges_of(room)
        for name in world.declared
        if isinstance(room := world.room(name), Room)
    }
    everybody = Counter(bridge for bridges in on.values() for bridge in bridges)
    for network in network_names(world.case.spec):
        members = [name for name in on if network in (world.joined[name].networks or ())]
        seen = Counter(bridge for name in members for bridge in on[name])
        ranked = sorted((-count, everybody[bridge], bridge) for bridge, count in seen.items())
        if not ranked or -2 * ranked[0][0] <= len(members):
            continue
        if len(ranked) == 1 or ranked[0][:2] != ranked[1][:2]:
            found[network] = ranked[0][2]
    return found


def network_names(spec: Spec) -> list[str]:
    names = dict.fromkeys((*spec.dns_networks, *spec.internal, *spec.icc_false))
    for container in spec.containers:
        names |= dict.fromkeys(container.networks or ())
    return list(names)


def _networks(world: World, bridges: dict[str, str]) -> Rows:
    spec = world.case.spec
    return [
        {
            "name": name,
            "internal": name in spec.internal,
            "icc": name not in spec.icc_false,
            "bridge": bridges.get(name, ""),
            "containers": [
                one for one, joined in world.joined.items() if name in (joined.networks or ())
            ],
        }
        for name in network_names(spec)
    ]


def _volumes(spec: Spec) -> Rows:
    mounts: dict[str, Rows] = {}
    for container in spec.containers:
        for volume in container.volumes:
            row = {"container": container.name, "path": volume.path, "mode": volume.mode}
            mounts.setdefault(volume.key, []).append(row)
    return [{"key": key, "mounts": rows} for key, rows in mounts.items()]


def _links(world: World, networks: dict[str, str]) -> Rows:
    rows: Rows = []
    for name in world.declared:
        room = world.room(name)
        if isinstance(room, Room):
            rows += [_link(name, one, networks) for one in room.interfaces]
    return rows


def _link(container: str, one: Interface, networks: dict[str, str]) -> dict[str, Any]:
    address, bits = one.addresses[0] if one.addresses else ("", 0)
    return {
        "container": container,
        "interface": one.name,
        "address": f"{address}/{bits}" if address else "",
        "veth": one.veth,
        "bridge": one.bridge,
        "network": networks.get(one.bridge, ""),
    }
