"""net.loopback, net.self, net.reach: who reaches whom, tried from inside each container.

A blocked connection proves something only beside connections that worked: the container's own
address (net.self) says that its listener and its network are alive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from verifier.check import ERROR, FAIL, NOT_APPLICABLE, PASS, Case, Check
from verifier.checks.namespaces import allowed_partners
from verifier.facts import Result, Room, Target, Unread
from verifier.net import plan
from verifier.net.addresses import same_network
from verifier.net.crowding import FULL
from verifier.remedies import unreadable
from verifier.spec import Container

BLOCKED = ("TIMEOUT", "ENETUNREACH", "EHOSTUNREACH", "EACCES", "EPERM")
REACHED = ("OK", "OTHER", "ECONNREFUSED", "ECONNRESET")
NO_ROOM = (
    "the kernel's table of neighbours is full: raise it on the host, for instance with "
    "`sysctl -w net.ipv4.neigh.default.gc_thresh3=8192`, or verify fewer containers at once"
)
LISTED = 20
HOST = "the host"
Outcome = tuple[str, dict[str, object], dict[str, object], str]


def check(case: Case) -> list[Check]:
    if case.facts.rooms is None:
        return []
    world = World(case)
    rows = []
    for target in case.facts.targets:
        room = world.room(target.name)
        claims = (
            ("net.loopback", f"127.0.0.1 of {target.name} is its own", _loopback),
            ("net.self", f"{target.name} is reachable at its own address", _self),
            ("net.reach", f"{target.name} reaches the containers on its networks only", _reach),
        )
        for check_id, claim, judge in claims:
            if isinstance(room, Unread):
                outcome: Outcome = ERROR, {"unread": room.why}, {}, unreadable(room.why)
            else:
                outcome = judge(world, target, room)
            rows.append(_row(check_id, target.name, claim, outcome))
    return rows


class World:
    """The declared containers and the tried rooms, by name."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.rooms = case.facts.rooms or {}
        self.declared = {container.name: container for container in case.spec.containers}
        self.partners = {
            target.name: frozenset(allowed_partners(case, "net", target))
            for target in case.facts.targets
        }
        self.joined = {name: self._joined(name) for name in self.declared}

    def _joined(self, name: str) -> Container:
        """The container with the networks of all that declare to be in its namespace too."""
        mine = self.declared[name]
        members = [mine, *(self.declared[one] for one in self.partners[name])]
        networks = {network for member in members for network in member.networks or ()}
        return replace(mine, networks=tuple(sorted(networks)))

    def room(self, name: str) -> Room | Unread:
        return self.rooms.get(name, Unread("no answer"))

    def others(self, target: Target) -> list[Container]:
        skipped = {target.name, *self.partners[target.name]}
        return [one for one in self.case.spec.containers if one.name not in skipped]

    def alive(self, name: str) -> bool:
        """The positive control: its listener was reached from its own namespace, and what leads
        out of that is up. Its own address answers even when its interface does not.
        """
        room = self.rooms.get(name)
        if not isinstance(room, Room):
            return False
        own = room.reach.get(name, {})
        answered = bool(own) and all(what == "OK" for what, _ in own.values())
        return answered and not down(room)


def down(room: Room) -> list[str]:
    """Interfaces with an address that lead nowhere now."""
    return [one.name for one in room.interfaces if one.addresses and not one.running]


def _row(check_id: str, name: str, claim: str, outcome: Outcome) -> Check:
    status, evidence, control, remedy = outcome
    return Check(
        id=check_id,
        subject=name,
        status=status,
        required=status != NOT_APPLICABLE,
        claim=claim,
        method="behaviour",
        evidence=evidence,
        control=control,
        remedy=remedy,
    )


def _loopback(world: World, target: Target, room: Room) -> Outcome:
    own = room.loopback.get(target.name, ("not tried", 0.0))[0]
    partners = world.partners[target.name]
    others = {
        name: result[0]
        for name, result in room.loopback.items()
        if name != target.name and name not in partners
    }
    missing = [one.name for one in world.others(target) if one.name not in others]
    reached = sorted(name for name, what in others.items() if what == "OK")
    evidence: dict[str, object] = {"others": dict(sorted(Counter(others.values()).items()))}
    if reached:
        evidence["reached"] = reached[:LISTED]
        remedy = f"{target.name} and {reached[0]} are in one network namespace: see net.peer"
        return FAIL, evidence, {"own": own}, remedy
    if own != "OK" or missing:
        remedy = f"the loopback of {target.name} is down, or the run was too short: run it again"
        return ERROR, {**evidence, "not_tried": missing[:LISTED]}, {"own": own}, remedy
    return PASS, evidence, {"own": own}, ""


