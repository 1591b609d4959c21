"""Between the run and the network's child process: what it is asked, and its answer as facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

from verifier.facts import Room, Unread, Uplink
from verifier.net import plan
from verifier.net.errands import Errands
from verifier.net.interfaces import Link, paired
from verifier.net.trying import HOST, Job
from verifier.spec import Spec


def job_for(
    spec: Spec,
    rooms: Sequence[tuple[str, int]],
    uplink: Callable[[], Uplink],
    refusals: Callable[[], int | None],
) -> Job:
    """`rooms` are names with open ns/net files. Containers are asked for by their short id,
    which every engine's resolver knows whatever the container is called.
    """
    pairs = list(permutations(spec.containers, 2))
    named = [(one, other) for one, other in pairs if plan.resolves(spec, one, other)]
    own = [(one.name, one.name) for one in spec.containers if plan.has_names(spec, one)]
    return Job(
        rooms=rooms,
        aliases={container.name: container.id[:12] for container in spec.containers},
        questions=plan.questions(spec),
        should_reach=frozenset(
            (one.name, other.name) for one, other in pairs if plan.linked(spec, one, other)
        ),
        should_resolve=frozenset([*((a.name, b.name) for a, b in named), *own]),
        must_answer=spec.egress,
        errands=Errands(spec),
        uplink=uplink,
        refusals=refusals,
        silence=spec.deadline_ms / 1000,
    )


def as_facts(answer: object, names: Sequence[str]) -> dict[str, Room | Unread]:
    """The child's answer by container, and by HOST; whoever is not in it is unread."""
    if isinstance(answer, Unread) or not isinstance(answer, dict):
        why = answer if isinstance(answer, Unread) else Unread("no answer")
        return dict.fromkeys((*names, HOST), why)
    found = answer["rooms"]
    links = [Link(*row) for row in found.get(HOST, {}).get("links", ())]
    host = {link.number: link for link in links}
    rooms = {name: _room(found.get(name), host) for name in (*names, HOST)}
    mine = rooms[HOST]
    if isinstance(mine, Room):
        rooms[HOST] = replace(mine, interfaces=(), uplink=_uplink(answer["uplink"]))
    return rooms


def _uplink(found: Mapping[str, Any]) -> Uplink:
    return Uplink(
        default_route=found["default_route"],
        gateways=tuple(found["gateways"]),
        nameservers=tuple(found["nameservers"]),
        problem=found["problem"],
    )


def _room(found: Mapping[str, Any] | None, host: Mapping[int, Link]) -> Room | Unread:
    if found is None:
        return Unread("no answer")
    if found["error"]:
        return Unread(str(found["error"]))
    addresses = [(number, (address, bits)) for number, (address, bits) in found["addresses"]]
    links = [Link(*row) for row in found["links"]]
    return Room(
        addresses=tuple(address for _, address in addresses),
        interfaces=paired(links, addresses, host, found["namespace"]),
        reach={
            other: {address: (what, ms) for address, (what, ms) in results.items()}
            for other, results in found["reach"].items()
        },
        loopback={other: (what, ms) for other, (what, ms) in found["loopback"].items()},
        elsewhere={place: (what, ms) for place, (what, ms) in found["elsewhere"].items()},
        names={other: (what, tuple(ips)) for other, (what, ips) in found["names"].items()},
    )
