"""What lies beyond the host, as the host itself knows it: its default gateway and nameservers."""

from __future__ import annotations

import os
import socket
import stat
import struct
from collections.abc import Collection, Sequence

from verifier.facts import Unread, Uplink
from verifier.procfs import ProcFs, unread
from verifier.volumes import resolve

PORTS = (53, 80, 443)
ADDRESSES = 4
_UP, _REJECT = 0x1, 0x200
_LIMIT = 1 << 16


def read(proc: ProcFs, host: int) -> Uplink:
    """From the namespaces of process `host`."""
    routes, resolver = proc.read(host, "net/route"), _resolver(proc, host)
    if isinstance(routes, Unread):
        return Uplink(problem=f"its routes: {routes.why}")
    gateways = default_gateways(routes)
    servers = () if isinstance(resolver, Unread) else nameservers(resolver)
    return Uplink(default_route=gateways is not None, gateways=gateways or (), nameservers=servers)


def _resolver(proc: ProcFs, host: int) -> bytes | Unread:
    root = proc.path(host, "root")
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        path = root + resolve(root, "/etc/resolv.conf")
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return Unread("not a file")
        fd = os.open(path, flags)
    except OSError as error:
        return unread(error)
    try:
        return os.read(fd, _LIMIT) if stat.S_ISREG(os.fstat(fd).st_mode) else Unread("not a file")
    except OSError as error:
        return unread(error)
    finally:
        os.close(fd)


def default_gateways(text: bytes) -> tuple[str, ...] | None:
    """Of a /proc/<pid>/net/route; None when there is no default route."""
    found: dict[str, None] = {}
    there = False
    for line in text.decode("ascii", "replace").splitlines()[1:]:
        fields = line.split()
        try:
            target, gateway, flags, mask = (int(fields[n], 16) for n in (1, 2, 3, 7))
        except (IndexError, ValueError):
            continue
        if target or mask or not flags & _UP or flags & _REJECT:
            continue
        there = True
        if 0 < gateway < 1 << 32:
            found[socket.inet_ntoa(struct.pack("=I", gateway))] = None
    return tuple(found) if there else None


def nameservers(text: bytes) -> tuple[str, ...]:
    """The IPv4 nameservers of a resolv.conf that are not on loopback."""
    found: dict[str, None] = {}
    for line in text.decode("ascii", "replace").splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == "nameserver" and _beyond(words[1]):
            found[words[1]] = None
    return tuple(found)


def _beyond(text: str) -> bool:
    try:
        first = socket.inet_pton(socket.AF_INET, text)[0]
    except OSError:
        return False
    return first not in (0, 127) and first < 224


def addresses(declared: Sequence[str], uplink: Uplink, own: Collection[str]) -> tuple[str, ...]:
    """ "address:port" to try: the declared, else the host's surroundings; never the host itself."""
    if declared:
        return tuple(one for one in declared if one.rpartition(":")[0] not in own)
    known = dict.fromkeys((*uplink.gateways, *uplink.nameservers))
    chosen = [address for address in known if address not in own][:ADDRESSES]
    return tuple(f"{address}:{port}" for address in chosen for port in PORTS)
