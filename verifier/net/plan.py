"""Who should reach whom, from the declared networks alone. Pure."""

from __future__ import annotations

from verifier.spec import Container, Spec


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


def _common(one: Container, other: Container) -> set[str]:
    return set(one.networks or ()) & set(other.networks or ())
