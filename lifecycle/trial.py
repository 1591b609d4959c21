"""The trial itself: one volume, a container that writes and is removed, another that reads."""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Callable

from lifecycle.engine import Engine
from lifecycle.limits import undisturbed
from lifecycle.observed import Observed, Problem
from lifecycle.scratch import SCRATCH_LABEL, STACK_LABEL, abandoned

Say = Callable[[str], None]


class Trial:
    """One run on an engine. Names are chosen first, so that all of it can always be removed."""

    def __init__(self, engine: Engine, say: Say) -> None:
        self._engine, self._say = engine, say
        stem = f"docklab-{engine.labels[STACK_LABEL]}-scratch-{secrets.token_hex(4)}"
        self._volume = f"{stem}-volume"
        self._writer, self._reader = f"{stem}-writer", f"{stem}-reader"
        self.seen = Observed()

    def run(self) -> None:
        """Fills `seen`; a step that cannot be done ends it with a problem."""
        steps = (self._sweep, self._write, self._outlive)
        try:
            for step in steps:
                started = time.perf_counter()
                step()
                name = step.__name__.removeprefix("_")
                self.seen.ms[name] = round((time.perf_counter() - started) * 1000, 1)
        except Problem as problem:
            self.seen.problem = problem
            self._say(f"broke off: {problem}")

    def _sweep(self) -> None:
        """Removes what killed runs of this stack left."""
        here, now = socket.gethostname(), time.time()
        containers, volumes = self._engine.scratch()
        left = [found for found, owner in containers.items() if abandoned(owner, here, now)]
        kept = [name for name, owner in volumes.items() if abandoned(owner, here, now)]
        for container in left:
            self._engine.remove(container)
        for volume in kept:
            self._engine.remove_volume(volume)
        if left or kept:
            self._say(
                f"removed what a killed run left: {len(left)} containers, {len(kept)} volumes"
            )

    def _write(self) -> None:
        seen, engine = self.seen, self._engine
        with undisturbed():
            engine.create_volume(self._volume)
            seen.writer = engine.create(self._writer, "wait", self._volume)
        engine.start(seen.writer)
        seen.driver = engine.driver(seen.writer)
        seen.layer_before = engine.layer_bytes(seen.writer)
        seen.written = engine.ask(seen.writer, "fill")["volume"]
        seen.layer_filled = engine.layer_bytes(seen.writer)
        self._say(f"wrote the volume: layer {seen.layer_before} -> {seen.layer_filled} bytes")
        seen.control = engine.ask(seen.writer, "grow")["layer"]
        seen.layer_grown = engine.layer_bytes(seen.writer)
        self._say(f"wrote the layer: {seen.layer_filled} -> {seen.layer_grown} bytes")

    def _outlive(self) -> None:
        seen, engine = self.seen, self._engine
        assert seen.writer is not None
        engine.remove(seen.writer)
        seen.writer_gone = engine.is_gone(seen.writer)
        self._say(f"removed container {seen.writer[:12]}: {'gone' if seen.writer_gone else 'not'}")
        with undisturbed():
            seen.reader = engine.create(self._reader, "read", self._volume, read_only=True)
        engine.start(seen.reader)
        answer = engine.outcome(seen.reader, "read")
        seen.read, seen.layer_seen = answer["volume"], answer["layer"]
        self._say(f"container {seen.reader[:12]} read {seen.read.get('bytes', 'nothing')} bytes")

    def clean(self) -> None:
        """Removes everything of this run, by name and by owner."""
        for container in (self._writer, self._reader):
            self._engine.remove(container)
        self._engine.remove_volume(self._volume)
        mine = self._engine.labels[SCRATCH_LABEL]
        containers, volumes = self._engine.scratch()
        for container in (found for found, owner in containers.items() if owner == mine):
            self._engine.remove(container)
        for volume in (name for name, owner in volumes.items() if owner == mine):
            self._engine.remove_volume(volume)
