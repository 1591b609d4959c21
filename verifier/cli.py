"""The two commands. The shell around gather, judge and render: environment, time, output."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from types import FrameType

from verifier import report
from verifier.gather import gather
from verifier.judge import BAD_SPEC, EXIT_CODES, INCONCLUSIVE, INTERNAL_ERROR, judge
from verifier.parse import SpecError, parse
from verifier.procfs import Deadline, OutOfTime, ProcFs, find_root
from verifier.render import render

WORK_SECONDS = 20.0
GRACE_SECONDS = 5.0
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
    signal.signal(signal.SIGALRM, _out_of_time)
    signal.setitimer(signal.ITIMER_REAL, WORK_SECONDS + GRACE_SECONDS)
    try:
        result = _run(text)
    except SpecError as error:
        result = _bad(str(error), "correct the spec; nothing was run", error.run_id, text)
    except OutOfTime:
        limit = WORK_SECONDS + GRACE_SECONDS
        message = f"a read did not return within {limit:.0f} s"
        remedy = "the host hangs on a file of /proc: look at its load, then run again"
        result = report.failed(INCONCLUSIVE, message, remedy, _run_id(text), text)
    except Exception as error:
        result = report.failed(
            INTERNAL_ERROR, _where(error), "this is a defect of the verifier", _run_id(text), text
        )
    signal.setitimer(signal.ITIMER_REAL, 0)
    return _emit(result)


def _run(text: str) -> report.Report:
    began = time.monotonic()
    spec = parse(text)
    facts, timings = gather(spec, ProcFs(find_root()), Deadline(WORK_SECONDS))
    judging = time.monotonic()
    judgement = judge(spec, facts)
    now = time.monotonic()
    timings["judge"] = round((now - judging) * 1000, 2)
    timings["total"] = round((now - began) * 1000, 2)
    return report.build(judgement, text, timings)


def _out_of_time(_signal: int, _frame: FrameType | None) -> None:
    raise OutOfTime


def _bad(message: str, remedy: str, run_id: str = "", text: str = "") -> report.Report:
    return report.failed(BAD_SPEC, message, remedy, run_id, text)


def _run_id(text: str) -> str:
    try:
        return parse(text).run_id
    except SpecError as error:
        return error.run_id


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
    code: int = result["exit_code"]
    data = (report.line(result) + "\n").encode("ascii")
    while data:
        data = data[os.write(sys.stdout.fileno(), data) :]
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
