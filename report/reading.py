"""A report of schema nsv/1 as plain values, whatever a schema-valid one may hold. Pure.

Names come from containers, so nothing in them is trusted: characters that a terminal obeys, that
turn the direction of writing or that XML forbids are question marks from here on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from verifier.render import clean

SCHEMA = "nsv/1"
_PARTS = {"checks": list, "targets": list, "host": dict, "policy": dict, "counts": dict}
Row = Mapping[str, Any]


class ReportError(ValueError):
    """Not a report of schema nsv/1. The text says why."""


def load(text: str) -> dict[str, Any]:
    """The report in `text`, cleaned. Raises ReportError."""
    try:
        report = tidy(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise ReportError(f"not JSON: {error}") from error
    if not isinstance(report, dict) or report.get("schema") != SCHEMA:
        raise ReportError(f"not a report of schema {SCHEMA}")
    for name, kind in _PARTS.items():
        if not isinstance(report.get(name), kind):
            raise ReportError(f"not a report of schema {SCHEMA}: {name} is missing")
    return report


def tidy(value: Any) -> Any:
    """The same value with every text and key in it cleaned."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [tidy(one) for one in value]
    if isinstance(value, dict):
        return {clean(key): tidy(one) for key, one in value.items()}
    return value


def text(value: Any) -> str:
    """A text as it is; of anything else nothing."""
    return value if isinstance(value, str) else ""


def mapping(value: Any) -> Row:
    return value if isinstance(value, Mapping) else {}


def texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def rows(value: Any) -> list[Row]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def checks(report: Row, check_id: str) -> Iterator[Row]:
    """The rows of one check, by id."""
    return (row for row in rows(report.get("checks")) if row.get("id") == check_id)


def show(value: Any) -> str:
    """A value of the evidence in one line."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(_is_flat(one) for one in value):
        return ", ".join(show(one) for one in value) or "none"
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return "; ".join(show(one) for one in value)
    if isinstance(value, dict) and value and all(_is_flat(one) for one in value.values()):
        return ", ".join(f"{key} {show(one)}" for key, one in value.items())
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _is_flat(value: Any) -> bool:
    return isinstance(value, str | int | float)


def pairs(evidence: Any) -> list[tuple[str, str]]:
    return [(key, show(value)) for key, value in mapping(evidence).items()]
