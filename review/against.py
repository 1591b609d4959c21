"""Every stack of the checkout against the base: differences, and pictures of them."""

from __future__ import annotations

import difflib
from pathlib import Path

from infra.model.lab import Lab
from review.base import Base
from review.difference import Difference, compared, refused
from review.page.build import Pictures
from review.recorder import Recorded, Refused, lab_of, record
from review.snapshot import to_text
from review.stacks import StackFileError, names, parsed, read
from review.topology import changed_topology
from review.written import snapshot


def against(base: Base, root: Path) -> tuple[list[Difference], Pictures]:
    """Differences in the order of the stacks' names; a stack that is refused is one of them."""
    found: list[Difference] = []
    topology: dict[str, str] = {}
    texts: dict[str, list[str]] = {}
    there = names(root)
    for name in sorted({*there, *base.snapshots}):
        now: Recorded | None = None
        try:
            now = record(read(name, root)) if name in there else None
        except (Refused, StackFileError) as error:
            found.append(refused(name, str(error)))
            continue
        one = compared(base.snapshots.get(name), snapshot(now) if now else None)
        found.append(one)
        if one.status == "same":
            continue
        texts[name] = _difference(base.texts.get(name, ""), to_text(snapshot(now)) if now else "")
        drawn = changed_topology(_lab_then(base, name), now.lab if now else None)
        if drawn:
            topology[name] = drawn
    return found, Pictures(topology=topology, texts=texts)


def _lab_then(base: Base, name: str) -> Lab | None:
    """The base's lab by today's model; None where there was none, or it no longer fits."""
    text = base.stack_files.get(name)
    try:
        return None if text is None else lab_of(parsed(name, text))
    except (Refused, StackFileError):
        return None


def _difference(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), "base", "this change", lineterm="", n=3
    )
    return list(lines)
