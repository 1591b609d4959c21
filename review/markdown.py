"""Values inside Markdown: nothing that a stack file says can end a table, a fence or an element."""

from __future__ import annotations

import re

_MOST = 120


def text(value: object) -> str:
    """Plain words, on one line."""
    line = " ".join(str(value).split())
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([`*|\[\]\\])", r"\\\1", line)


def code(value: object, most: int = _MOST) -> str:
    """A code span on one line, cut where it is long; pipes are escaped, as tables want them."""
    line = " ".join(str(value).split()) or " "
    if len(line) > most:
        line = line[: most - 1] + "…"
    ticks = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    pad = " " if line[0] == "`" or line[-1] == "`" else ""
    return f"{ticks}{pad}{line}{pad}{ticks}".replace("|", "\\|")


def fenced(lines: list[str], language: str = "") -> list[str]:
    """Lines behind a fence that none of them closes."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *lines, fence]
