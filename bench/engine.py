"""The engine's side of a run: ranges in use, the verification container's times, a last sweep."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from toolchain.verbs.deployment import EngineAddress
from toolchain.verbs.engine import connect


@contextlib.contextmanager
def client_of(docker_host: str) -> Iterator[Any]:
    client = connect(EngineAddress(docker_host))
    try:
        yield client
    finally:
        client.close()


def taken_subnets(docker_host: str) -> list[str]:
    with client_of(docker_host) as client:
        networks = client.api.networks()
    configs = [c for n in networks for c in ((n.get("IPAM") or {}).get("Config") or [])]
    return [str(config["Subnet"]) for config in configs if config.get("Subnet")]


def container_seconds(docker_host: str, identity: str) -> tuple[float, float]:
    """Of a container that has ended: from made to ended, and from started to ended."""
    with client_of(docker_host) as client:
        found = client.api.inspect_container(identity)
    made, begun, ended = (
        _moment(text)
        for text in (found["Created"], found["State"]["StartedAt"], found["State"]["FinishedAt"])
    )
    return (ended - made).total_seconds(), (ended - begun).total_seconds()


def _moment(text: str) -> datetime:
    """The engine tells nanoseconds, which Python does not read."""
    return datetime.fromisoformat(re.sub(r"(\.\d{1,6})\d*Z?$", r"\1", text).removesuffix("Z"))


def sweep(docker_host: str, run: str) -> list[str]:
    """Removes what has a run's mark in its name; gives the names; none after a destroy."""
    removed = []
    with client_of(docker_host) as client:
        api = client.api
        for item in api.containers(all=True):
            name = item["Names"][0].lstrip("/") if item.get("Names") else ""
            if run in name:
                api.remove_container(item["Id"], v=True, force=True)
                removed.append(name)
        for item in api.networks():
            if run in item["Name"]:
                api.remove_network(item["Id"])
                removed.append(item["Name"])
        for item in api.volumes()["Volumes"] or []:
            if run in item["Name"]:
                api.remove_volume(item["Name"], force=True)
                removed.append(item["Name"])
    return removed
