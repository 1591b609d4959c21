"""Tries the network from inside every container: loopback, own, each other's addresses, names,
and addresses beyond the containers; and looks at its interfaces.

For a child process: it enters namespace after namespace and stays in the last one.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from verifier import libc
from verifier.facts import Uplink
from verifier.net import crowding
from verifier.net.addresses import Address, own_addresses
from verifier.net.attempts import SECRET_BYTES, Loop, Result
from verifier.net.errands import ANSWERS, Errands
from verifier.net.interfaces import UNKNOWN, Link, namespace_number, own_links
from verifier.net.netlink import Netlink

HOST = "the host"
SOCKETS_AT_ONCE = 10_000
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """rooms: (name, open ns/net file), the host's under HOST. aliases: what each is asked for
    by. should_reach, should_resolve: pairs that are tried a second time when they fail;
    must_answer: "address:port" that are, when they answer nobody. uplink: reads the host's own.
    questions: whom each asks for by name. refusals: how many neighbours the kernel refused so far.
    lull: an open pipe that is written to when there is only silence left, or -1.
    """

    rooms: Sequence[tuple[str, int]]
    aliases: dict[str, str]
    questions: Mapping[str, Collection[str]]
    should_reach: frozenset[Pair]
    should_resolve: frozenset[Pair]
    must_answer: tuple[str, ...]
    errands: Errands
    uplink: Callable[[], Uplink]
    refusals: Callable[[], int | None]
    silence: float
    lull: int = -1


@dataclass(slots=True)
class _Room:
    name: str
    fd: int
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(SECRET_BYTES))
    port: int = 0
    namespace: int = UNKNOWN
    addresses: list[tuple[int, Address]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    errands: Sequence[str] = ()
    error: str = ""
    reach: dict[str, dict[str, Result]] = field(default_factory=dict)
    loopback: dict[str, Result] = field(default_factory=dict)
    elsewhere: dict[str, Result] = field(default_factory=dict)
    names: dict[str, tuple[str, list[str]]] = field(default_factory=dict)

    def own(self) -> list[Address]:
        return [address for _, address in self.addresses]


def try_network(job: Job) -> dict[str, Any]:
    """{rooms: by name, its addresses, links, and results by whom it tried; uplink}, as JSON can
    carry it.
    """
    uplink, refused = job.uplink(), job.refusals()
    on_lull = (lambda: _tell(job.lull)) if job.lull >= 0 else None
    loop = Loop(job.silence, on_lull)
    rooms = [_Room(name, fd) for name, fd in job.rooms]
    try:
        for room in rooms:
            _in(room, partial(_settle, loop, room, rooms))
        open_rooms = [room for room in rooms if not room.error]
        for room in open_rooms:
            room.errands = _errands(job, uplink, room, open_rooms)
            if loop.busy() > SOCKETS_AT_ONCE:
                loop.run()
            _in(room, partial(_try_all, loop, job, room, open_rooms))
            loop.drain()
        loop.run()
        silent = _silent(job, open_rooms)
        for room in open_rooms:
            _in(room, partial(_try_again, loop, job, room, open_rooms, silent))
        loop.run()
        if job.refusals() != refused:
            for room in open_rooms:
                room.reach = {name: crowding.doubted(found) for name, found in room.reach.items()}
                room.elsewhere = crowding.doubted(room.elsewhere)
    finally:
        loop.close()
    return {"rooms": {room.name: _plain(room) for room in rooms}, "uplink": asdict(uplink)}


def _tell(pipe: int) -> None:
    with suppress(OSError):
        os.write(pipe, b".")


def _in(room: _Room, work: Callable[[], None]) -> None:
    try:
        libc.enter(room.fd, "net")
        work()
    except OSError as error:
        room.error = errno.errorcode.get(error.errno or 0, "EIO")


def _settle(loop: Loop, room: _Room, rooms: Iterable[_Room]) -> None:
    # On the host only loopback is listened on: its other addresses are everybody's.
    room.port = loop.listen("127.0.0.1" if room.name == HOST else "0.0.0.0", room.secret)
    with Netlink() as netlink:
        room.addresses, room.links = own_addresses(netlink), own_links(netlink)
        if room.name == HOST:
            # Listing its links made the host number the namespaces at their other ends.
            for other in rooms:
                other.namespace = namespace_number(netlink, other.fd)


def _errands(job: Job, uplink: Uplink, room: _Room, rooms: Iterable[_Room]) -> list[str]:
    host = next((one.own() for one in rooms if one.name == HOST), None)
    if host is None:
        return []
    if room.name == HOST:
        return job.errands.of_host(uplink, host)
    return job.errands.of(room.name, uplink, host, room.own())


def _try_all(loop: Loop, job: Job, room: _Room, rooms: Iterable[_Room]) -> None:
    for other in rooms:
        _connect_loopback(loop, room, other)
    _knock(loop, room, room.errands)
    if room.name == HOST:
        return
    for other in rooms:
        if other.name != HOST:
            _connect(loop, room, other)
    _ask(loop, job, room, sorted(job.questions[room.name]))


def _silent(job: Job, rooms: Iterable[_Room]) -> list[str]:
    """What must answer somebody, and answered nobody."""
    tried = [(place, what) for room in rooms for place, (what, _) in room.elsewhere.items()]
    answered = {place for place, what in tried if what in ANSWERS}
    return [place for place in job.must_answer if place not in answered]


def _try_again(
    loop: Loop, job: Job, room: _Room, rooms: Iterable[_Room], silent: Sequence[str]
) -> None:
    """A second time for what should have worked; what should not have is never asked twice."""
    for other in rooms:
        pair = (room.name, other.name)
        results = room.reach.get(other.name, {}).values()
        should = pair in job.should_reach or (room is other and room.name != HOST)
        if should and not any(what == "OK" for what, _ in results):
            _connect(loop, room, other)
        if room is other and room.loopback.get(room.name, ("", 0.0))[0] != "OK":
            _connect_loopback(loop, room, other)
    if job.errands.may_go_out(room.name):
        _knock(loop, room, [place for place in silent if place in room.elsewhere])
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

    for address in other.own():
        loop.connect(address[0], other.port, other.secret, partial(found.__setitem__, address[0]))


def _knock(loop: Loop, room: _Room, places: Iterable[str]) -> None:
    for place in places:
        address, _, port = place.rpartition(":")
        loop.knock(address, int(port), partial(room.elsewhere.__setitem__, place))


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
        "namespace": room.namespace,
        "addresses": room.addresses,
        "links": room.links,
        "reach": room.reach,
        "loopback": room.loopback,
        "elsewhere": room.elsewhere,
        "names": room.names,
    }
