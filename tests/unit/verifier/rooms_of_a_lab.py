"""Hand-made facts about the network of a lab: c1 and c2 on one network, c3 on another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from unit.verifier.facts_of_a_lab import container_id, lab, spec_for, target

from verifier.facts import Facts, Interface, Room, Unread, Uplink
from verifier.spec import Container, Spec

A, B, C = ("172.30.1.2", 24), ("172.30.1.3", 24), ("172.30.2.2", 24)
NETWORKS = {"c1": ("front",), "c2": ("front",), "c3": ("back",)}
OK, SILENT, REFUSED = ("OK", 0.5), ("TIMEOUT", 250.0), ("ECONNREFUSED", 0.1)
HOST = "the host"
HOST_ROOM = Room(
    addresses=(("172.30.1.1", 24), ("172.30.2.1", 24), ("198.51.100.2", 24)),
    uplink=Uplink(default_route=True, gateways=("198.51.100.1",)),
)


def room(name: str, address: tuple[str, int], **changes: Any) -> Room:
    """c1 and c2 on one network, c3 on another: everything as it should be."""
    addresses = {"c1": A, "c2": B, "c3": C}
    near = ("c1", "c2") if name != "c3" else ("c3",)
    bridge = "br-1" if name != "c3" else "br-2"
    eth0 = Interface(
        name="eth0", kind="veth", addresses=(address,), veth=f"veth-{name}", bridge=bridge
    )
    made = Room(
        addresses=(address,),
        interfaces=(eth0,),
        reach={o: {ip[0]: OK if o in near else SILENT} for o, ip in addresses.items()},
        loopback={o: OK if o == name else REFUSED for o in (*addresses, HOST)},
        names={
            o: ("OK", (ip[0],)) if o in near else ("NXDOMAIN", ()) for o, ip in addresses.items()
        },
    )
    return replace(made, **changes)


def sound() -> dict[str, Room | Unread]:
    return {"c1": room("c1", A), "c2": room("c2", B), "c3": room("c3", C), HOST: HOST_ROOM}


def facts(rooms: dict[str, Room | Unread]) -> Facts:
    return replace(lab(target(1), target(2), target(3)), rooms=rooms)


def spec(**changes: Any) -> Spec:
    containers = tuple(
        Container(name=name, id=container_id(n), networks=networks)
        for n, (name, networks) in enumerate(NETWORKS.items(), 1)
    )
    made = spec_for(lab(target(1), target(2), target(3)), containers=containers)
    return replace(made, **{"dns_networks": ("front", "back"), **changes})


def bent(name: str, **changes: Any) -> dict[str, Room | Unread]:
    rooms = sound()
    one = rooms[name]
    assert isinstance(one, Room)
    return {**rooms, name: replace(one, **changes)}


def reach(name: str, **results: tuple[str, float]) -> dict[str, Room | Unread]:
    addresses = {"c1": A, "c2": B, "c3": C}
    one = sound()[name]
    assert isinstance(one, Room)
    changed = {other: {addresses[other][0]: result} for other, result in results.items()}
    return bent(name, reach={**one.reach, **changed})
