"""Rules within one container: mounts, ports, variables, shared namespaces. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from infra.model.base import Problem, shown
from infra.model.sharing import MODES, PRIVATE, joined

if TYPE_CHECKING:
    from infra.model.container import ContainerConfig


def container_problems(container: ContainerConfig) -> Iterator[Problem]:
    yield from _variables(container)
    yield from _mount_targets(container)
    yield from _ports(container)
    yield from _shared_namespaces(container)
    yield from _network_mode(container)
    yield from _capabilities(container)


def _variables(container: ContainerConfig) -> Iterator[Problem]:
    for name in sorted(container.environment.keys() & container.secret_environment.keys()):
        yield Problem(
            ("secret_environment", name),
            f"{name} is also under environment; keep it in one of the two",
        )


def _mount_targets(container: ContainerConfig) -> Iterator[Problem]:
    places: list[tuple[tuple[str | int, ...], str]] = [
        *((("volumes", i, "target"), m.target) for i, m in enumerate(container.volumes)),
        *((("binds", i, "target"), m.target) for i, m in enumerate(container.binds)),
        *((("tmpfs", target), target) for target in container.tmpfs),
    ]
    seen: set[str] = set()
    for path, target in places:
        if target in seen:
            yield Problem(
                path, f"{target} is the target of another mount too; one would hide the other"
            )
        seen.add(target)


def _ports(container: ContainerConfig) -> Iterator[Problem]:
    if container.ports and not container.networks:
        yield Problem(
            ("ports", 0),
            f"port {container.ports[0].host} is published by a container that is on no network; "
            "name a network that is not internal",
        )


def _shared_namespaces(container: ContainerConfig) -> Iterator[Problem]:
    for key, namespace in MODES.items():
        mode = getattr(container, key)
        if mode == PRIVATE or namespace in container.allow_shared_namespaces:
            continue
        other = joined(mode)
        whose = f"the container {shown(other)}'s" if other else "the machine's"
        yield Problem(
            (key,),
            f"{shown(mode)} shares {whose} {namespace.upper()} namespace, so the lab would not be "
            f"isolated; leave the key out, or write allow_shared_namespaces: [{namespace}] beside "
            "it to see the verification fail on it",
        )


def _network_mode(container: ContainerConfig) -> Iterator[Problem]:
    if container.network_mode == PRIVATE:
        return
    mode = shown(container.network_mode)
    if container.networks:
        yield Problem(
            ("network_mode",),
            f"{mode} and networks exclude each other; keep one of them",
        )
    if container.hostname and joined(container.network_mode):
        yield Problem(
            ("hostname",),
            f"{container.hostname} cannot be given with network_mode {mode}: the other container's "
            "name holds; leave it out",
        )


def _capabilities(container: ContainerConfig) -> Iterator[Problem]:
    seen: set[str] = set()
    for i, name in enumerate(container.capabilities):
        if name in seen:
            yield Problem(("capabilities", i), f"{name} is listed twice; list it once")
        seen.add(name)
