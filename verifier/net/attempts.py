"""Connections and questions in flight, all in one event loop; none of them ever blocks.

Each listener greets whoever connects with a secret of its own, so that a connection counts as
"OK" only when it reached that listener and nothing else that answers in its place.
"""

from __future__ import annotations

import errno
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from verifier.net import dns

SECRET_BYTES = 16
SLOWEST_TIMES = 20
LONGEST = 3.0
LULL = 0.008
"""Seconds without any answer after which those still to come are probably none."""
Result = tuple[str, float]
"""(what happened: OK, OTHER, TIMEOUT or an errno name; after how many milliseconds)."""


@dataclass(slots=True)
class Attempt:
    """One connection on its way; `secret` is what the right listener says, None if nobody is
    asked to say anything.
    """

    link: socket.socket
    secret: bytes | None
    begun: float
    done: Callable[[Result], None]


@dataclass(slots=True)
class Questions:
    """Questions to the resolver of one container, over one socket."""

    link: socket.socket
    waiting: dict[int, Callable[[str, list[str]], None]] = field(default_factory=dict)


class Loop:
    """Runs listeners, attempts and questions until all is known or it was silent long enough.

    `on_lull` is called once, when the answers have ceased and waiting begins.
    """

    def __init__(self, silence: float, on_lull: Callable[[], None] | None = None) -> None:
        self._silence, self._on_lull = silence, on_lull
        self._poll = select.epoll()
        self._listeners: dict[int, tuple[socket.socket, bytes]] = {}
        self._attempts: dict[int, Attempt] = {}
        self._questions: dict[int, Questions] = {}
        self._slowest = 0.0
        self._waiting_since = 0.0

    def listen(self, address: str, secret: bytes) -> int:
        """Port of a new listener in the current network namespace."""
        link = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        link.bind((address, 0))
        link.listen(512)
        self._listeners[link.fileno()] = (link, secret)
        self._poll.register(link.fileno(), select.EPOLLIN)
        port: int = link.getsockname()[1]
        return port

    def knock(self, address: str, port: int, done: Callable[[Result], None]) -> None:
        """A connection to anything at all: it is OK as soon as somebody accepts it."""
        self.connect(address, port, None, done)

    def connect(
        self, address: str, port: int, secret: bytes | None, done: Callable[[Result], None]
    ) -> None:
        begun = time.monotonic()
        try:
            link = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        except OSError as error:
            done((_name(error.errno), 0.0))
            return
        problem = link.connect_ex((address, port))
        if problem not in (0, errno.EINPROGRESS):
            link.close()
            done((_name(problem), 0.0))
            return
        self._attempts[link.fileno()] = Attempt(link, secret, begun, done)
        awaited = select.EPOLLOUT if secret is None else select.EPOLLIN
        self._poll.register(link.fileno(), awaited)

    def ask(self, names: dict[int, str], done: Callable[[int, str, list[str]], None]) -> None:
        """Asks the resolver of the current namespace; `names` are told apart by their number."""
        link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        questions = Questions(link)
        try:
            link.connect(dns.RESOLVER)
            for number, name in names.items():
                questions.waiting[number] = partial(done, number)
                link.send(dns.question(number, name))
        except OSError as error:
            link.close()
            for number in names:
                done(number, _name(error.errno), [])
            return
        self._questions[link.fileno()] = questions
        self._poll.register(link.fileno(), select.EPOLLIN)

    def busy(self) -> int:
        return len(self._attempts)

    def drain(self) -> int:
        """Takes what has happened already, without waiting; gives how much that was."""
        events = self._poll.poll(0, 1024)
        for number, _ in events:
            self._event(number)
        return len(events)

    def run(self) -> None:
        """Returns when nothing is in flight, or after the silence; then the rest timed out."""
        limit = time.monotonic() + LONGEST
        # What has happened already, and waits for this process alone, is no slowness of the
        # network.
        while self.drain() and time.monotonic() < limit:
            continue
        begun = self._waiting_since = time.monotonic()
        while self._attempts or self._questions:
            wait = min(max(self._silence, SLOWEST_TIMES * self._slowest), LONGEST)
            left = begun + wait - time.monotonic()
            if left <= 0:
                # The clock ran while this process did not: what came meanwhile is no silence.
                if self.drain() and time.monotonic() < limit:
                    continue
                break
            events = self._poll.poll(left if self._on_lull is None else min(left, LULL), 1024)
            if not events and self._on_lull is not None:
                self._on_lull()
                self._on_lull = None
            for number, _ in events:
                self._event(number)
        for number in list(self._attempts):
            self._finish(number, "")
        for number in list(self._questions):
            self._silent(number, "TIMEOUT")

    def close(self) -> None:
        for link, _ in self._listeners.values():
            link.close()
        self._poll.close()

    def _event(self, number: int) -> None:
        if number in self._listeners:
            self._accept(*self._listeners[number])
        elif number in self._questions:
            self._reply(number)
        elif number in self._attempts:
            if self._attempts[number].secret is None:
                self._opened(number)
            else:
                self._greeting(number)

    def _accept(self, link: socket.socket, secret: bytes) -> None:
        for _ in range(256):
            try:
                guest, _ = link.accept()
            except OSError:
                return
            with guest:
                try:
                    guest.send(secret)
                except OSError:
                    continue

    def _greeting(self, number: int) -> None:
        attempt = self._attempts[number]
        try:
            said = attempt.link.recv(SECRET_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._finish(number, _name(error.errno))
            return
        self._finish(number, "OK" if said == attempt.secret else "OTHER")

    def _opened(self, number: int) -> None:
        problem = self._attempts[number].link.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self._finish(number, _name(problem) if problem else "OK")

    def _finish(self, number: int, what: str) -> None:
        attempt = self._attempts.pop(number)
        took = time.monotonic() - attempt.begun
        self._poll.unregister(number)
        if not what:
            what = "OTHER" if _connected(attempt.link) else "TIMEOUT"
        attempt.link.close()
        if what == "OK" and attempt.secret is not None:
            # What the loop itself took to send everything is not the network's slowness.
            waited = time.monotonic() - max(attempt.begun, self._waiting_since)
            self._slowest = max(self._slowest, waited)
        attempt.done((what, round(took * 1000, 2)))

    def _reply(self, number: int) -> None:
        questions = self._questions[number]
        while questions.waiting:
            try:
                found = dns.answer(questions.link.recv(2048))
            except BlockingIOError:
                return
            except OSError as error:
                self._silent(number, _name(error.errno))
                return
            if found and found[0] in questions.waiting:
                questions.waiting.pop(found[0])(found[1], list(found[2]))
        self._silent(number, "TIMEOUT")

    def _silent(self, number: int, what: str) -> None:
        questions = self._questions.pop(number)
        self._poll.unregister(number)
        questions.link.close()
        for done in questions.waiting.values():
            done(what, [])


def _connected(link: socket.socket) -> bool:
    try:
        link.getpeername()
    except OSError:
        return False
    return True


def _name(number: int | None) -> str:
    return errno.errorcode.get(number or 0, "EIO")
