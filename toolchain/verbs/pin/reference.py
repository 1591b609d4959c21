"""Where an image's name leads: registry, repository, tag, as Docker reads names. Pure."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple

_HUB = "docker.io"
_HUB_SERVERS = {_HUB: "registry-1.docker.io", "index.docker.io": "registry-1.docker.io"}


class Reference(NamedTuple):
    """server: host[:port] of the registry's own interface. tag: "" where the name has none."""

    server: str
    repository: str
    tag: str

    @property
    def base(self) -> str:
        """Plain HTTP for loopback alone, as the Docker engine does it."""
        return f"{'http' if is_loopback(self.server) else 'https'}://{self.server}"


def parse(name: str) -> Reference:
    """Of `[registry/]repository[:tag]`; a first part with a dot, a colon, or localhost is a
    registry."""
    first, slash, rest = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        host, path = first, rest
    else:
        host, path = _HUB, name
    repository, _, tag = path.partition(":")
    if host in _HUB_SERVERS and "/" not in repository:
        repository = f"library/{repository}"
    return Reference(_HUB_SERVERS.get(host, host), repository, tag)


def is_loopback(server: str) -> bool:
    host = server.rpartition(":")[0] if ":" in server else server
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
