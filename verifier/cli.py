"""The two commands. The shell around gather, judge and render: environment, time, output."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

from verifier import report
from verifier.gather import gather
from verifier.judge import BAD_SPEC, EXIT_CODES, INCONCLUSIVE, INTERNAL_ERROR, judge
from verifier.parse import SpecError, parse
from verifier.powers import Powers
from verifier.procfs import Deadline, OutOfTime, ProcFs, Stopped, find_root
from verifier.render import render
from verifier.spec import Spec
from verifier.supervise import Supervisor

WORK_SECONDS = 20.0
GRACE_SECONDS = 5.0
HARD_SECONDS = 30.0
HANGS = "the host hangs on a file of /proc or of a container: look at its load, then run again"
USAGE = """usage: python -m verifier           run once; the question is in NSV_SPEC
       python -m verifier render    read a report on standard input, print it as text

NSV_SPEC  {"run_id": "try", "containers": [{"name": "web", "id": "<64 hex>"}, ...]}
NSV_PROC  where the host's /proc is mounted (default: /host/proc, else /proc)
Exit code: 0 isolated, 1 not isolated, 2 bad spec, 3 inconclusive, 4 internal error.
"""


def main(arguments: list[str]) -> int:
    if arguments == ["render"]:
        return _render()
    if arguments in (["-h"], ["--help"]):
        sys.stdout.write(USAGE)
        return 0
    if arguments:
        return _emit(_bad(f"unknown arguments: {' '.join(arguments)}", "see --help"))
    return _verify()


def _verify() -> int:
    raw = os.environb.get(b"NSV_SPEC")
    if raw is None:
        return _emit(_bad("NSV_SPEC is not set", "set it to the spec's JSON; see --help"))
    text = raw.decode("utf-8", "surrogateescape")
    try:
        spec = parse(text)
    except SpecError as error:
        return _emit(_bad(str(error), "correct the spec; nothing was run", error.run_id, text))
    supervisor = Supervisor()
    line = supervisor.run(lambda nobody: _line(_worked(spec, text, nobody)), HARD_SECONDS)
    if line:
        return _print(line)
    return _emit(_without_answer(supervisor.ended, spec, text))


def _worked(spec: Spec, text: str, nobody: Callable[[], None]) -> report.Report:
    """The report of the work, in a process of its own; there is one whatever happens."""
    signal.signal(signal.SIGALRM, _out_of_time)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    signal.setitimer(signal.ITIMER_REAL, WORK_SECONDS + GRACE_SECONDS)
    try:
        result = _run(spec, text, nobody)
    except OutOfTime:
        limit = WORK_SECONDS + GRACE_SECONDS
        message = f"a read did not return within {limit:.0f} s"
        result = report.failed(INCONCLUSIVE, message, HANGS, spec.run_id, text)
    except Stopped:
        message = "the run was stopped by a signal"
        result = report.failed(INCONCLUSIVE, message, "run it again", spec.run_id, text)
    except Exception as error:
        remedy = "this is a defect of the verifier"
        result = report.failed(INTERNAL_ERROR, _where(error), remedy, spec.run_id, text)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return result


def _without_answer(ended: str, spec: Spec, text: str) -> report.Report:
    message = f"the run gave no answer within {HARD_SECONDS:.0f} s: {ended}"
    remedy = f"{HANGS}; or it has too little memory: give the verification container more"
    return report.failed(INCONCLUSIVE, message, remedy, spec.run_id, text)


def _run(spec: Spec, text: str, nobody: Callable[[], None]) -> report.Report:
    began = time.monotonic()
    powers = Powers(on_first=nobody)
    facts, timings = gather(spec, ProcFs(find_root()), Deadline(WORK_SECONDS), powers)
    judging = time.monotonic()
    judgement = judge(spec, facts)
    now = time.monotonic()
    timings["judge"] = round((now - judging) * 1000, 2)
    timings["total"] = round((now - began) * 1000, 2)
    return report.build(judgement, text, timings)


def _out_of_time(_signal: int, _frame: FrameType | None) -> None:
    raise OutOfTime


def _stop(_signal: int, _frame: FrameType | None) -> None:
    # Once is enough: what is being cleaned up is not broken off.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise Stopped


def _bad(message: str, remedy: str, run_id: str = "", text: str = "") -> report.Report:
    return report.failed(BAD_SPEC, message, remedy, run_id, text)


def _where(error: Exception) -> str:
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = ""
    if frame is not None:
        name = os.path.basename(frame.tb_frame.f_code.co_filename)
        place = f" at {name}:{frame.tb_lineno}"
    return f"{type(error).__name__}: {error}{place}"


def _emit(result: report.Report) -> int:
    return _print(_line(result))


def _line(result: report.Report) -> bytes:
    return (report.line(result) + "\n").encode("ascii")


def _print(line: bytes) -> int:
    code: int = json.loads(line)["exit_code"]
    while line:
        line = line[os.write(sys.stdout.fileno(), line) :]
    return code


def _render() -> int:
    try:
        result = json.loads(sys.stdin.buffer.read())
        text = render(result)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        sys.stderr.write(f"standard input is not a report of schema nsv/1: {error}\n")
        return EXIT_CODES[BAD_SPEC]
    sys.stdout.buffer.write(text.encode(sys.stdout.encoding or "ascii", "replace"))
    return 0
