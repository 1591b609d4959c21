"""Child processes of the language host: waiting for them, streaming their output, ending them."""

from __future__ import annotations

import contextlib
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Literal

Chunk = tuple[Literal["stdout", "stderr"], bytes]

_GRACE_SECONDS = 5.0


class Children:
    """The processes now running; `interrupt` ends all of them, politely first."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self.interrupted = False

    def start(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        directory: str,
        captured: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Starts `command`; `captured` gives its output pipes instead of this process's own."""
        sink = subprocess.PIPE if captured else None
        child = subprocess.Popen(
            list(command),
            env=dict(environment),
            cwd=directory or None,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
        )
        with self._lock:
            self._running.add(child)
        return child

    def wait(self, child: subprocess.Popen[bytes]) -> int:
        code = child.wait()
        with self._lock:
            self._running.discard(child)
        return code

    def interrupt(self) -> None:
        """SIGINT to every child, SIGKILL to those that are still there after 5 s."""
        self.interrupted = True
        with self._lock:
            running = list(self._running)
        for child in running:
            stop(child)


def stop(child: subprocess.Popen[bytes], grace_seconds: float = _GRACE_SECONDS) -> None:
    """Ends a child that may have ended already."""
    if child.poll() is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        child.send_signal(signal.SIGINT)
    try:
        child.wait(grace_seconds)
    except subprocess.TimeoutExpired:
        child.kill()


def output(child: subprocess.Popen[bytes]) -> Iterator[Chunk]:
    """What the child prints, as it comes, until it has closed both streams."""
    chunks: queue.Queue[Chunk | None] = queue.Queue()

    def pump(name: Literal["stdout", "stderr"], stream: IO[bytes]) -> None:
        read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
        while data := read(65536):
            chunks.put((name, data))
        chunks.put(None)

    assert child.stdout is not None
    assert child.stderr is not None
    for name, stream in (("stdout", child.stdout), ("stderr", child.stderr)):
        threading.Thread(target=pump, args=(name, stream), daemon=True).start()
    open_streams = 2
    while open_streams:
        chunk = chunks.get()
        if chunk is None:
            open_streams -= 1
        else:
            yield chunk
