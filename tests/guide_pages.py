"""The guide's pages as a test reads them: fenced blocks, commands, expected output. Pure.

A block opens with a fence and one of the words of BLOCKS. In a console block `$ ` is a user's
prompt and `# ` root's, `> ` goes on with a command, and all other lines are the output to expect:
`…` in a line stands for any text, a line of `…` alone for any lines. Spaces count as one; blank
lines are not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

ANY = "…"
RUN, FAILS, NOT_HERE = "console", "console fails", "sh not-here"
BREAK, REPORT = "yaml add-container", "text report"
REFUSED, REFUSAL = "yaml refused", "text refusal"
SHOWN = "text shown"
BLOCKS = {
    RUN: "commands that end well",
    FAILS: "commands that end with an error",
    NOT_HERE: "shell for another machine, which is not run",
    BREAK: "a container that breaks the lab",
    REPORT: "what the report says of that",
    SHOWN: "what the report says of the default lab",
    REFUSED: "a container that the lab's model refuses",
    REFUSAL: "the words of the refusal",
    "yaml": "a piece of a lab file or of cloud-init",
    "text": "something to read",
}
PROMPTS = ("$ ", "# ")
_FENCE = "```"


@dataclass(frozen=True)
class Block:
    """line: where its fence is, from 1."""

    kind: str
    line: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True)
class Command:
    """One command, its line on the page, what it should print, and whether it should fail."""

    line: int
    text: str
    expected: tuple[str, ...]
    fails: bool


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page. ValueError: an unknown kind, or a fence that is not closed."""
    opened: tuple[str, int] | None = None
    inside: list[str] = []
    for number, line in enumerate(page.splitlines(), start=1):
        if not line.startswith(_FENCE):
            inside.append(line)
        elif opened is None:
            opened, inside = (line.removeprefix(_FENCE).strip(), number), []
            if opened[0] not in BLOCKS:
                raise ValueError(f"line {number}: no kind of block: {opened[0]!r}")
        else:
            yield Block(*opened, tuple(inside))
            opened = None
    if opened:
        raise ValueError(f"line {opened[1]}: the block is not closed")


def commands(page: str) -> list[Command]:
    """The commands of a page's console blocks. ValueError: output before the first prompt."""
    return [
        command
        for block in blocks(page)
        if block.kind in (RUN, FAILS)
        for command in _commands(block)
    ]


def _commands(block: Block) -> Iterator[Command]:
    found: list[tuple[int, list[str], list[str]]] = []
    for number, line in enumerate(block.lines, start=block.line + 1):
        if line.startswith(PROMPTS):
            found.append((number, [line[2:]], []))
        elif not found:
            raise ValueError(f"line {number}: the block does not begin with a prompt")
        elif line.startswith("> ") and not found[-1][2]:
            found[-1][1].append(line[2:])
        elif line.strip():
            found[-1][2].append(line)
    for number, words, expected in found:
        yield Command(number, "\n".join(words), tuple(expected), block.kind == FAILS)


def renamed(page: str, names: Mapping[str, str]) -> str:
    """The page for a lab of other names and addresses, all replaced at once."""
    wanted = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(wanted, lambda found: names[found.group()], page) if names else page


def matches(expected: Iterable[str], output: str) -> bool:
    """Whether the output is what the page says, from its first line to its last."""
    return re.fullmatch(_pattern(expected), _lines(output)) is not None


def holds(expected: Iterable[str], output: str) -> bool:
    """Whether these lines stand somewhere in the output, one after the other."""
    return re.search(rf"(?m)^{_pattern(expected)}", _lines(output)) is not None


def _pattern(expected: Iterable[str]) -> str:
    return "".join(
        r"(?:.*\n)*?" if line.strip() == ANY else _line(line) for line in expected if line.strip()
    )


def _line(line: str) -> str:
    parts = (re.escape(part) for part in " ".join(line.split()).split(ANY))
    return ".*".join(parts) + r"\n"


def _lines(output: str) -> str:
    return "".join(f"{' '.join(line.split())}\n" for line in output.splitlines() if line.strip())
