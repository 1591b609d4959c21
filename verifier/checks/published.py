"""net.published: what containers of other networks find where a port is published. Never judged.

The engine's userland proxy listens on the host, and the host is everybody's neighbour: published
ports cross bridges by design. What is published on 127.0.0.1 is not at the bridges' gateways.
"""

from __future__ import annotations

from verifier.check import INFO, Case, Check
from verifier.checks.networks import HOST, World
from verifier.facts import Room
from verifier.net import errands, plan
from verifier.spec import Published

WORDS = "by design published ports cross bridges where the engine's userland proxy serves them"


def check(case: Case) -> list[Check]:
    if case.facts.rooms is None:
        return []
    world = World(case)
    by_owner: dict[str, list[Published]] = {}
    for published in case.spec.published:
        by_owner.setdefault(published.container, []).append(published)
    return [_row(world, owner, ports) for owner, ports in sorted(by_owner.items())]


def _row(world: World, owner: str, ports: list[Published]) -> Check:
    return Check(
        id="net.published",
        subject=owner,
        status=INFO,
        required=False,
        claim=f"who of other networks gets to the published ports of {owner} ({WORDS})",
        method="behaviour",
        evidence={title(port): _matrix(world, port) for port in ports},
    )


def title(port: Published) -> str:
    return f"{port.address}:{port.port} to {port.container_port}/{port.protocol}"


def _matrix(world: World, port: Published) -> dict[str, str] | str:
    """By container, what it got where."""
    host = world.room(HOST)
    asked = plan.askers(world.case.spec, port)
    if port.protocol != "tcp":
        return "not tried: only tcp answers to a connection"
    if not isinstance(host, Room):
        return f"not tried: {host.why}"
    if not asked:
        return "nobody is on another network"
    return {name: _got(world, name, port, host) for name in asked}


def _got(world: World, name: str, port: Published, host: Room) -> str:
    room = world.room(name)
    if not isinstance(room, Room):
        return f"unread: {room.why}"
    places = errands.doors(port, host.addresses, room.addresses)
    words = [f"{room.elsewhere.get(p, ('not tried', 0.0))[0]} at {p}" for p in places]
    return ", ".join(words) or "no gateway"
