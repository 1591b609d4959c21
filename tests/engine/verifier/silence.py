"""Two containers on two networks: one listens to the other's silence for as long as it is told.

That gives a test the time to do something while the verifier is at work.
"""

from __future__ import annotations

import time
from typing import Any

from engine.verifier.engine import Engine, Started, spec


class Silent:
    """Containers `near` and `far` with a network each, and a volume that both have."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.volume = f"{engine.prefix}-silent"
        self.ids: dict[str, str] = {}
        for name in ("near", "far"):
            engine.docker("network", "create", self.network(name))
        self.start("near")
        self.start("far")

    def network(self, name: str) -> str:
        return f"{self.engine.prefix}-net-{name}"

    def start(self, name: str) -> None:
        words = ("-v", f"{self.volume}:/data")
        self.ids[name] = self.engine.start(name, network=self.network(name), extra=words)

    def spec(self, deadline_ms: int = 250) -> dict[str, Any]:
        names = [self.network(name) for name in self.ids]
        made = spec(self.ids, dns_networks=names, deadline_ms=deadline_ms)
        for row in made["containers"]:
            row["networks"] = [self.network(row["name"])]
            row["volumes"] = [{"path": "/data", "mode": "rw", "key": "data"}]
        return made

    def left_behind(self) -> list[str]:
        """Files in the folders that the verifier tries, and message queues, of both containers."""
        look = "find /data /dev/shm /dev/mqueue -mindepth 1; tail -n +2 /proc/sysvipc/msg"
        found = [
            self.engine.docker("exec", f"{self.engine.prefix}-{name}", "sh", "-c", look).stdout
            for name in self.ids
        ]
        return [line for text in found for line in text.splitlines()]

    def remove(self) -> None:
        self.engine.remove(*self.ids)
        self.engine.docker("network", "rm", *map(self.network, self.ids), check=False)
        self.engine.docker("volume", "rm", "-f", self.volume, check=False)


def wait_until_it_listens(started: Started) -> None:
    """All that is over before has children that come and go; then there are three processes."""
    end, calm = time.monotonic() + 10, 0
    while calm < 3 and time.monotonic() < end:
        calm = calm + 1 if len(started.pids()) == 3 else 0
    assert calm == 3
