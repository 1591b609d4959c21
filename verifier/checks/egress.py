"""net.egress: a container whose networks are all internal has no way out of the host.

Its silence proves that only beside a container with a way out that was answered by the same
address and port in the same run. The host itself is not beyond the host: that an internal network
leaves it reachable is told as evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from verifier.check import ERROR, FAIL, NOT_APPLICABLE, PASS, Case, Check
from verifier.checks.networks import BLOCKED, HOST, LISTED, NO_ROOM, Outcome, World
from verifier.facts import Result, Room, Target, Unread, Uplink
from verifier.net import errands, plan
from verifier.net.crowding import FULL
from verifier.remedies import unreadable

NAME_ONE = "name an address beyond the host that answers, as in verification.egress: [{}]"
EXAMPLE = "192.0.2.1:443"
PATIENCE = 2
"""How many times longer than the control waited silence must have been listened to."""


def check(case: Case) -> list[Check]:
    if case.facts.rooms is None:
        return []
    world = World(case)
    return [
        _row(world, target)
        for target in case.facts.targets
        if plan.closed(case.spec, world.declared[target.name])
    ]


def _row(world: World, target: Target) -> Check:
    room, host = world.room(target.name), world.room(HOST)
    unread = next((one for one in (room, host) if isinstance(one, Unread)), None)
    needed = True
    if isinstance(room, Unread) or isinstance(host, Unread):
        why = unread.why if unread else ""
        outcome: Outcome = ERROR, {"unread": why}, {}, unreadable(why)
    else:
        outcome = _judge(world, target, room, host)
        # What the run chose to try may not be there: that says nothing against the lab.
        needed = outcome[0] in (PASS, FAIL) or bool(world.case.spec.egress)
    status, evidence, control, remedy = outcome
    return Check(
        id="net.egress",
        subject=target.name,
        status=status,
        required=needed and status != NOT_APPLICABLE,
        claim=f"{target.name} has no way out of the host: none of its networks is an open one",
        method="behaviour",
        evidence=evidence,
        control=control,
        remedy=remedy,
    )


def _judge(world: World, target: Target, room: Room, host: Room) -> Outcome:
    spec, uplink = world.case.spec, host.uplink or Uplink(problem="it was not read")
    if not plan.closed(spec, world.joined[target.name]):
        return NOT_APPLICABLE, {"shares_network_with": sorted(world.partners[target.name])}, {}, ""
    places = errands.egress(spec, uplink, host.addresses, room.addresses)
    tried = {place: room.elsewhere.get(place, ("not tried", 0.0)) for place in places}
    evidence = _host(room, host)
    reached = {place: what for place, (what, _) in tried.items() if what in errands.ANSWERS}
    if reached:
        remedy = (
            f"{target.name} gets out of the host: disconnect it from networks that are not "
            "internal, or make its network anew with internal: true"
        )
        return FAIL, {"reached": reached, **evidence}, {}, remedy
    useless = [place for place in spec.egress if place not in places]
    if useless:
        remedy = f"{useless[0]} is the host's own or in {target.name}'s network: " + _example()
        return ERROR, {"not_beyond_the_host": useless, **evidence}, {}, remedy
    if not places:
        return _nothing_to_try(uplink, evidence)
    return _silence(world, tried, evidence)


def _nothing_to_try(uplink: Uplink, evidence: dict[str, object]) -> Outcome:
    if uplink.problem:
        return ERROR, {"unread": uplink.problem, **evidence}, {}, _example()
    if not uplink.default_route:
        return NOT_APPLICABLE, {"default_route": False, **evidence}, {}, ""
    return ERROR, {"default_route": True, "addresses": 0, **evidence}, {}, _example()


def _silence(world: World, tried: Mapping[str, Result], evidence: dict[str, object]) -> Outcome:
    answers = _answers(world)
    proven = {
        place: what
        for place, (what, waited) in tried.items()
        if place in answers and _long_enough(what, waited, answers[place][1])
    }
    control = _control({place: answers[place] for place in proven})
    unproven = [place for place in tried if place not in proven]
    odd = {place: what for place, what in proven.items() if what not in BLOCKED}
    evidence = {"blocked": _by_word(proven), **evidence}
    if odd or not proven or (world.case.spec.egress and unproven):
        first = (unproven or list(odd))[0]
        remedy = f"{first} answered nobody in time, so silence proves nothing: {_example()}"
        if FULL in odd.values():
            remedy = NO_ROOM
        return ERROR, {**evidence, "unproven": unproven[:LISTED]}, control, remedy
    return PASS, evidence, control, ""


def _by_word(proven: Mapping[str, str]) -> dict[str, list[str]]:
    words = sorted(set(proven.values()))
    return {word: [place for place, what in proven.items() if what == word] for word in words}


def _control(answers: Mapping[str, tuple[str, float, str]]) -> dict[str, object]:
    """Who was answered by how many of the addresses, and after how long at most."""
    if not answers:
        return {}
    by = Counter(f"{who}: {what}" for what, _, who in answers.values())
    return {**by, "slowest_ms": max(ms for _, ms, _ in answers.values())}


def _answers(world: World) -> dict[str, tuple[str, float, str]]:
    """By address: the quickest answer that a container with a way out got, and whose it was."""
    found: dict[str, tuple[str, float, str]] = {}
    for name in plan.controls(world.case.spec) or [HOST]:
        room = world.room(name)
        for place, (what, ms) in room.elsewhere.items() if isinstance(room, Room) else ():
            if what in errands.ANSWERS and (place not in found or ms < found[place][1]):
                found[place] = (what, ms, name)
    return found


def _long_enough(what: str, waited: float, control: float) -> bool:
    return what != "TIMEOUT" or waited >= PATIENCE * control


def _host(room: Room, host: Room) -> dict[str, object]:
    tried = {
        gateway: room.elsewhere.get(f"{gateway}:{errands.CLOSED_PORT}", ("not tried", 0.0))[0]
        for gateway in errands.gateways(host.addresses, room.addresses)
    }
    words = {
        gateway: f"{'reachable' if what in errands.ANSWERS else 'not reachable'} ({what})"
        for gateway, what in tried.items()
    }
    return {"host_gateway": words} if words else {}


def _example() -> str:
    return NAME_ONE.format(EXAMPLE)
