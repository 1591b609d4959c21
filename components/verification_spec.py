"""What the verifier is asked, NSV_SPEC: the lab's targets and what is expected of them. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Requirement = bool | Literal["auto"]


@dataclass(frozen=True, kw_only=True)
class TargetMount:
    """`key` is equal where, and only where, two mounts show the same data."""

    path: str
    mode: Literal["ro", "rw"]
    key: str


@dataclass(frozen=True, kw_only=True)
class TargetPort:
    """`address` and `port` of the host lead to the container's own port."""

    address: str
    port: int
    container_port: int
    protocol: Literal["tcp", "udp"]


@dataclass(frozen=True, kw_only=True)
class Target:
    """A container under verification; its id is known to the engine only."""

    name: str
    networks: Sequence[str]
    mounts: Sequence[TargetMount]
    ports: Sequence[TargetPort] = ()


@dataclass(frozen=True, kw_only=True)
class Expectations:
    """Of the whole lab. `require` says of user, cgroup and time whether they must be isolated;
    `egress` are addresses with ports that only networks with a way out reach.
    """

    networks: Sequence[str]
    internal: Sequence[str]
    require: Mapping[str, Requirement]
    deadline_ms: int
    egress: Sequence[str] = ()


def specification(
    targets: Sequence[Target], ids: Sequence[str], expected: Expectations
) -> dict[str, Any]:
    """NSV_SPEC for targets and their 64-hex ids in the same order.

    `run_id` follows from all the rest: an equal question has an equal id, in whatever order the
    lab file says it.
    """
    asked = sorted(zip(targets, ids, strict=True), key=lambda pair: pair[0].name)
    spec: dict[str, Any] = {
        "containers": [
            {
                "name": target.name,
                "id": container_id,
                "networks": sorted(target.networks),
                "volumes": [
                    {"path": m.path, "mode": m.mode, "key": m.key}
                    for m in sorted(target.mounts, key=lambda m: m.path)
                ],
            }
            for target, container_id in asked
        ],
        "allow_shared": [],
        "dns_networks": sorted(expected.networks),
        "icc_false": [],
        "internal": sorted(expected.internal),
        "egress": sorted(expected.egress),
        "published": [
            {
                "container": target.name,
                "address": port.address,
                "port": port.port,
                "container_port": port.container_port,
                "protocol": port.protocol,
            }
            for target, _ in asked
            for port in sorted(target.ports, key=lambda p: (p.port, p.protocol, p.address))
        ],
        "require": dict(expected.require),
        "deadline_ms": expected.deadline_ms,
    }
    return {"run_id": hashlib.sha256(as_text(spec).encode()).hexdigest()[:16], **spec}


def as_text(spec: Mapping[str, Any]) -> str:
    """One form for equal specs."""
    return json.dumps(spec, sort_keys=True, separators=(",", ":"))
