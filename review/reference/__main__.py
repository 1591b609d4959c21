"""`python -m review.reference [--check]`: docs/config.md and the schema of the stack files."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from review.reference.effects import effects
from review.reference.schema import stack_schema
from review.reference.table import page
from review.stacks import ROOT

SCHEMA, PAGE = "stacks/lab.schema.json", "docs/config.md"


def wanted() -> dict[str, str]:
    """The texts by their paths."""
    schema = stack_schema()
    return {
        SCHEMA: json.dumps(schema, indent=1, ensure_ascii=False) + "\n",
        PAGE: page(schema, effects()),
    }


def stale(texts: dict[str, str], root: Path) -> list[str]:
    """Those that are not there as they should be."""
    files = {path: root / path for path in texts}
    return [
        path
        for path, file in files.items()
        if not file.is_file() or file.read_text(encoding="utf-8") != texts[path]
    ]


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """0: done, or current. 1: not current. 2: wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m review.reference", description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when the files are not current")
    check = parser.parse_args(arguments).check
    texts = wanted()
    old = stale(texts, root)
    if check:
        for path in old:
            print(
                f"{path} is not what the model says; `make config-docs` writes it", file=sys.stderr
            )
        return 1 if old else 0
    for path in old:
        (root / path).write_text(texts[path], encoding="utf-8")
    print(f"reference: {', '.join(old) + ' written anew' if old else 'all of it is current'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
