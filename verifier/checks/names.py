"""net.dns: names resolve between containers on one network that gives names, and nowhere else.

Asked is each container's short id, which the engine's resolver knows like any other name; in a
large lab not by everybody (plan.questions). The
container's answer about itself is the control.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from verifier.check import ERROR, FAIL, PASS, Case, Check
from verifier.checks.networks import LISTED, Outcome, World
from verifier.facts import Room, Target, Unread
from verifier.net import plan
from verifier.remedies import unreadable

NO = ("NXDOMAIN", "NODATA", "TIMEOUT", "REFUSED", "SERVFAIL", "ECONNREFUSED", "ENETUNREACH")


def check(case: Case) -> list[Check]:
    if case.facts.rooms is None:
        return []
    world = World(case)
    questions = plan.questions(case.spec)
    return [_names(world, target, questions[target.name]) for target in case.facts.targets]


def _names(world: World, target: Target, asked: Collection[str]) -> Check:
    room = world.room(target.name)
    if isinstance(room, Unread):
        outcome: Outcome = ERROR, {"unread": room.why}, {}, unreadable(room.why)
    else:
        outcome = _judge(world, target, room, asked)
    status, evidence, control, remedy = outcome
    return Check(
        id="net.dns",
        subject=target.name,
        status=status,
        claim=f"{target.name} finds by name the containers on its networks only",
        method="behaviour",
        evidence=evidence,
        control=control,
        remedy=remedy,
    )


def _judge(world: World, target: Target, room: Room, asked: Collection[str]) -> Outcome:
    spec, me = world.case.spec, world.joined[target.name]
    wrong: list[dict[str, object]] = []
    unknown: list[str] = []
    words: Counter[str] = Counter()
    for other in world.others(target):
        code, found = room.names.get(other.name, ("not asked", ()))
        words[code] += 1
        should = plan.resolves(spec, me, other)
        if other.name not in asked and not should:
            continue
        theirs = world.rooms.get(other.name)
        if not isinstance(theirs, Room):
            unknown.append(other.name)
            continue
        addresses = [address for address, _ in theirs.addresses]
        right = code == "OK" and bool(set(found) & set(addresses))
        if should != right and (code == "OK" or code in NO):
            # An address that is not the other's (a wildcard upstream) is no answer about it.
            if should or right:
                wrong.append({"name": other.name, "expected": should, "got": code})
        elif code != "OK" and code not in NO:
            unknown.append(other.name)
    # A container that joined another's network has no name of its own there.
    known = [target.name, *sorted(world.partners[target.name])]
    own_answers = [room.names.get(name, ("not asked", ()))[0] for name in known]
    own = "OK" if "OK" in own_answers else own_answers[0]
    evidence: dict[str, object] = {"answers": dict(sorted(words.items())), "wrong": wrong[:LISTED]}
    control: dict[str, object] = {"own_name": own}
    if wrong:
        return FAIL, evidence, control, _remedy(target.name, wrong[0])
    # Without a resolver a refusal answers for itself; with one, its own name must be known.
    silent = own != "OK" if plan.has_names(spec, me) else words["TIMEOUT"] > 0 and own != "OK"
    if silent or unknown:
        remedy = f"the resolver of {target.name} gave no answer about itself: run it again"
        return ERROR, {**evidence, "unknown": unknown[:LISTED]}, control, remedy
    return PASS, evidence, control, ""


def _remedy(name: str, first: dict[str, object]) -> str:
    if first["expected"]:
        return f"connect {name} and {first['name']} to the network that both name in the lab file"
    return f"disconnect {name} or {first['name']} from the network that they share undeclared"
