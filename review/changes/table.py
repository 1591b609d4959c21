"""Which properties replace a resource: from the providers' schemas, so expected only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("replacing.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeFacts:
    """`replacing`: names or dotted paths of inputs. `source`: where that is said.

    `deletes_first`: the provider wants the old one gone before the new one is made.
    """

    replacing: frozenset[str]
    deletes_first: bool
    source: str


_UNKNOWN = TypeFacts(replacing=frozenset(), deletes_first=False, source="")


@cache
def table() -> Mapping[str, TypeFacts]:
    """By type token."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        token: TypeFacts(
            replacing=frozenset(facts["replacing"]),
            deletes_first=facts.get("deletes_first", False),
            source=facts["source"],
        )
        for token, facts in found.items()
    }


def facts_of(token: str) -> TypeFacts:
    """Of a type that is not in the table nothing is known to replace it."""
    return table().get(token, _UNKNOWN)
