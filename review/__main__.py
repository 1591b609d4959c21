"""`python -m review write | check | diff | graph`: needs no network, no CLI and no credentials."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path

FAILED = 2
ROOT = Path(__file__).resolve().parents[1]


def main(arguments: Sequence[str]) -> int:
    """0: done, nothing to see to. 1: something is stale, risky or refused. 2: not done."""
    parser = argparse.ArgumentParser(prog="python -m review", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    write = verbs.add_parser("write", help="write what every stack declares to review/stacks")
    write.add_argument("--tracked", action="store_true", help="of the stacks that git knows alone")
    check = verbs.add_parser("check", help="fail where review/stacks is not what the program gives")
    diff = verbs.add_parser("diff", help="one page of Markdown: what changes against a git ref")
    diff.add_argument("--base", metavar="REF", default="", help="such as origin/main")
    diff.add_argument("--head", metavar="COMMIT", default="HEAD", help="which one the page names")
    diff.add_argument("--out", metavar="FILE", help="where to write the page, instead of here")
    for one in (write, check, diff):
        one.add_argument("--root", type=Path, help="a checkout with other stacks than this one's")
    verbs.add_parser("graph", help="draw a stack", add_help=False)
    if arguments[:1] == ["graph"]:
        from review import graph

        return graph.main(arguments[1:])
    given = parser.parse_args(arguments)
    from review import commands

    root = given.root or ROOT
    run: dict[str, Callable[[], int]] = {
        "write": lambda: commands.write(root, given.tracked),
        "check": lambda: commands.check(root),
        "diff": lambda: commands.diff(given.base, given.out, root, given.head),
    }
    return run[given.verb]()


def guarded(arguments: Sequence[str]) -> int:
    """As `main`; a failure of the review's own is never taken for a risk that it has found."""
    _write_utf8()
    try:
        return main(arguments)
    except OSError as error:
        print(f"review: {error.filename or 'a file'}: {error.strerror or error}", file=sys.stderr)
    except Exception:
        traceback.print_exc()
        print("review: this is a defect of docklab's own; nothing was compared", file=sys.stderr)
    return FAILED


def _write_utf8() -> None:
    """A page is UTF-8 wherever it is written, whatever this machine's locale is."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(guarded(sys.argv[1:]))
