"""Between the run and the network's child process: what it is asked, and its answer as facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Any

from verifier.facts import Room, Unread
from verifier.net import plan
from verifier.net.trying import Job
from verifier.spec import Spec


def job_for(spec: Spec, rooms: Sequence[tuple[str, int]]) -> Job:
    """`rooms` are names with open ns/net files. Containers are asked for by their short id,
    which every engine's resolver knows whatever the container is called.
    """
    pairs = list(permutations(spec.containers, 2))
    named = [(one, other) for one, other in pairs if plan.resolves(spec, one, other)]
    own = [(one.name, one.name) for one in spec.containers if plan.has_names(spec, one)]
    return Job(
        rooms=rooms,
        aliases={container.name: container.id[:12] for container in spec.containers},
        should_reach=frozenset(
            (one.name, other.name) for one, other in pairs if plan.linked(spec, one, other)
        ),
        should_resolve=frozenset([*((a.name, b.name) for a, b in named), *own]),
        silence=spec.deadline_ms / 1000,
    )


def as_facts(answer: object, names: Sequence[str]) -> dict[str, Room | Unread]:
    """The child's answer by container; whoever is not in it is unread."""
    if isinstance(answer, Unread) or not isinstance(answer, dict):
        why = answer if isinstance(answer, Unread) else Unread("no answer")
        return dict.fromkeys(names, why)
    return {name: _room(answer.get(name)) for name in names}


def _room(found: Mapping[str, Any] | None) -> Room | Unread:
    if found is None:
        return Unread("no answer")
    if found["error"]:
        return Unread(str(found["error"]))
    return Room(
        addresses=tuple((address, prefix) for address, prefix in found["addresses"]),
        reach={
            other: {address: (what, ms) for address, (what, ms) in results.items()}
            for other, results in found["reach"].items()
        },
        loopback={other: (what, ms) for other, (what, ms) in found["loopback"].items()},
        names={other: (what, tuple(ips)) for other, (what, ips) in found["names"].items()},
    )
