"""Every stack of the checkout against the base: differences, and pictures of them."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path

from review.base import Base
from review.comparison import compared
from review.difference import Difference, refused
from review.page.build import Pictures
from review.recorder import Recorded, Refused, lab_of, record
from review.refusal import without_refused
from review.snapshot import to_text
from review.stacks import FOLDER, StackFileError, misnamed, names, parsed, read
from review.topology import changed_topology
from review.written import snapshot


def against(base: Base, root: Path) -> tuple[list[Difference], Pictures]:
    """Differences in the order of the stacks' names; a stack that is refused is one of them, and
    first of all is a file that is named after no stack.
    """
    found = [refused(f"{FOLDER}/", complaint) for complaint in misnamed(root)]
    topology: dict[str, str] = {}
    texts: dict[str, list[str]] = {}
    there = names(root)
    for name in sorted({*there, *base.snapshots}):
        now, complaint = _recorded(name, root, base) if name in there else (None, "")
        then = base.snapshots.get(name)
        unreviewed = then is None and name in base.stack_files
        if now is None and complaint:
            found.append(refused(name, complaint))
            continue
        one = compared(then, snapshot(now) if now else None)
        one = replace(one, status="refused", complaint=complaint) if complaint else one
        one = replace(one, has_base=not unreviewed)
        found.append(one)
        if one.status == "same":
            continue
        texts[name] = _difference(base.texts.get(name, ""), to_text(snapshot(now)) if now else "")
        drawn = _drawn(name, base, now)
        if drawn:
            topology[name] = drawn
    return found, Pictures(topology=topology, texts=texts)


def _recorded(name: str, root: Path, base: Base) -> tuple[Recorded | None, str]:
    """What a stack declares, and why the program refuses it. Of a stack that it refuses, what is
    left when each refused place is as the base has it; None where nothing can be told.
    """
    try:
        file = read(name, root)
    except StackFileError as error:
        return None, str(error)
    try:
        return record(file), ""
    except Refused as error:
        complaint = str(error)
    text = base.stack_files.get(name)
    try:
        rest = without_refused(file, parsed(name, text)) if text else None
        return (record(rest) if rest else None), complaint
    except (Refused, StackFileError):
        return None, complaint


def _drawn(name: str, base: Base, now: Recorded | None) -> str | None:
    """What changes as a picture; none where the base's stack file is none by today's model."""
    text = base.stack_files.get(name)
    try:
        then = None if text is None else lab_of(parsed(name, text))
    except (Refused, StackFileError):
        return None
    return changed_topology(then, now.lab if now else None)


def _difference(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), "base", "this change", lineterm="", n=3
    )
    return list(lines)
