"""net.link: the veth pair and the bridge behind each interface of a container.

Containers share a bridge exactly where they share a declared network. What an engine calls its
bridges is not known beforehand: which bridge is which network follows from who is on it.
"""

from __future__ import annotations

from verifier.check import ERROR, FAIL, PASS, Case, Check
from verifier.checks.networks import HOST, LISTED, Outcome, World
from verifier.facts import Interface, Room, Target, Unread
from verifier.remedies import shared_with_host, unreadable
from verifier.topology import bridges_of, network_bridges

NO_BRIDGE, ONE_BRIDGE = "no bridge", "one bridge"


def check(case: Case) -> list[Check]:
    if case.facts.rooms is None:
        return []
    world = World(case)
    networks = {bridge: name for name, bridge in network_bridges(world).items()}
    return [_row(world, target, networks) for target in case.facts.targets]


def _row(world: World, target: Target, networks: dict[str, str]) -> Check:
    room, host = world.room(target.name), world.room(HOST)
    if isinstance(room, Unread):
        outcome: Outcome = ERROR, {"unread": room.why}, {}, unreadable(room.why)
    elif isinstance(host, Unread):
        outcome = ERROR, {"unread": f"the host: {host.why}"}, {}, unreadable(host.why)
    elif target.ns.get("net") == world.case.host_ns("net"):
        remedy = shared_with_host("net", target.name, world.case.policy.remap)
        outcome = FAIL, {"interfaces": "the host's own"}, {}, remedy
    else:
        outcome = _judge(world, target, room, networks)
    status, evidence, control, remedy = outcome
    return Check(
        id="net.link",
        subject=target.name,
        status=status,
        claim=f"each interface of {target.name} is a veth pair to the bridge of its network",
        method="procfs",
        evidence=evidence,
        control=control,
        remedy=remedy,
    )


def _judge(world: World, target: Target, room: Room, networks: dict[str, str]) -> Outcome:
    me = world.joined[target.name]
    loose = [one.name for one in room.interfaces if not one.bridge]
    mine = bridges_of(room)
    wrong, unknown = _others(world, target, mine)
    expected = len(me.networks or ())
    evidence: dict[str, object] = {
        "interfaces": {one.name: _words(one, networks) for one in room.interfaces},
        "wrong": wrong[:LISTED],
        "unknown": unknown[:LISTED],
    }
    if loose:
        remedy = f"{loose[0]} of {target.name} does not come from a bridge network: remove it"
        return FAIL, evidence, {}, remedy
    if wrong or len(mine) != expected:
        evidence |= {"bridges": len(mine), "networks": expected}
        return FAIL, evidence, {}, _remedy(target.name, wrong)
    if unknown:
        remedy = f"the interfaces of {unknown[0]} were not read: see net.loopback"
        return ERROR, evidence, {}, remedy
    return PASS, evidence, {}, ""


def _others(
    world: World, target: Target, mine: frozenset[str]
) -> tuple[list[dict[str, object]], list[str]]:
    """(with whom bridges are not shared as networks are, whose bridges are not known)."""
    wrong: list[dict[str, object]] = []
    unknown: list[str] = []
    networks = set(world.joined[target.name].networks or ())
    for other in world.others(target):
        room = world.room(other.name)
        if isinstance(room, Unread):
            unknown.append(other.name)
            continue
        expected = len(networks & set(world.joined[other.name].networks or ()))
        shared = sorted(mine & bridges_of(room))
        if len(shared) != expected:
            said = {0: NO_BRIDGE, 1: ONE_BRIDGE}.get(expected, f"{expected} bridges")
            got = ", ".join(shared) or NO_BRIDGE
            wrong.append({"to": other.name, "expected": said, "got": got})
    return wrong, unknown


def _words(one: Interface, networks: dict[str, str]) -> str:
    if not one.veth:
        return f"{one.kind or 'unknown kind'}, no veth pair with the host"
    if not one.bridge:
        return f"{one.veth} on no bridge"
    known = networks.get(one.bridge, "")
    return f"{one.veth} on {one.bridge}" + (f" ({known})" if known else "")


def _remedy(name: str, wrong: list[dict[str, object]]) -> str:
    if not wrong:
        return f"connect {name} to exactly the networks that the lab file names"
    other = wrong[0]["to"]
    if wrong[0]["got"] == NO_BRIDGE:
        return f"connect {name} and {other} to the network that both name in the lab file"
    return f"disconnect {name} or {other} from the bridge that they share undeclared"
