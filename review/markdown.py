"""Values inside GitHub's Markdown: nothing that a stack file says ends a table, a fence or an
element, links to or mentions anything, or is there without being seen."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence

_MOST = 120
# What GitHub makes something of in plain words, however they are escaped: mentions, references,
# links, formulas, pictures. Of code it makes nothing.
_ACTIVE = re.compile(r"[@#$]|//|www\.|gh-\d|:[\w+-]+:", re.IGNORECASE)
# Of an underscore inside a word Markdown makes nothing, and names have many.
_MARKS = re.compile(r"((?<=[^\W_])_+(?=[^\W_]))|([`*~|\[\]\\_])")
_BEGINS_A_LIST = re.compile(r"^(?:([-+])(?=[\s-]|$)|(\d{1,9})([.)])(?=\s|$))")
# A stand-in such as <the machine's address> is one word with what it stands in.
_WORD = re.compile(r"(?:<[^<>]*>|[^ ])+")
_ROUND_A_WORD = "`'\"(),.;:"
# Unicode's default ignorable characters but for the choice of an emoji's colours, what controls a
# terminal or ends a line, and halves of characters; the same in each version of Python.
_UNSEEN = re.compile(
    "[\0-\x08\x0a-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def text(value: object, most: int | None = None) -> str:
    """Plain words, on one line; what makes it longer than `most` characters is cut off."""
    return _fitting(_line(value), most, _span)


def cell(value: object, most: int | None = None) -> str:
    """The same in a table, of which a pipe in code would end the cell."""
    return _fitting(_line(value), most, _in_table)


def code(value: object, most: int = _MOST) -> str:
    """A code span on one line, cut where it is long. Not for tables."""
    return _span(shortened(_line(value), most) or " ")


def element(value: object, most: int = _MOST) -> str:
    """Code inside an element of HTML, where nothing is read as Markdown."""
    return f"<code>{html.escape(shortened(_line(value), most), quote=False)}</code>"


def fenced(lines: Sequence[str], language: str = "") -> list[str]:
    """Lines behind a fence that none of them closes."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *map(seen, lines), fence]


def seen(line: str) -> str:
    r"""With what is invisible, or turns the words around it, as `\u202e`; tabs stay."""
    return _UNSEEN.sub(lambda found: _escape(ord(found[0])), line)


def shortened(line: str, most: int) -> str:
    return line if len(line) <= most else line[: most - 1] + "…"


def _escape(number: int) -> str:
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def _line(value: object) -> str:
    return seen(" ".join(str(value).split()))


def _fitting(line: str, most: int | None, span: Callable[[str], str]) -> str:
    """What is cut are the words, and not what is made of them, so that no mark is left open."""
    whole = _words(line, span)
    while most is not None and len(whole) > most:
        line = line[: min(len(line) - 1, len(line) * most // len(whole))].rstrip()
        whole = _words(f"{line}…", span)
    return whole


def _words(line: str, span: Callable[[str], str]) -> str:
    said = " ".join(
        _inert(w, span) if _ACTIVE.search(w) else _plain(w) for w in _WORD.findall(line)
    )
    return _BEGINS_A_LIST.sub(lambda found: f"{found[2] or ''}\\{found[1] or found[3]}", said)


def _inert(word: str, span: Callable[[str], str]) -> str:
    inner = word.strip(_ROUND_A_WORD)
    before, _, after = word.partition(inner)
    return f"{_plain(before)}{span(inner)}{_plain(after)}"


def _plain(word: str) -> str:
    word = word.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKS.sub(lambda found: found[1] or f"\\{found[2]}", word)


def _span(line: str) -> str:
    ticks = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    pad = " " if line[0] == "`" or line[-1] == "`" else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def _in_table(line: str) -> str:
    return _span(line).replace("|", "\\|")