def _self(world: World, target: Target, room: Room) -> Outcome:
    own = {address: what for address, (what, _) in room.reach.get(target.name, {}).items()}
    if not own and not world.joined[target.name].networks:
        return NOT_APPLICABLE, {"addresses": []}, {}, ""
    evidence: dict[str, object] = {"addresses": own, "down": down(room)}
    if world.alive(target.name):
        return PASS, evidence, {}, ""
    remedy = f"{target.name} has no working network: see `docker inspect`, or run it again"
    return ERROR, evidence, {}, remedy


def _reach(world: World, target: Target, room: Room) -> Outcome:
    me = world.joined[target.name]
    row: dict[str, str] = {}
    wrong: list[dict[str, object]] = []
    unknown: list[str] = []
    for other in world.others(target):
        linked = plan.linked(world.case.spec, me, world.joined[other.name])
        theirs = world.rooms.get(other.name)
        if not isinstance(theirs, Room):
            unknown.append(other.name)
            continue
        tried = room.reach.get(other.name, {})
        verdict, word = _pair(room, theirs, tried, linked)
        if verdict == FAIL and linked and theirs.addresses and not world.alive(other.name):
            verdict = ERROR
        row[other.name] = word
        if verdict == FAIL:
            wrong.append({"to": other.name, "expected": "OK" if linked else "blocked", "got": word})
        elif verdict == ERROR or not (world.alive(other.name) or not theirs.addresses):
            unknown.append(other.name)
    alive = world.alive(target.name) or not room.addresses
    evidence: dict[str, object] = {"wrong": wrong[:LISTED], "unknown": unknown[:LISTED]}
    if more := [one["to"] for one in wrong[LISTED:]]:
        evidence["also_wrong"] = more
    evidence["row" if len(row) <= LISTED else "summary"] = (
        row if len(row) <= LISTED else dict(Counter(word.split()[0] for word in row.values()))
    )
    if wrong:
        return FAIL, evidence, {"own_address": alive}, _wrong(target.name, wrong[0])
    if unknown or not alive:
        remedy = "a control failed (net.self), so silence proves nothing: run it again"
        if FULL in row.values():
            remedy = NO_ROOM
        return ERROR, evidence, {"own_address": alive}, remedy
    return PASS, evidence, {"own_address": alive}, ""


def _pair(room: Room, theirs: Room, results: Mapping[str, Result], linked: bool) -> tuple[str, str]:
    """(status, word) of one container's tries of another's addresses."""
    words = {address: what for address, (what, _) in results.items()}
    if set(words) != {address for address, _ in theirs.addresses}:
        return ERROR, "not tried"
    near = {
        address
        for address, _ in theirs.addresses
        if any(same_network((address, 32), mine) for mine in room.addresses)
    }
    odd = next((what for what in words.values() if what not in (*BLOCKED, *REACHED)), "")
    if not linked:
        reached = next((what for what in words.values() if what in REACHED), "")
        if reached:
            return FAIL, reached
        return (ERROR, odd) if odd else (PASS, next(iter(words.values()), "no address"))
    best = next((a for a in sorted(near) if words[a] == "OK"), "")
    far = next((words[a] for a in words if a not in near and words[a] in REACHED), "")
    if not best:
        return (ERROR, odd) if odd else (FAIL, next(iter(words.values()), "no address"))
    if far:
        return FAIL, f"{far} at an address of another network"
    return (ERROR, odd) if odd else (PASS, f"OK {results[best][1]} ms")


def _wrong(name: str, first: dict[str, object]) -> str:
    other = first["to"]
    if first["expected"] == "OK":
        return f"connect {name} and {other} to the network that both name in the lab file"
    return (
        f"{name} and {other} share no network in the lab file: disconnect the extra network, or "
        "look for a firewall rule (DOCKER-USER, --iptables=false) that lets bridges talk"
    )
