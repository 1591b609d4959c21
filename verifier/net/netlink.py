"""Questions to the kernel about the network namespace of this process, over rtnetlink(7)."""

from __future__ import annotations

import os
import socket
import struct

_HEADER = struct.Struct("=IHHII")
_ATTRIBUTE = struct.Struct("=HH")
_REQUEST, _DUMP = 0x1, 0x300
_ERROR, _DONE = 2, 3
_KIND_BITS = 0x3FFF
_SECONDS = 1.0


class Netlink:
    """One socket; it asks in the namespace that it was made in. Every method raises OSError."""

    def __init__(self) -> None:
        self._link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0)
        self._link.settimeout(_SECONDS)

    def __enter__(self) -> Netlink:
        return self

    def __exit__(self, *_: object) -> None:
        self._link.close()

    def dump(self, kind: int, body: bytes) -> list[bytes]:
        """The bodies of all messages that answer."""
        self._send(kind, _REQUEST | _DUMP, body)
        found: list[bytes] = []
        while True:
            done, some = bodies(self._link.recv(1 << 16))
            found += some
            if done:
                return found

    def ask(self, kind: int, body: bytes) -> bytes:
        """The body of the one message that answers."""
        self._send(kind, _REQUEST, body)
        _, found = bodies(self._link.recv(1 << 16))
        return found[0] if found else b""

    def _send(self, kind: int, flags: int, body: bytes) -> None:
        self._link.send(_HEADER.pack(_HEADER.size + len(body), kind, flags, 1, 0) + body)


def bodies(data: bytes) -> tuple[bool, list[bytes]]:
    """(whether that was the end, bodies) of received messages. Raises the kernel's refusal."""
    found: list[bytes] = []
    at = 0
    while at + _HEADER.size <= len(data):
        size, kind, _, _, _ = _HEADER.unpack_from(data, at)
        if kind == _DONE or size < _HEADER.size:
            return True, found
        body = data[at + _HEADER.size : at + size]
        if kind == _ERROR:
            (number,) = struct.unpack_from("=i", body)
            if number:
                raise OSError(-number, os.strerror(-number))
            return True, found
        found.append(body)
        at += _aligned(size)
    return False, found


def attribute(kind: int, value: bytes) -> bytes:
    size = _ATTRIBUTE.size + len(value)
    return _ATTRIBUTE.pack(size, kind) + value.ljust(_aligned(len(value)), b"\0")


def attributes(data: bytes) -> dict[int, bytes]:
    """{kind: value}; what is cut off is left out."""
    found: dict[int, bytes] = {}
    at = 0
    while at + _ATTRIBUTE.size <= len(data):
        size, kind = _ATTRIBUTE.unpack_from(data, at)
        if size < _ATTRIBUTE.size or at + size > len(data):
            break
        found[kind & _KIND_BITS] = data[at + _ATTRIBUTE.size : at + size]
        at += _aligned(size)
    return found


def _aligned(size: int) -> int:
    return (size + 3) & ~3
