"""DNS questions for an address and their answers, as bytes (RFC 1035). Pure."""

from __future__ import annotations

import struct
from collections.abc import Sequence

RESOLVER = ("127.0.0.11", 53)
_A, _IN, _RECURSION = 1, 1, 0x0100
CODES = {0: "OK", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}


def question(number: int, name: str) -> bytes:
    """A query for the IPv4 addresses of `name`; `number` comes back in the answer."""
    labels = b"".join(bytes([len(part)]) + part.encode("ascii") for part in name.split("."))
    header = struct.pack("!6H", number, _RECURSION, 1, 0, 0, 0)
    return header + labels + b"\0" + struct.pack("!2H", _A, _IN)


def answer(data: bytes) -> tuple[int, str, Sequence[str]] | None:
    """(number, code, IPv4 addresses) of a reply; None for bytes that are not one."""
    if len(data) < 12:
        return None
    number, flags, questions, answers, _, _ = struct.unpack_from("!6H", data)
    if not flags & 0x8000:
        return None
    found = []
    try:
        at = 12
        for _ in range(questions):
            at = _past_name(data, at) + 4
        for _ in range(answers):
            at = _past_name(data, at)
            kind, _, _, size = struct.unpack_from("!HHIH", data, at)
            at += 10
            if kind == _A and size == 4 and at + 4 <= len(data):
                found.append(".".join(str(byte) for byte in data[at : at + 4]))
            at += size
    except (struct.error, IndexError):
        return None
    code = CODES.get(flags & 15, "SERVFAIL")
    return number, code if found or code != "OK" else "NODATA", found


def _past_name(data: bytes, at: int) -> int:
    while size := data[at]:
        if size >= 0xC0:
            return at + 2
        at += size + 1
    return at + 1
