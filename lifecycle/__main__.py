"""`python -m lifecycle`: one JSON line, {run_id, checks, timing_ms}; progress on standard error.

The exit status is 0 whenever that line came, whatever it says: who reads it judges it. 2 is for a
bad question. A run that was told to end gives no line, and 128 with the signal's number added.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time

from lifecycle.engine import Engine
from lifecycle.judge import rows
from lifecycle.limits import Stopped, limited
from lifecycle.observed import Observed, Problem
from lifecycle.question import BadQuestion, Question, question, ssh_options
from lifecycle.scratch import SCRATCH_LABEL, STACK_LABEL, this_process
from lifecycle.trial import Trial

DEADLINE_SECONDS = 60.0
CLEANING_SECONDS = 15.0


def say(text: str) -> None:
    print(f"lifecycle: {text}", file=sys.stderr, flush=True)


def connect(asked: Question, host: str) -> Engine:
    owner = this_process(DEADLINE_SECONDS + CLEANING_SECONDS)
    labels = {STACK_LABEL: asked.stack, SCRATCH_LABEL: owner.label()}
    return Engine(host, asked.image, labels, ssh_options(os.environ))


def prove(asked: Question, host: str, seconds: float = DEADLINE_SECONDS) -> Observed:
    """Runs the trial and removes all of it, whatever happens.

    Raises:
        Stopped: on a signal to end, once everything is removed.
    """
    trial = None
    try:
        with limited(seconds):
            try:
                trial = Trial(connect(asked, host), say)
                trial.run()
            finally:
                if trial is not None:
                    _clean(trial)
    except Problem as problem:
        return Observed(problem=problem)
    except Stopped as stopped:
        if stopped.number != signal.SIGALRM:
            raise
        late = Problem(f"the trial took longer than {seconds:g} s")
        if trial is None:
            return Observed(problem=late)
        trial.seen.problem = late
    return trial.seen


def _clean(trial: Trial) -> None:
    try:
        with limited(CLEANING_SECONDS, endings=False):
            trial.clean()
    except (Problem, Stopped) as error:
        say(f"could not remove everything ({error}); the next run will")


def main() -> int:
    started = time.perf_counter()
    try:
        asked, host = question(os.environ)
        ssh_options(os.environ)
    except BadQuestion as error:
        say(str(error))
        return 2
    try:
        seen = prove(asked, host)
    except Stopped as stopped:
        return 128 + stopped.number
    total = round((time.perf_counter() - started) * 1000, 1)
    timing = {**seen.ms, "total": total}
    print(json.dumps({"run_id": asked.run_id, "checks": rows(seen), "timing_ms": timing}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
