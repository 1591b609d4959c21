"""What a run is asked: the input as plain values. Parsing it is `parse`'s work."""

from __future__ import annotations

from dataclasses import dataclass

Require = bool | str
"""True, False or "auto"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A declared mount: target path, mode `ro` or `rw`, and what it is (equal key, same data)."""

    path: str
    mode: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A declared container: name, 64-hex id, names of its networks (None: nothing was said
    about them), its mounts.
    """

    name: str
    id: str
    networks: tuple[str, ...] | None = None
    volumes: tuple[Volume, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A port of the host's `address` that leads to a container's own port."""

    container: str
    address: str
    port: int
    container_port: int
    protocol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A whole input. `deadline_ms` is how long silence of the network is listened to; `egress`
    are "address:port" beyond the host that answer (empty: found by the run itself).
    """

    run_id: str
    containers: tuple[Container, ...]
    allow_shared: frozenset[tuple[str, str, str]] = frozenset()
    dns_networks: tuple[str, ...] = ()
    icc_false: tuple[str, ...] = ()
    internal: tuple[str, ...] = ()
    egress: tuple[str, ...] = ()
    published: tuple[Published, ...] = ()
    require_user: Require = "auto"
    require_cgroup: Require = "auto"
    require_time: Require = "auto"
    deadline_ms: int = 250

    def shared_allowed(self, ns: str, one: str, other: str) -> bool:
        return (ns, *sorted((one, other))) in self.allow_shared
