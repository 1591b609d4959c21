"""Network interfaces as the kernel lists them, and which two of them are one veth pair.

A veth pair is known by both ends naming each other: the number of the other's interface, and, as
numbers repeat, the other's namespace.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from verifier.facts import Interface
from verifier.net.addresses import Address
from verifier.net.netlink import Netlink, attribute, attributes

_GET_LINKS, _GET_NAMESPACE = 18, 90
_MESSAGE = struct.Struct("=BxHiII")
_UP, _LOOPBACK, _RUNNING = 0x1, 0x8, 0x40
_NAME, _PEER, _MASTER, _INFO, _FILTER, _PEER_NAMESPACE = 3, 5, 10, 18, 29, 37
_INFO_KIND = 1
_WITHOUT_STATISTICS = 8
_BY_FILE, _NUMBER = 3, 1
UNKNOWN = -1


class Link(NamedTuple):
    """`kind` is veth, bridge, ...; `peer`, `master` are interface numbers, 0 for none;
    `peer_namespace` is the asking namespace's number for the one the peer is in, or UNKNOWN;
    `running`: it is up, and so is what it is plugged into.
    """

    number: int
    name: str
    kind: str
    up: bool
    peer: int
    peer_namespace: int
    master: int
    running: bool = True


def own_links(netlink: Netlink) -> list[Link]:
    """All interfaces but loopback. Raises OSError."""
    asked = _MESSAGE.pack(0, 0, 0, 0, 0) + attribute(
        _FILTER, struct.pack("=I", _WITHOUT_STATISTICS)
    )
    return [found for body in netlink.dump(_GET_LINKS, asked) if (found := parse(body))]


def parse(body: bytes) -> Link | None:
    if len(body) < _MESSAGE.size:
        return None
    _, _, number, flags, _ = _MESSAGE.unpack_from(body)
    if flags & _LOOPBACK:
        return None
    found = attributes(body[_MESSAGE.size :])
    return Link(
        number=number,
        name=_text(found.get(_NAME, b"")),
        kind=_text(attributes(found.get(_INFO, b"")).get(_INFO_KIND, b"")),
        up=bool(flags & _UP),
        peer=_integer(found.get(_PEER), 0),
        peer_namespace=_integer(found.get(_PEER_NAMESPACE), UNKNOWN),
        master=_integer(found.get(_MASTER), 0),
        running=flags & (_UP | _RUNNING) == _UP | _RUNNING,
    )


def namespace_number(netlink: Netlink, namespace: int) -> int:
    """What the asking namespace calls that of an open file; UNKNOWN if it has no name for it."""
    asked = struct.pack("=I", 0) + attribute(_BY_FILE, struct.pack("=I", namespace))
    answer = attributes(netlink.ask(_GET_NAMESPACE, asked)[4:])
    return _integer(answer.get(_NUMBER), UNKNOWN)


def paired(
    own: Iterable[Link],
    addresses: Sequence[tuple[int, Address]],
    host: Mapping[int, Link],
    namespace: int,
) -> tuple[Interface, ...]:
    """The interfaces in use, each with its veth on the host's side and that one's bridge.

    `host` are the host's by number; `namespace` is its number for the container's. Kernels put
    tunnels that are down into every namespace; those are not in use.
    """
    found = []
    for link in own:
        mine = tuple(address for number, address in addresses if number == link.number)
        if not link.up and not mine:
            continue
        other = host.get(link.peer)
        if other is None or not _each_other(link, other, namespace):
            other = None
        bridge = host.get(other.master) if other else None
        found.append(
            Interface(
                name=link.name,
                kind=link.kind,
                addresses=mine,
                veth=other.name if other else "",
                bridge=bridge.name if bridge and bridge.kind == "bridge" else "",
                running=all(one.running for one in (link, other, bridge) if one),
            )
        )
    return tuple(sorted(found, key=lambda one: one.name))


def _each_other(link: Link, other: Link, namespace: int) -> bool:
    return (
        (link.kind, other.kind) == ("veth", "veth")
        and other.peer == link.number
        and namespace != UNKNOWN
        and other.peer_namespace == namespace
    )


def _text(value: bytes) -> str:
    return value.split(b"\0")[0].decode("ascii", "backslashreplace")


def _integer(value: bytes | None, otherwise: int) -> int:
    return int(struct.unpack("=i", value)[0]) if value and len(value) == 4 else otherwise
