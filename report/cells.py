"""One cell of a table: a word, and its tone. Pure.

The tone is for colour alone; whoever sees none reads the word and the mark.
"""

from __future__ import annotations

from dataclasses import dataclass

GOOD, BAD, DOUBT, QUIET = "good", "bad", "doubt", "quiet"
MARKS = {GOOD: "✓", BAD: "✗", DOUBT: "?", QUIET: "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """`word` is short; `detail` is what was read: an inode, an errno, a time."""

    word: str
    tone: str
    detail: str = ""

    @property
    def mark(self) -> str:
        return MARKS[self.tone]
