"""`python -m review.changes.generate --schema FILE…`: the table, anew from providers' schemas.

A provider's `schema.json` says of each input whether another value replaces the resource. Only the
types that the table has are taken; entries of providers whose schema is not given stay.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from review.changes.table import FILE

_REPLACES = ("willReplaceOnChanges", "replaceOnChanges")
Entry = dict[str, Any]


def updated(
    table: Mapping[str, Entry], schema: Mapping[str, Any], version: str
) -> dict[str, Entry]:
    """The table with the entries of one provider as its schema has them."""
    source = f"pulumi-{schema['name']} {version}, schema"
    found = dict(table)
    for token, resource in schema["resources"].items():
        if token in table:
            found[token] = {
                **table[token],
                "replacing": sorted(_replacing(resource["inputProperties"])),
                "source": source,
            }
    return found


def _replacing(properties: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [
        name for name, one in properties.items() if any(one.get(key) is True for key in _REPLACES)
    ]


def text_of(table: Mapping[str, Entry]) -> str:
    """A block a type, in the order of the alphabet, so that a difference can be read."""
    return json.dumps(dict(sorted(table.items())), indent=2, ensure_ascii=False) + "\n"


def main(arguments: Sequence[str], file: Path = FILE) -> int:
    parser = argparse.ArgumentParser(prog="python -m review.changes.generate", description=__doc__)
    parser.add_argument(
        "--schema",
        nargs=2,
        action="append",
        required=True,
        metavar=("FILE", "VERSION"),
        help="a provider's schema.json and the version it is of, such as v5.1.0",
    )
    table = json.loads(file.read_text(encoding="utf-8"))
    for name, version in parser.parse_args(arguments).schema:
        table = updated(table, json.loads(Path(name).read_text(encoding="utf-8")), version)
    file.write_text(text_of(table), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
