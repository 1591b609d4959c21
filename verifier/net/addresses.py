"""IPv4 addresses of the network namespace this process is in, over netlink (rtnetlink(7))."""

from __future__ import annotations

import socket
import struct

Address = tuple[str, int]
"""(dotted address, length of its network's prefix in bits)."""

_GET, _NEW, _DONE, _ERROR = 22, 20, 3, 2
_REQUEST_ALL = 0x301
_LOCAL = 2


def own_addresses() -> list[Address]:
    """All but those of loopback. Raises OSError."""
    request = struct.pack("=IHHIIBBBBI", 24, _GET, _REQUEST_ALL, 1, 0, socket.AF_INET, 0, 0, 0, 0)
    found: list[Address] = []
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as link:
        link.settimeout(1.0)
        link.send(request)
        while True:
            done, some = _parse(link.recv(1 << 18))
            found += some
            if done:
                return found


def _parse(data: bytes) -> tuple[bool, list[Address]]:
    found: list[Address] = []
    at = 0
    while at + 16 <= len(data):
        size, kind = struct.unpack_from("=IH", data, at)
        if kind in (_DONE, _ERROR) or size < 16:
            return True, found
        if kind == _NEW:
            prefix = data[at + 17]
            local = _attribute(data[at + 24 : at + size])
            if local and not local.startswith("127."):
                found.append((local, prefix))
        at += (size + 3) & ~3
    return False, found


def _attribute(data: bytes) -> str:
    at = 0
    while at + 4 <= len(data):
        size, kind = struct.unpack_from("=HH", data, at)
        if kind == _LOCAL and size == 8:
            return socket.inet_ntoa(data[at + 4 : at + 8])
        at += max((size + 3) & ~3, 4)
    return ""


def same_network(one: Address, other: Address) -> bool:
    """True when `one` is in the network that `other` is directly attached to."""
    shift = 32 - other[1]
    return _number(one[0]) >> shift == _number(other[0]) >> shift


def _number(address: str) -> int:
    return int.from_bytes(socket.inet_aton(address), "big")
