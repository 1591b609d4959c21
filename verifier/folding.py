"""Sums up rows of a report that is too long: rows of one check and status become one. Pure.

A passing row is worth least where there are most of them; one that did not pass is never given
up, and no container that it is about goes unnamed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from verifier.check import ALL, INFO, NOT_APPLICABLE, PASS
from verifier.facts import NAMESPACES

KEPT = 20
"""Rows of one check that stay whole although they are too many."""
IN_TARGETS = frozenset(f"{name}.host" for name in NAMESPACES)
Row = dict[str, Any]
Rows = list[Row]


def fit(checks: Sequence[Row], excess: int) -> Rows:
    """The same rows with as many passing ones summed up as save `excess` bytes, or all."""
    groups = _groups(row for row in checks if _holds(row))
    folded: dict[int, Row] = {}
    gone: set[int] = set()
    saved = -len(',"summarised":true')
    for rows in sorted(groups, key=_worth):
        if saved >= excess:
            break
        one = _sum(rows)
        gone |= {id(row) for row in rows}
        folded[id(rows[0])] = one
        saved += sum(_size(row) for row in rows) - _size(one)
    kept = [folded.get(id(row), row) for row in checks if id(row) not in gone or id(row) in folded]
    return _ordered(kept)


def name_all(checks: Sequence[Row]) -> Rows:
    """The same rows; beyond the first of each check that did not pass, one row with all names."""
    found = [row for row in checks if _holds(row) or row["subject"] == ALL]
    for rows in _groups(row for row in checks if not _holds(row) and row["subject"] != ALL):
        found += rows[:KEPT]
        if rest := rows[KEPT:]:
            one = _sum(rest)
            one["evidence"] = {**one["evidence"], "subjects": [row["subject"] for row in rest]}
            found.append(one)
    return _ordered(found)


def _holds(row: Row) -> bool:
    return row["status"] in (PASS, INFO, NOT_APPLICABLE)


def _groups(rows: Iterable[Row]) -> list[Rows]:
    found: dict[tuple[str, str], Rows] = {}
    for row in rows:
        found.setdefault((row["id"], row["status"]), []).append(row)
    return list(found.values())


def _worth(rows: Rows) -> tuple[bool, bool, int, str]:
    """The least first: not required; inodes, which are in `targets` too; many bytes."""
    first = rows[0]
    size = sum(_size(row) for row in rows)
    return first["required"], first["id"] not in IN_TARGETS, -size, first["id"]


def _sum(rows: Rows) -> Row:
    first = rows[0]
    if len(rows) == 1:
        return dict(first)
    claim = f"{first['claim']} (and so for {len(rows)} containers)"
    evidence = {"summarised": len(rows), "example": first["evidence"]}
    return {**first, "subject": ALL, "claim": claim, "evidence": evidence}


def _size(row: Row) -> int:
    return len(json.dumps(row, separators=(",", ":"))) + 1


def _ordered(rows: Rows) -> Rows:
    return sorted(rows, key=lambda row: (row["id"], row["subject"]))
