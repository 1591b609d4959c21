"""Docker's attach, both ways at once: what a container is fed, and the frames that come back.

A container that ends while it is being fed may leave the engine deaf and mute: the connection then
neither takes nor gives, so silence is answered by asking whether the container still runs.
"""

from __future__ import annotations

import select
import socket as sockets
from collections.abc import Callable, Iterator
from typing import Any

from toolchain.verbs.backup.inside import CHUNK

LOOK_SECONDS = 1.0
_HEADER = 8
_KEPT_COMPLAINTS = 1 << 20


class Frames:
    """Takes the stream apart: output goes to `take`, complaints are kept."""

    def __init__(self, take: Callable[[bytes], None] | None) -> None:
        self._take, self._header, self._left, self._stream = take, b"", 0, 0
        self.complaints = bytearray()

    def add(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            if not self._left:
                wanted = _HEADER - len(self._header)
                self._header += view[:wanted]
                view = view[wanted:]
                if len(self._header) == _HEADER:
                    self._stream = self._header[0]
                    self._left, self._header = int.from_bytes(self._header[4:], "big"), b""
                continue
            part, view = view[: self._left], view[self._left :]
            self._left -= len(part)
            if self._stream == 1 and self._take is not None:
                self._take(bytes(part))
            elif self._stream == 2:
                self.complaints += part
                del self.complaints[:-_KEPT_COMPLAINTS]

    @property
    def is_between(self) -> bool:
        """Whether no frame has only partly come."""
        return not self._left and not self._header


def talk(
    socket: Any,
    give: Iterator[bytes] | None,
    take: Callable[[bytes], None] | None,
    runs: Callable[[], bool],
    patience: float,
) -> str:
    """Until the container has ended; gives its complaints.

    Raises ConnectionError for a connection that is cut, TimeoutError for `patience` seconds of
    silence from a container that runs.
    """
    frames, silent = Frames(take), 0.0
    feeder = _Feeder(socket, give)
    socket.setblocking(False)
    while True:
        readable, writable, _ = select.select(
            [socket], [socket] if feeder.has_more else [], [], LOOK_SECONDS
        )
        silent = 0.0 if readable or writable else silent + LOOK_SECONDS
        if readable:
            data = socket.recv(CHUNK)
            if not data:
                break
            frames.add(data)
        elif writable:
            feeder.send_some()
        elif not runs():
            break
        elif silent > patience:
            raise TimeoutError(f"the container was silent for {patience:.0f} s")
    if not frames.is_between:
        raise ConnectionError("the answer ends in the middle")
    return frames.complaints.decode("utf-8", "replace")


class _Feeder:
    """Writes as much as goes, then says that there is no more."""

    def __init__(self, socket: Any, give: Iterator[bytes] | None) -> None:
        self._socket, self._give = socket, give
        self._pending = memoryview(b"")
        self.has_more = give is not None

    def send_some(self) -> None:
        if not self._pending and self._give is not None:
            self._pending = memoryview(next(self._give, b""))
        try:
            if self._pending:
                self._pending = self._pending[self._socket.send(self._pending) :]
                return
            self._socket.shutdown(sockets.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the container ended early, and says itself why
        self.has_more = False
