"""`make graph`: a stack's topology as mermaid text and as one SVG, from its file alone."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.model.lab import Lab
from report.topology_svg import draw
from review.checkout import why_not
from review.recorder import Refused, lab_of
from review.stacks import ROOT, StackFileError, read
from review.stacks import path as stack_path
from review.topology import host_words, whole, wiring_of

_USAGE = 2


def svg(lab: Lab, stack: str) -> str:
    """The picture of a declared lab, with its colours, as a file of its own."""
    title = f"The lab that stack {stack} declares, not a running one"
    host = f"Stack {stack} as declared, not a running lab: {', '.join(host_words(lab.host))}"
    return f"{draw(wiring_of(lab), host, {}, alone=True, title=title)}\n"


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """0: written or printed. 1: the program refuses the stack. 2: there is no such stack."""
    given = _parser().parse_args(arguments)
    root = given.root or root
    if problem := why_not(root):
        print(f"graph: {problem}", file=sys.stderr)
        return _USAGE
    try:
        lab = lab_of(read(given.stack, root))
    except StackFileError as error:
        print(f"graph: {error}", file=sys.stderr)
        return _USAGE
    except Refused as error:
        print(f"{stack_path(given.stack)}: {error}", file=sys.stderr)
        return 1
    if given.print:
        print(whole(lab) if given.print == "mermaid" else svg(lab, given.stack), end="")
        return 0
    folder = Path(given.to) if given.to else _reports(root) / given.stack
    try:
        _write(folder, {"topology.svg": svg(lab, given.stack), "topology.mmd": whole(lab)})
    except OSError as error:
        print(f"graph: {error.filename or folder}: {error.strerror or error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m review graph", description=__doc__)
    parser.add_argument("--stack", metavar="NAME", required=True, help="such as local")
    parser.add_argument("--to", metavar="DIR", help="the folder for the two files")
    parser.add_argument("--root", type=Path, help="a checkout with other stacks than this one's")
    one = parser.add_mutually_exclusive_group()
    for name in ("mermaid", "svg"):
        one.add_argument(
            f"--{name}",
            dest="print",
            action="store_const",
            const=name,
            help=f"print the {name} text, and write no file",
        )
    return parser


def _reports(root: Path) -> Path:
    """Where the verbs keep a stack's report too."""
    home = os.environ.get("DOCKLAB_HOME")
    return (Path(home).absolute() if home else root / ".docklab") / "reports"


def _write(folder: Path, texts: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        file = folder / name
        unfinished = file.with_name(f".{name}.{os.getpid()}")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(file)
        print(file)
