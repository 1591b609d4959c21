"""Tries the network from inside every container: loopback, own, each other's addresses, names.

For a child process: it enters namespace after namespace and stays in the last one.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from verifier import libc
from verifier.net.addresses import Address, own_addresses
from verifier.net.attempts import SECRET_BYTES, Loop, Result

HOST = "the host"
SOCKETS_AT_ONCE = 16_000
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """rooms: (name, open ns/net file), the host's under HOST. aliases: what each is asked for
    by. should_reach, should_resolve: pairs that are tried a second time when they fail.
    lull: an open pipe that is written to when there is only silence left, or -1.
    """

    rooms: Sequence[tuple[str, int]]
    aliases: dict[str, str]
    should_reach: frozenset[Pair]
    should_resolve: frozenset[Pair]
    silence: float
    lull: int = -1


@dataclass(slots=True)
class _Room:
    name: str
    fd: int
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(SECRET_BYTES))
    port: int = 0
    addresses: list[Address] = field(default_factory=list)
    error: str = ""
    reach: dict[str, dict[str, Result]] = field(default_factory=dict)
    loopback: dict[str, Result] = field(default_factory=dict)
    names: dict[str, tuple[str, list[str]]] = field(default_factory=dict)


def try_network(job: Job) -> dict[str, Any]:
    """{container: its addresses, and results by whom it tried}, as JSON can carry it."""
    on_lull = (lambda: _tell(job.lull)) if job.lull >= 0 else None
    loop = Loop(job.silence, on_lull)
    rooms = [_Room(name, fd) for name, fd in job.rooms]
    try:
        for room in rooms:
            _in(room, partial(_settle, loop, room))
        open_rooms = [room for room in rooms if not room.error]
        for room in open_rooms:
            if loop.busy() > SOCKETS_AT_ONCE:
                loop.run()
            _in(room, partial(_try_all, loop, job, room, open_rooms))
            loop.drain()
        loop.run()
        for room in open_rooms:
            _in(room, partial(_try_again, loop, job, room, open_rooms))
        loop.run()
    finally:
        loop.close()
    return {room.name: _plain(room) for room in rooms}


def _tell(pipe: int) -> None:
    with suppress(OSError):
        os.write(pipe, b".")


def _in(room: _Room, work: Callable[[], None]) -> None:
    try:
        libc.enter(room.fd, "net")
        work()
    except OSError as error:
        room.error = errno.errorcode.get(error.errno or 0, "EIO")


def _settle(loop: Loop, room: _Room) -> None:
    # On the host only loopback is listened on: its other addresses are everybody's.
    room.port = loop.listen("127.0.0.1" if room.name == HOST else "0.0.0.0", room.secret)
    if room.name != HOST:
        room.addresses = own_addresses()


def _try_all(loop: Loop, job: Job, room: _Room, rooms: Iterable[_Room]) -> None:
    for other in rooms:
        _connect_loopback(loop, room, other)
    if room.name == HOST:
        return
    for other in rooms:
        _connect(loop, room, other)
    _ask(loop, job, room, list(job.aliases))


def _try_again(loop: Loop, job: Job, room: _Room, rooms: Iterable[_Room]) -> None:
    """A second time for what should have worked; what should not have is never asked twice."""
    for other in rooms:
        pair = (room.name, other.name)
        results = room.reach.get(other.name, {}).values()
        should = pair in job.should_reach or room is other
        if should and not any(what == "OK" for what, _ in results):
            _connect(loop, room, other)
        if room is other and room.loopback.get(room.name, ("", 0.0))[0] != "OK":
            _connect_loopback(loop, room, other)
    names = [
        name
        for name, (what, _) in room.names.items()
        if what != "OK" and (room.name, name) in job.should_resolve
    ]
    _ask(loop, job, room, names)


def _connect_loopback(loop: Loop, room: _Room, other: _Room) -> None:
    done = partial(room.loopback.__setitem__, other.name)
    loop.connect("127.0.0.1", other.port, other.secret, done)


def _connect(loop: Loop, room: _Room, other: _Room) -> None:
    found = room.reach.setdefault(other.name, {})

    for address, _ in other.addresses:
        loop.connect(address, other.port, other.secret, partial(found.__setitem__, address))


def _ask(loop: Loop, job: Job, room: _Room, names: Sequence[str]) -> None:
    if not names:
        return
    first = secrets.randbelow(65536)
    numbers = {(first + n) % 65536: name for n, name in enumerate(names)}

    def done(number: int, what: str, found: list[str]) -> None:
        room.names[numbers[number]] = (what, found)

    loop.ask({number: job.aliases[name] for number, name in numbers.items()}, done)


def _plain(room: _Room) -> dict[str, Any]:
    return {
        "error": room.error,
        "addresses": room.addresses,
        "reach": room.reach,
        "loopback": room.loopback,
        "names": room.names,
    }
