"""Labs of several sizes that the verifier is timed on, and what it is asked about them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from random import Random
from typing import Any

SIZES = (2, 10, 30, 100)
MEMORY_MIB = 16
_PER_BRIDGE, _FEWEST_BRIDGES = 6, 2
FOLDER = "/data"
DEADLINE_MS = 250


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """`run` is in the name of everything a run makes on the engine."""

    run: str
    containers: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"c{i}" for i in range(self.containers))

    @property
    def networks(self) -> tuple[str, ...]:
        count = max(_FEWEST_BRIDGES, self.containers // _PER_BRIDGE)
        return tuple(f"net{i}" for i in range(count))

    @property
    def volume(self) -> str:
        return self.on_engine("data")

    @property
    def pairs(self) -> int:
        return self.containers * (self.containers - 1)

    def on_engine(self, name: str) -> str:
        return f"bench-{self.run}-{self.containers}-{name}"

    def network_of(self, name: str) -> str:
        return self.networks[self.names.index(name) % len(self.networks)]

    def mode_of(self, name: str) -> str:
        """All share one volume, which the first of them alone may write."""
        return "rw" if name == self.names[0] else "ro"

    def sample(self, most: int) -> list[tuple[str, str]]:
        """Ordered pairs, all of them or `most` drawn at random; the same ones each time."""
        pairs = list(permutations(self.names, 2))
        return pairs if len(pairs) <= most else Random(len(pairs)).sample(pairs, most)


def specification(crowd: Crowd, ids: Mapping[str, str]) -> dict[str, Any]:
    """NSV_SPEC, with ids by name."""
    return {
        "run_id": f"{crowd.run}-{crowd.containers}",
        "containers": [
            {
                "name": name,
                "id": ids[name],
                "networks": [crowd.network_of(name)],
                "volumes": [{"path": FOLDER, "mode": crowd.mode_of(name), "key": "volume:data"}],
            }
            for name in crowd.names
        ],
        "dns_networks": list(crowd.networks),
        "deadline_ms": DEADLINE_MS,
    }
