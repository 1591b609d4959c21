"""IPv4 addresses of the network namespace this process is in."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable

from verifier.net.netlink import Netlink, attributes

Address = tuple[str, int]
"""(dotted address, length of its network's prefix in bits)."""

_GET_ADDRESSES = 22
_MESSAGE = struct.Struct("=BBBBI")
_LOCAL = 2


def own_addresses(netlink: Netlink) -> list[tuple[int, Address]]:
    """(number of the interface, address), all but those of loopback. Raises OSError."""
    asked = netlink.dump(_GET_ADDRESSES, _MESSAGE.pack(socket.AF_INET, 0, 0, 0, 0))
    return [found for body in asked if (found := _parse(body))]


def _parse(body: bytes) -> tuple[int, Address] | None:
    if len(body) < _MESSAGE.size:
        return None
    _, prefix, _, _, interface = _MESSAGE.unpack_from(body)
    local = attributes(body[_MESSAGE.size :]).get(_LOCAL, b"")
    if len(local) != 4 or local[0] == 127:
        return None
    return interface, (socket.inet_ntoa(local), prefix)


def same_network(one: Address, other: Address) -> bool:
    """True when `one` is in the network that `other` is directly attached to."""
    shift = 32 - other[1]
    return _number(one[0]) >> shift == _number(other[0]) >> shift


def near(address: str, others: Iterable[Address]) -> bool:
    """True when it is in a network that one of the others is directly attached to."""
    return any(same_network((address, 32), other) for other in others)


def _number(address: str) -> int:
    return int.from_bytes(socket.inet_aton(address), "big")
