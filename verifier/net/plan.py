"""Who should reach whom, from the declared networks alone. Pure."""

from __future__ import annotations

from collections import defaultdict

from verifier.spec import Container, Published, Spec

ASKERS = 20
ALL_ASKED = 1024
CONTROLS = 8


def declared(spec: Spec) -> bool:
    """False when the spec says nothing about networks: then nothing is claimed about them."""
    return any(container.networks is not None for container in spec.containers)


def linked(spec: Spec, one: Container, other: Container) -> bool:
    """True when they are on one network that lets its containers talk."""
    return bool(_common(one, other) - set(spec.icc_false))


def resolves(spec: Spec, one: Container, other: Container) -> bool:
    """True when they are on one network that gives names."""
    return bool(_common(one, other) & set(spec.dns_networks))


def has_names(spec: Spec, one: Container) -> bool:
    return resolves(spec, one, one)


def questions(spec: Spec) -> dict[str, frozenset[str]]:
    """Whom each container asks for by name: everybody, in a lab of up to 32 containers.

    The engine asks on for each name that it does not know, which takes it longer than all the
    rest. In a larger lab each container is asked for by those who should know it and by one
    member of each other network, who would know it if it were there.
    """
    names = [container.name for container in spec.containers]
    if len(names) ** 2 <= ALL_ASKED:
        return dict.fromkeys(names, frozenset(names))
    found = {one.name: {one.name} if one.networks else set(names) for one in spec.containers}
    members: dict[str, list[Container]] = defaultdict(list)
    for one in spec.containers:
        for network in set(one.networks or ()) & set(spec.dns_networks):
            members[network].append(one)
    for place, other in enumerate(spec.containers):
        for there in members.values():
            strangers = [one for one in there if not resolves(spec, one, other)]
            chosen = strangers[place % len(strangers)] if strangers else other
            known = [one for one in there if resolves(spec, one, other)]
            for one in (chosen, *known):
                found[one.name].add(other.name)
    return {name: frozenset(asked) for name, asked in found.items()}


def closed(spec: Spec, one: Container) -> bool:
    """True when none of its networks has a way out of the host."""
    return one.networks is not None and set(one.networks) <= set(spec.internal)


def controls(spec: Spec) -> list[str]:
    """Some containers that have a way out: what they reach, a closed one could reach too."""
    has_one = [one.name for one in spec.containers if one.networks and not closed(spec, one)]
    return has_one[:CONTROLS]


def askers(spec: Spec, published: Published) -> list[str]:
    """Some containers that have networks, and none in common with the one that publishes."""
    owner = next(one for one in spec.containers if one.name == published.container)
    others = [one for one in spec.containers if one is not owner and one.networks]
    return [one.name for one in others if not _common(one, owner)][:ASKERS]


def _common(one: Container, other: Container) -> set[str]:
    return set(one.networks or ()) & set(other.networks or ())
