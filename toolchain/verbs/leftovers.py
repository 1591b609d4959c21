"""What an interrupted run left on the engine, decided from the checkpoint and the engine's own
lists. Pure.

Pulumi notes an operation before it begins and the result after it; killed between the two, it knows
of a creation and not of its result. Names of containers and networks are fixed, so the thing left
behind would block the next run.

A thing is taken only if all of this holds: its name and label are this stack's; the state knows
nothing by its id; it was made while the interrupted run was under way (another clone's lab may use
the same names on the same engine). Volumes of data carry no label; theirs is a name that Pulumi
made unique and noted for the creation that was cut short.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from toolchain.verbs import deployment as state
from toolchain.verbs.deployment import Deployment

STACK_LABEL = "docklab.stack"
_CLOCK_SLACK = 5.0


class Thing(NamedTuple):
    """Something on the engine. kind: container, network or volume; created: epoch seconds; id: a
    volume's is its name."""

    kind: str
    name: str
    id: str
    labels: Mapping[str, str]
    created: float


class Window(NamedTuple):
    """When the interrupted run was under way, epoch seconds."""

    start: float
    end: float

    def holds(self, moment: float) -> bool:
        return self.start - _CLOCK_SLACK <= moment <= self.end + _CLOCK_SLACK


def interrupted_creations(deployment: Deployment) -> tuple[Mapping[str, Any], ...]:
    """The resources whose creation was cut short."""
    pending = state.pending_operations(deployment)
    return tuple(
        op["resource"] for op in pending if op.get("type") == "creating" and op.get("resource")
    )


def interrupted_others(deployment: Deployment) -> tuple[str, ...]:
    """URNs of the resources whose update, deletion or read was cut short."""
    pending = state.pending_operations(deployment)
    urns = (op.get("resource", {}).get("urn") for op in pending if op.get("type") != "creating")
    return tuple(dict.fromkeys(urn for urn in urns if urn))


def unfinished_volumes(deployment: Deployment) -> frozenset[str]:
    """Names that Pulumi gave to volumes whose creation was cut short."""
    names = (
        (resource.get("inputs") or {}).get("name")
        for resource in interrupted_creations(deployment)
        if resource.get("type") == state.VOLUME
    )
    return frozenset(name for name in names if isinstance(name, str) and name)


def removable(
    things: Iterable[Thing], deployment: Deployment, stack: str, windows: Sequence[Window]
) -> tuple[Thing, ...]:
    """What of the engine's things the interrupted runs left behind; containers first, for they hold
    the others."""
    known = {
        "container": state.ids(deployment, state.CONTAINER),
        "network": state.ids(deployment, state.NETWORK),
        "volume": state.ids(deployment, state.VOLUME),
    }
    volumes = unfinished_volumes(deployment)
    order = {"container": 0, "network": 1, "volume": 2}

    def ours(thing: Thing) -> bool:
        if thing.id in known[thing.kind]:
            return False
        if thing.kind == "volume" and thing.name in volumes:
            return True
        labelled = thing.labels.get(STACK_LABEL) == stack and thing.name.startswith(
            f"docklab-{stack}-"
        )
        return labelled and any(window.holds(thing.created) for window in windows)

    return tuple(sorted(filter(ours, things), key=lambda thing: (order[thing.kind], thing.name)))
