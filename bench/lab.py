"""The one lab that all contenders bring up, and how each of them is told it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from typing import Any

IMAGE = "python:3.11-slim-bookworm"
COMMAND = ("sh", "-c", "trap 'exit 0' TERM INT; sleep infinity & wait $!")
MEMORY_MIB = 32
NETWORKS, VOLUMES = 3, 2
_POOL = "10.213.0.0/16"


@dataclass(frozen=True, kw_only=True)
class BenchLab:
    """`run` is in the name of everything a run makes, and in nothing else on the engine."""

    run: str
    containers: int
    subnets: tuple[str, ...]

    @property
    def networks(self) -> tuple[str, ...]:
        return tuple(f"net{i}" for i in range(NETWORKS))

    @property
    def volumes(self) -> tuple[str, ...]:
        return tuple(f"data{i}-{self.run}" for i in range(VOLUMES))

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(f"c{i}" for i in range(self.containers))

    @property
    def resources(self) -> int:
        return self.containers + NETWORKS + VOLUMES


def network_of(i: int) -> int:
    """The network of the i-th container."""
    return i % NETWORKS


def volume_of(i: int) -> tuple[int, str]:
    """The volume of the i-th container and its mode."""
    return i % VOLUMES, "rw" if i < VOLUMES else "ro"


def is_internal(network: int) -> bool:
    return network == NETWORKS - 1


def free_subnets(taken: Sequence[str], count: int = NETWORKS) -> tuple[str, ...]:
    """Ranges that overlap none of `taken`. Raises ValueError when there are too few."""
    used = [net for net in map(ip_network, taken) if isinstance(net, IPv4Network)]
    free = [
        str(candidate)
        for candidate in ip_network(_POOL).subnets(new_prefix=24)
        if isinstance(candidate, IPv4Network) and not any(map(candidate.overlaps, used))
    ]
    if len(free) < count:
        raise ValueError(f"{_POOL} has no {count} free /24 ranges; remove networks of the engine")
    return tuple(free[:count])


def stack_settings(lab: BenchLab, verified: bool) -> dict[str, Any]:
    """The value of `docklab:lab`."""
    return {
        "host": {"kind": "local"},
        "images": {"base": {"name": IMAGE}},
        "networks": {
            name: {"subnet": lab.subnets[i], "internal": is_internal(i)}
            for i, name in enumerate(lab.networks)
        },
        "volumes": {name: {} for name in lab.volumes},
        "containers": {key: _container(lab, i) for i, key in enumerate(lab.keys)},
        "verification": {"enabled": verified},
    }


def _container(lab: BenchLab, i: int) -> dict[str, Any]:
    volume, mode = volume_of(i)
    return {
        "image": "base",
        "command": list(COMMAND),
        "networks": {lab.networks[network_of(i)]: None},
        "volumes": [{"volume": lab.volumes[volume], "target": "/data", "mode": mode}],
        "memory": f"{MEMORY_MIB}MiB",
    }


def compose_file(lab: BenchLab, project: str) -> dict[str, Any]:
    """The same lab for Docker Compose, as confined as its file has words for."""
    return {
        "services": {key: _service(lab, i, project) for i, key in enumerate(lab.keys)},
        "networks": {
            name: {
                "internal": is_internal(i),
                "ipam": {
                    "config": [{"subnet": lab.subnets[i], "gateway": gateway(lab.subnets[i])}]
                },
            }
            for i, name in enumerate(lab.networks)
        },
        "volumes": {name: {} for name in lab.volumes},
    }


def _service(lab: BenchLab, i: int, project: str) -> dict[str, Any]:
    volume, mode = volume_of(i)
    key = lab.keys[i]
    return {
        "image": IMAGE,
        "container_name": f"{project}-{key}",
        "hostname": key,
        # Compose puts in variables for $.
        "command": [word.replace("$", "$$") for word in COMMAND],
        "networks": {lab.networks[network_of(i)]: {"aliases": [key]}},
        "volumes": [f"{lab.volumes[volume]}:/data:{mode}"],
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "ipc": "private",
        "mem_limit": f"{MEMORY_MIB}m",
        "memswap_limit": f"{MEMORY_MIB}m",
        "restart": "unless-stopped",
        "stop_grace_period": "5s",
    }


def gateway(subnet: str) -> str:
    return str(next(ip_network(subnet).hosts()))
