"""`python -m bench [--repeat N] [--part lab|verifier|review] [--containers N] [--sizes N,N]`.

Measures, cleans up, prints the tables: a whole lab beside other ways to bring it up, and the
verification of labs of several sizes beside `docker exec`, and the offline review. Progress goes to
standard error, the tables to standard output. ^C cleans up as well.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import compose as composes
from bench import engine, reviewing, reviewing_table, scaling, scaling_table
from bench.contender import Contender
from bench.crowd import SIZES
from bench.lab import BenchLab, free_subnets
from bench.machine import facts
from bench.measuring import measure
from bench.pulumi_contenders import bare, docklab
from bench.report import report
from bench.running import BenchError
from bench.surroundings import Around, surroundings
from toolchain.paths import paths
from toolchain.setup.console import SetupError, say
from toolchain.setup.docker_api import EngineError
from toolchain.verbs.errors import VerbError

# Said of ^C too: a shell starts its background jobs without.
PARTS = ("lab", "verifier", "review")
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    for number in _ENDINGS:
        signal.signal(number, _as_interrupt)
    folder = Path(tempfile.mkdtemp(prefix="docklab-bench-"))
    try:
        print(_run(folder, options))
    except (BenchError, VerbError, SetupError, EngineError, ValueError) as error:
        print(f"docklab: bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ndocklab: bench was interrupted; what it made is removed", file=sys.stderr)
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--repeat", type=_positive, default=3, metavar="N", help="rounds (3)")
    parser.add_argument(
        "--containers", type=_several, default=10, metavar="N", help="in the lab (10)"
    )
    parser.add_argument(
        "--sizes",
        type=lambda text: [_several(one) for one in text.split(",")],
        default=list(SIZES),
        metavar="N,N",
        help="of the labs that are verified (" + ",".join(map(str, SIZES)) + ")",
    )
    parser.add_argument("--part", choices=PARTS, help="one of them (all)")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 100:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and 100")
    return number


def _several(text: str) -> int:
    number = _positive(text)
    if number < 2:
        raise argparse.ArgumentTypeError("isolation is verified between at least 2 containers")
    return number


def _as_interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _run(folder: Path, options: argparse.Namespace) -> str:
    around = surroundings(paths(), folder)
    machine = facts(around)
    run = secrets.token_hex(4)
    try:
        wanted = [options.part] if options.part else list(PARTS)
        parts = [] if "lab" in wanted else ["\n".join(machine)]
        if "lab" in wanted:
            parts.append(_lab(around, run, options, machine))
        if "verifier" in wanted:
            sizes = scaling.measure(around.docker_host, run, options.sizes, options.repeat)
            parts.append(scaling_table.lines(sizes, options.repeat))
        if "review" in wanted:
            found = reviewing.measure(around, reviewing.SIZES, options.repeat)
            parts.append(reviewing_table.lines(found, options.repeat))
    finally:
        _sweep(around, run)
    return "\n\n\n".join(parts)


def _lab(around: Around, run: str, options: argparse.Namespace, machine: Sequence[str]) -> str:
    subnets = free_subnets(engine.taken_subnets(around.docker_host))
    lab = BenchLab(run=run, containers=options.containers, subnets=subnets)
    rounds = options.repeat
    compose = composes.find()
    say("bench", f"run {run}: {rounds} rounds, {lab.resources} resources; compose {compose.told}")
    results = measure(around, lab, _contenders(around, lab, compose), rounds)
    return report(lab, results, rounds, machine, compose.told)


def _contenders(around: Around, lab: BenchLab, compose: composes.Compose) -> list[Contender]:
    found = [docklab(around, lab, True), docklab(around, lab, False), bare(around, lab)]
    return [*found, composes.contender(around, lab, compose)] if compose.command else found


def _sweep(around: Around, run: str) -> None:
    """A second ^C must not keep this from ending."""
    for number in _ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    removed = engine.sweep(around.docker_host, run)
    if removed:
        say("bench", f"removed from the engine: {', '.join(removed)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
