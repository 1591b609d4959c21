"""A report's table of containers by namespaces in short, for the stack's outputs. Pure.

A report that is missing or unreadable gives no entry, and no entry says isolated.
"""

import json
from collections.abc import Mapping
from typing import Any


def isolation(report: str) -> dict[str, dict[str, str]]:
    """{container: {MNT: "isolated", ...}}, each state as the report of schema nsv/1 has it."""
    try:
        found = json.loads(report) if report else {}
    except ValueError:
        return {}
    targets = found.get("targets") if isinstance(found, dict) else None
    return {
        str(target.get("name")): _states(target.get("ns"))
        for target in (targets if isinstance(targets, list) else [])
        if isinstance(target, Mapping)
    }


def _states(namespaces: Any) -> dict[str, str]:
    if not isinstance(namespaces, Mapping):
        return {}
    return {
        str(name).upper(): _word(seen)
        for name, seen in namespaces.items()
        if isinstance(seen, Mapping)
    }


def _word(seen: Mapping[str, Any]) -> str:
    """A state that the verdict rests on as it is; another is marked as not required."""
    state = str(seen.get("state", "unknown"))
    return state if state == "isolated" or seen.get("required") else f"{state} (not required)"
