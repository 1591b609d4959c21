"""Publishes one container port on the machine: what an engine runs in place of `docker-proxy`.

The engine has a network namespace of its own. This listens in the machine's, and connects in the
engine's: a socket stays in the namespace it was made in. Standard library only, and a single file,
because the engine runs a copy of it. It speaks docker-proxy's arguments and its readiness protocol
(file descriptor 3: "0\\n", or "1\\n" and the reason).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ctypes
import errno
import os
import signal
import socket
import sys
from dataclasses import dataclass
from typing import cast

_CLONE_NEWNET = 0x40000000
_READY_FD = 3
_UDP_SILENCE_SECONDS = 90.0
_CHUNK = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class Publication:
    """One published port. `listen_in` is a file that names the namespace to listen in."""

    protocol: str
    host: tuple[str, int]
    container: tuple[str, int]
    listen_in: str


def parse(arguments: list[str]) -> Publication:
    """docker-proxy's arguments, with ours; unknown ones are the engine's business and are ignored.

    Raises ValueError for a protocol that is neither tcp nor udp, or a port that is no port.
    """
    parser = argparse.ArgumentParser(prog="port-publisher", allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--listen-in", required=True)
    parser.add_argument("-proto", default="tcp")
    for side in ("host", "container"):
        parser.add_argument(f"-{side}-ip", required=True)
        parser.add_argument(f"-{side}-port", required=True, type=int)
    try:
        found, _ = parser.parse_known_args(arguments)
    except argparse.ArgumentError as error:
        raise ValueError(str(error)) from error
    if found.proto not in ("tcp", "udp"):
        raise ValueError(f"-proto {found.proto}: only tcp and udp ports can be published")
    for port in (found.host_port, found.container_port):
        if not 0 < port < 65536:
            raise ValueError(f"{port} is no port")
    return Publication(
        protocol=found.proto,
        host=(found.host_ip, found.host_port),
        container=(found.container_ip, found.container_port),
        listen_in=found.listen_in,
    )


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _enter(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def listen(publication: Publication) -> socket.socket | None:
    """The listening socket in the other namespace; None for `::` where that has no IPv6."""
    kind = socket.SOCK_STREAM if publication.protocol == "tcp" else socket.SOCK_DGRAM
    family = _family(publication.host[0])
    own = os.open("/proc/self/ns/net", os.O_RDONLY)
    other = os.open(publication.listen_in, os.O_RDONLY)
    try:
        _enter(other)
        try:
            listener = socket.socket(family, kind)
            listener.setblocking(False)
            listener.setsockopt(
                socket.SOL_SOCKET, socket.SO_REUSEADDR, 1 if kind == socket.SOCK_STREAM else 0
            )
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind(publication.host)
            if kind == socket.SOCK_STREAM:
                listener.listen(1024)
            return listener
        except OSError as error:
            if publication.host[0] == "::" and error.errno in (
                errno.EAFNOSUPPORT,
                errno.EADDRNOTAVAIL,
            ):
                return None
            raise
        finally:
            _enter(own)
    finally:
        os.close(own)
        os.close(other)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
        # Only this direction has ended: the answer to a finished request must still get through.
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        # Broken, not ended: the other side must learn it, or its half would wait forever.
        writer.transport.abort()


async def _serve_tcp(listener: socket.socket, target: tuple[str, int]) -> None:
    async def handle(near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        try:
            far, forth = await asyncio.open_connection(*target)
        except OSError:
            back.transport.abort()
            return
        try:
            await asyncio.gather(_pump(near, forth), _pump(far, back))
        finally:
            for writer in (forth, back):
                writer.close()

    server = await asyncio.start_server(handle, sock=listener, limit=_CHUNK)
    await server.serve_forever()


class _Upstream(asyncio.DatagramProtocol):
    """One client's own socket towards the container, so that answers find their way back."""

    def __init__(self, near: asyncio.DatagramTransport, client: tuple[str, int]) -> None:
        self._near, self._client = near, client
        self.last_used = 0.0

    def datagram_received(self, data: bytes, _: object) -> None:
        self.last_used = asyncio.get_running_loop().time()
        self._near.sendto(data, self._client)


class _Downstream(asyncio.DatagramProtocol):
    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._near: asyncio.DatagramTransport | None = None
        self._running: set[asyncio.Future[None]] = set()
        self._clients: dict[
            tuple[str, int], asyncio.Future[tuple[asyncio.DatagramTransport, _Upstream]]
        ] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._near = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, client: tuple[str, int]) -> None:
        task = asyncio.ensure_future(self._forward(data, client))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _forward(self, data: bytes, client: tuple[str, int]) -> None:
        loop = asyncio.get_running_loop()
        if client not in self._clients:
            assert self._near is not None
            near = self._near
            self._clients[client] = asyncio.ensure_future(
                loop.create_datagram_endpoint(
                    lambda: _Upstream(near, client), remote_addr=self._target
                )
            )
        transport, upstream = await self._clients[client]
        upstream.last_used = loop.time()
        transport.sendto(data)

    async def forget_silent_clients(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_UDP_SILENCE_SECONDS / 3)
            for client, made in list(self._clients.items()):
                if made.done() and loop.time() - made.result()[1].last_used > _UDP_SILENCE_SECONDS:
                    made.result()[0].close()
                    del self._clients[client]


async def _serve_udp(listener: socket.socket, target: tuple[str, int]) -> None:
    downstream = _Downstream(target)
    await asyncio.get_running_loop().create_datagram_endpoint(lambda: downstream, sock=listener)
    await downstream.forget_silent_clients()


def _report(text: str) -> None:
    with contextlib.suppress(OSError), os.fdopen(_READY_FD, "w") as engine:
        engine.write(text)


def main(arguments: list[str]) -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(0))
    try:
        publication = parse(arguments)
        listener = listen(publication)
    except (OSError, ValueError) as error:
        _report(f"1\n{error}")
        return 1
    _report("0\n")
    if listener is None:
        signal.pause()
        return 0
    serve = _serve_tcp if publication.protocol == "tcp" else _serve_udp
    asyncio.run(serve(listener, publication.container))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
