"""How long a warm `make up` of a lab that is up takes until Pulumi runs: everything before is ours.

The real `make up`, on a copy of the lab's state, with an argument on which Pulumi ends at once.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from bench.running import BenchError, end, last_words, start, wait
from bench.surroundings import Around, own_backend
from bench.verifier_cost import checkpoint_file
from toolchain.verbs.session import stack_files

_REFUSED = "--parallel=none"  # Pulumi reads its arguments before anything else
_LOOK_SECONDS = 0.005


def can_be_measured() -> bool:
    return Path("/proc/self/exe").exists()


def seconds_before_pulumi(around: Around, stack: str) -> float:
    """`stack`: the bench's own, up and verified. Raises BenchError if Pulumi never starts."""
    under = next(iter(stack_files(around.paths.root)), None)
    if under is None:
        raise BenchError("stacks/ holds no stack file to run `make up` with")
    env = {**around.env, **own_backend(around.folder / "warm")}
    target = checkpoint_file(env, under)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(checkpoint_file(around.env, stack), target)
    rendered = around.paths.stacks / f"Pulumi.{under}.yaml"
    was_there = rendered.exists()
    command = ["make", "--no-print-directory", "up", f"STACK={under}", f"ARGS={_REFUSED}"]
    log = around.log("make-up")
    begin = time.monotonic()
    child = start(command, env, around.paths.root, log)
    try:
        while child.poll() is None:
            if _runs(child.pid, around.cli.resolve()):
                seconds = time.monotonic() - begin
                wait(child)
                return seconds
            time.sleep(_LOOK_SECONDS)
    finally:
        end(child)
        if not was_there:
            rendered.unlink(missing_ok=True)
    raise BenchError(f"`{' '.join(command)}` did not come to Pulumi:\n{last_words(log)}")


def _runs(pid: int, cli: Path) -> bool:
    """Whether a descendant of `pid` is the real CLI with our argument."""
    for descendant in _descendants(pid):
        try:
            if os.readlink(f"/proc/{descendant}/exe") != str(cli):
                continue
            if _REFUSED.encode() in Path(f"/proc/{descendant}/cmdline").read_bytes():
                return True
        except OSError:
            continue
    return False


def _descendants(pid: int) -> Iterator[int]:
    try:
        children = [
            int(word)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for word in (task / "children").read_text().split()
        ]
    except OSError:
        return
    for child in children:
        yield child
        yield from _descendants(child)
