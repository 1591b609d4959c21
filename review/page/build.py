"""The whole page, from what each stack's change amounts to. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from review.difference import Difference
from review.markdown import cell, code, element, fenced, shortened
from review.page import lines
from review.page.section import MOST_BYTES, Section, fitted
from review.risks import risks
from review.tools import tools

NOTHING = "no stack changes"
MARKER = "<!-- docklab-review -->"
_BLIND = """\
What this page cannot see: it compares what the base declares with what this change declares,
offline. It knows nothing of what is really there (drift), of what providers refuse or fill in, of
quotas and prices. REPLACE and DATA LOSS are expected ones, from the providers' schemas: `pulumi
preview` knows better."""


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """By stack: a mermaid text of what changes and its neighbours, and the whole difference."""

    topology: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Head:
    """What was compared with the base: a commit, and whether there was more than is in it."""

    commit: str
    is_dirty: bool = False


def page(
    differences: Sequence[Difference],
    base: str,
    pictures: Pictures,
    edited: Sequence[str] = (),
    most: int = MOST_BYTES,
    head: Head | None = None,
) -> str:
    """`base` is how the page calls it, `edited` the program's files that the change touches.

    At most `most` bytes of Markdown, each line ended. Its second line is the verdict.
    """
    changed = [one for one in differences if one.status != "same"]
    risky = lines.risk_rows(changed, edited)
    verdict = _verdict(len(changed), len(risky))
    scope = f"Against {code(base)}{_at(head)}.{_same(differences)}{_unseen(edited)}"
    top = f"{MARKER}\n## Infrastructure review: {verdict}\n\n{scope}\n"
    tail = f"<sub>{_BLIND}</sub>\n"
    if not changed and not risky:
        return f"{top}\n{tail}"
    sections = [one for one in _sections(changed, risky, pictures) if one.lines]
    room = most - len(f"{top}\n{tail}".encode()) - 2
    body = "\n".join(one.text for one in fitted(sections, room))
    return f"{top}\n{body}\n{tail}"


def _unseen(edited: Sequence[str]) -> str:
    """What no declaration shows: what a run decides while it runs."""
    if not edited:
        return ""
    return (
        f" This change edits {lines.few(edited)}: what such code does during a run, no declaration "
        "shows."
    )


def is_risky(differences: Sequence[Difference], edited: Sequence[str] = ()) -> bool:
    return bool(tools(edited)) or any(risks(one) for one in differences)


def _verdict(changed: int, risky: int) -> str:
    if not changed:
        return f"{_count(risky, 'risky change')}, in no stack alone" if risky else NOTHING
    stacks = _count(changed, "stack")
    if not risky:
        return f"{stacks} changed, nothing risky"
    return f"{_count(risky, 'risky change')} in {stacks}"


def _at(head: Head | None) -> str:
    if head is None:
        return ""
    return f", at {code(head.commit)}{' and uncommitted changes' if head.is_dirty else ''}"


def _same(differences: Sequence[Difference]) -> str:
    same = [one.stack for one in differences if one.status == "same"]
    return f" Unchanged: {lines.names(same)}." if same else ""


def _sections(
    changed: Sequence[Difference], risky: Sequence[tuple[list[str], str]], pictures: Pictures
) -> Iterator[Section]:
    yield Section(title="### Risky", lines=_listed(risky), weight=100)
    if not changed:
        return
    yield Section(
        title="### Tally",
        opening=(
            "| stack | + | ~ | - | REPLACE | DATA LOSS | risky |",
            "|---|--:|--:|--:|--:|--:|--:|",
        ),
        lines=tuple(map(_tally, changed)),
        weight=90,
    )
    security = lines.grouped(changed, lines.security_rows)
    yield Section(
        title="### Security",
        opening=("| stack | | topic | subject | what |", "|---|---|---|---|---|"),
        lines=tuple(f"| {lines.names(stacks, cell)} {row}" for stacks, row in security),
        weight=80,
    )
    policy = lines.grouped(changed, lines.policy_lines)
    yield Section(title="### Policy", lines=_listed(policy), weight=70)
    yield Section(
        title="### Resources (replacements are expected ones)",
        lines=_listed(lines.grouped(changed, lines.change_lines)),
        weight=60,
    )
    yield from _drawn(pictures.topology)
    for complaint, stacks in lines.long_refusals(changed).items():
        whose = lines.names(stacks, element)
        yield _folded(f"Why the program refuses {whose}", complaint.splitlines(), 20)
    for stack, text in pictures.texts.items():
        yield _folded(f"Full difference of {element(stack)}", text, 10, "diff")


def _folded(summary: str, text: Sequence[str], weight: int, language: str = "") -> Section:
    begin, *shown, end = fenced(text, language)
    return Section(
        title=f"<details><summary>{summary}</summary>",
        opening=(begin,),
        lines=tuple(shortened(line, lines.MOST) for line in shown),
        closing=(end,),
        ending=("</details>",),
        weight=weight,
    )


def _drawn(topology: Mapping[str, str]) -> Iterator[Section]:
    """A picture that several stacks share is there once."""
    shared: dict[str, list[str]] = {}
    for stack, text in topology.items():
        shared.setdefault(text, []).append(stack)
    for text, stacks in shared.items():
        yield Section(
            title=f"### What changes in {lines.names(stacks)}, and its neighbours",
            lines=tuple(fenced(text.splitlines(), "mermaid")),
            weight=40,
            whole=True,
        )


def _tally(one: Difference) -> str:
    name = lines.names([one.stack], cell)
    # That the verification runs again is a line of its own, and no change of the lab.
    kinds = [change.kind for change in one.changes if not lines.is_rerun(change)]
    numbers = [
        kinds.count("create"),
        sum(kinds.count(kind) for kind in ("update", "replace", "options")),
        kinds.count("delete"),
        kinds.count("replace"),
        sum(change.data_loss for change in one.changes),
        len(risks(one)),
    ]
    called = name if one.status == "changed" else f"{name} ({one.status})"
    return f"| {called} | {' | '.join(map(str, numbers))} |"


def _listed(rows: Sequence[tuple[list[str], str]]) -> tuple[str, ...]:
    return tuple(f"- {lines.names(stacks)}: {row}" for stacks, row in rows)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
