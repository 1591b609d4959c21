"""Who talks to whom over which bridge, and which bridges lead out of the machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policy import kinds
from policy.resource import Resource
from review.exposure.row import Exposed, is_verification, key_of, maps, texts

NETWORKS = "networks"
_INTERNAL = "is an internal network: no way out of the machine"
_DEFAULT = "the engine's default bridge"
_NO_NETWORK = ("none", "host")


def of_networks(resources: Sequence[Resource]) -> Iterator[Exposed]:
    networks = {str(one.inputs.get("name")): one for one in resources if one.type == kinds.NETWORK}
    members: dict[str, list[Resource]] = {name: [] for name in networks}
    for one in resources:
        if one.type == kinds.CONTAINER and not is_verification(one):
            for name in _attached(one):
                members.setdefault(name, []).append(one)
    for name, found in members.items():
        network = networks.get(name)
        shown = key_of(network) if network else name
        keys = sorted(key_of(one) for one in found)
        for one in found:
            yield Exposed(
                topic="who reaches whom",
                subject=key_of(one),
                text=f"is on {shown}",
                of=one.name,
                others=tuple(key for key in keys if key != key_of(one)),
                way=NETWORKS,
            )
        yield from _names(name, shown, found)
        yield _way_out(shown, network)
        if network is not None:
            yield from _driver(shown, network)


def _names(network: str, shown: str, members: Sequence[Resource]) -> Iterator[Exposed]:
    """Who answers there to which further name: whoever takes one over gets what was for another."""
    for one in members:
        for attachment in maps(one.inputs.get("networksAdvanced")):
            for alias in texts(attachment.get("aliases")):
                if attachment.get("name") == network and alias != key_of(one):
                    yield Exposed(
                        topic="who reaches whom",
                        subject=f"{alias} on {shown}",
                        text=f"is a name of {key_of(one)}",
                        kind="tells",
                        way="bearer of a name",
                        of=one.name,
                    )


def _attached(one: Resource) -> Iterator[str]:
    """Names of networks, by their list or, as a single one, by the mode."""
    names = [str(found.get("name")) for found in maps(one.inputs.get("networksAdvanced"))]
    yield from names
    mode = str(one.inputs.get("networkMode") or "")
    if mode in ("", "default", "bridge"):
        if not names:
            yield _DEFAULT
    elif mode not in _NO_NETWORK and not mode.startswith("container:") and mode not in names:
        yield mode


def _way_out(shown: str, network: Resource | None) -> Exposed:
    internal = network is not None and network.inputs.get("internal") is True
    return Exposed(
        topic="ways out",
        subject=shown,
        text=_INTERNAL if internal else "is a network with a way out of the machine",
        kind="guards" if internal else "opens",
        way="out",
        of=network.name if network else "",
    )


def _driver(shown: str, network: Resource) -> Iterator[Exposed]:
    driver = str(network.inputs.get("driver") or "bridge")
    if driver != "bridge":
        yield Exposed(
            topic="ways out",
            subject=shown,
            text=f"is of driver {driver}, which puts containers on a network that is not the lab's",
            of=network.name,
        )
