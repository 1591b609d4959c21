"""Stack files with changes in them, as a pull request would have them. Not a test."""

from __future__ import annotations

import copy
from typing import Any

import yaml

from review.recorder import Recorded, record
from review.stacks import ROOT, StackFile, parsed, path

Change = tuple[str, Any]
GONE = object()


def lab(stack: str = "local", *changes: Change) -> dict[str, Any]:
    """The lab of a tracked stack file with `changes` at dotted paths; GONE takes a key out."""
    whole = yaml.safe_load((ROOT / path(stack)).read_text(encoding="utf-8"))
    found: dict[str, Any] = copy.deepcopy(whole["config"]["docklab:lab"])
    for place, value in changes:
        *parents, last = place.split(".")
        here: Any = found
        for part in parents:
            here = here[int(part)] if isinstance(here, list) else here.setdefault(part, {})
            if here is None:
                raise AssertionError(f"{place}: nothing is there to change")
        if value is GONE:
            del here[int(last) if isinstance(here, list) else last]
        elif isinstance(here, list):
            here.insert(int(last), value)
        else:
            here[last] = value
    return found


def stack_text(found: dict[str, Any], **config: Any) -> str:
    """A stack file; `config` are further keys of docklab's."""
    more = {f"docklab:{key}": value for key, value in config.items()}
    return yaml.safe_dump({"config": {"docklab:lab": found, **more}}, sort_keys=False)


def stack_file(stack: str = "local", *changes: Change, **config: Any) -> StackFile:
    return parsed(stack, stack_text(lab(stack, *changes), **config))


def recorded(stack: str = "local", *changes: Change, **config: Any) -> Recorded:
    return record(stack_file(stack, *changes, **config))
