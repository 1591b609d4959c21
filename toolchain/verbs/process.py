"""Runs Pulumi for a verb: live, in our process group, and never signalled twice for one ^C.

A ^C in a terminal reaches the whole process group, so Pulumi has it already; `kill -INT` of this
process alone does not. Pulumi takes the second signal as "stop at once" and leaves resources
behind, so handing on must be exact. A child that dies of the signal if the group was hit (the
canary) tells the two apart.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import NamedTuple

_WATCHED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_CANARY_SECONDS = 0.2
_RELAY_SECONDS = 1.0
_KEPT_BYTES = 65536


class Outcome(NamedTuple):
    """code: exit status as a shell has it; signal: the last one that came while it ran, 0 for none;
    complaint: the end of what it wrote to standard error; errors: those that Pulumi reported."""

    code: int
    signal: int
    complaint: str = ""
    errors: str = ""

    @property
    def exit_code(self) -> int:
        """What the verb ends with: an interrupted run says so (130 for ^C) whatever Pulumi's own
        status is."""
        return 128 + self.signal if self.signal and self.code != 0 else self.code


class Canary:
    """A process of our group that any signal to the group ends; it also ends with us."""

    def __init__(self) -> None:
        reader, self._writer = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            for number in _WATCHED:
                signal.signal(number, signal.SIG_DFL)
            os.close(self._writer)
            os.read(reader, 1)
            os._exit(0)
        os.close(reader)

    def was_hit(self) -> bool:
        """Whether the group got the signal that just came. To be asked once."""
        deadline = time.monotonic() + _CANARY_SECONDS
        while time.monotonic() < deadline:
            if not self._pid:  # a second signal came meanwhile and asked first
                return True
            pid, _ = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                self._pid = 0
                return True
            time.sleep(0.01)
        return False

    def end(self) -> None:
        os.close(self._writer)
        if self._pid:
            os.waitpid(self._pid, 0)


class _Relay:
    """Passes a child's standard error on as it comes and keeps its end; its standard output stays
    the terminal's."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._thread: threading.Thread | None = None

    def follow(self, child: "subprocess.Popen[bytes]") -> None:
        assert child.stderr is not None
        source = child.stderr.fileno()

        def pass_on() -> None:
            while chunk := os.read(source, 65536):
                os.write(2, chunk)
                self._kept += chunk
                del self._kept[:-_KEPT_BYTES]

        self._thread = threading.Thread(target=pass_on, daemon=True)
        self._thread.start()

    def tail(self) -> str:
        if self._thread:
            # A plugin that outlives Pulumi holds the pipe open; its words are not worth waiting
            # for.
            self._thread.join(_RELAY_SECONDS)
        return bytes(self._kept).decode(errors="replace")


def run_live(argv: Sequence[str], env: Mapping[str, str], cwd: str) -> Outcome:
    """Runs a program with our terminal and waits for it through every signal; raises OSError if it
    cannot start."""
    state: dict[str, int] = {"signal": 0}
    canary = Canary()
    child: subprocess.Popen[bytes] | None = None

    def hand_on(number: int, _frame: FrameType | None) -> None:
        nonlocal canary
        state["signal"] = number
        hit = canary.was_hit()
        if hit:
            canary.end()
            canary = Canary()
        elif child is not None:
            child.send_signal(number)

    before = {number: signal.signal(number, hand_on) for number in _WATCHED}
    relay = _Relay()
    try:
        child = subprocess.Popen(argv, env=dict(env), cwd=cwd, stderr=subprocess.PIPE)
        relay.follow(child)
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        canary.end()
    return Outcome(code if code >= 0 else 128 - code, state["signal"], relay.tail())


def run_quiet(
    argv: Sequence[str], env: Mapping[str, str], cwd: str, given: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end with its output captured as text; given goes to its standard
    input."""
    return subprocess.run(
        argv,
        env=dict(env),
        cwd=cwd,
        input=given if given is not None else "",
        capture_output=True,
        text=True,
        check=False,
    )
