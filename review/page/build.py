"""The whole page, from what each stack's change amounts to. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from review.difference import Difference
from review.markdown import code, fenced
from review.page.lines import change_lines, grouped, policy_lines, risk_lines, security_rows
from review.page.section import MOST_BYTES, Section, fitted
from review.risks import risks

MARKER = "<!-- docklab-review -->"
_MOST_FILES = 12
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


def page(
    differences: Sequence[Difference],
    base: str,
    pictures: Pictures,
    edited: Sequence[str] = (),
    most: int = MOST_BYTES,
) -> str:
    """`base` is how the page calls it, `edited` the program's files that the change touches.

    At most `most` bytes of Markdown, each line ended.
    """
    changed = [one for one in differences if one.status != "same"]
    head = (
        f"{MARKER}\n## Infrastructure review: {_verdict(changed)}\n\n{_scope(differences, base)}\n"
    )
    tail = f"<sub>{_BLIND}{_unseen(edited)}</sub>\n"
    if not changed:
        return f"{head}\n{tail}"
    sections = [one for one in _sections(changed, pictures) if one.lines]
    room = most - len(f"{head}\n{tail}".encode()) - 2
    body = "\n".join(one.text for one in fitted(sections, room))
    return f"{head}\n{body}\n{tail}"


def _unseen(edited: Sequence[str]) -> str:
    """What no declaration shows: what a run decides while it runs."""
    if not edited:
        return ""
    shown = ", ".join(code(path) for path in edited[:_MOST_FILES])
    more = f" and {len(edited) - _MOST_FILES} more" if len(edited) > _MOST_FILES else ""
    return (
        f" It sees what the program declares, and not what that decides during a run (what guards "
        f"data, what fails a run): this change edits {shown}{more}."
    )


def is_risky(differences: Sequence[Difference]) -> bool:
    return any(risks(one) for one in differences)


def _verdict(changed: Sequence[Difference]) -> str:
    if not changed:
        return "no stack changes"
    risky = grouped(changed, risk_lines)
    stacks = _count(len(changed), "stack")
    if not risky:
        return f"{stacks} changed, nothing risky"
    return f"{_count(len(risky), 'risky change')} in {stacks}"


def _scope(differences: Sequence[Difference], base: str) -> str:
    same = [one.stack for one in differences if one.status == "same"]
    unchanged = f" Unchanged: {', '.join(same)}." if same else ""
    return f"Against {code(base)}.{unchanged}"


def _sections(changed: Sequence[Difference], pictures: Pictures) -> Iterator[Section]:
    yield Section(title="### Tally", lines=tuple(_tally(changed)), weight=100)
    yield Section(
        title="### Risky",
        lines=tuple(_listed(grouped(changed, risk_lines))),
        weight=90,
    )
    yield Section(
        title="### Security",
        opening=("| stack | | topic | subject | what |", "|---|---|---|---|---|"),
        lines=tuple(f"| {stacks} {row}" for stacks, row in grouped(changed, security_rows)),
        weight=80,
    )
    yield Section(
        title="### Policy", lines=tuple(_listed(grouped(changed, policy_lines))), weight=70
    )
    yield Section(
        title="### Resources (replacements are expected ones)",
        lines=tuple(_listed(grouped(changed, change_lines))),
        weight=60,
    )
    yield from _drawn(pictures.topology)
    for stack, lines in pictures.texts.items():
        fence = fenced(list(lines), "diff")
        yield Section(
            title=f"<details><summary>Full difference of {stack}</summary>",
            opening=(fence[0],),
            lines=tuple(lines),
            closing=(fence[-1], "</details>"),
            weight=10,
        )


def _drawn(topology: Mapping[str, str]) -> Iterator[Section]:
    """A picture that several stacks share is there once."""
    shared: dict[str, list[str]] = {}
    for stack, text in topology.items():
        shared.setdefault(text, []).append(stack)
    for text, stacks in shared.items():
        yield Section(
            title=f"### What changes in {', '.join(stacks)}, and its neighbours",
            lines=tuple(fenced(text.splitlines(), "mermaid")),
            weight=40,
            whole=True,
        )


def _tally(changed: Sequence[Difference]) -> Iterator[str]:
    yield "| stack | + | ~ | - | REPLACE | DATA LOSS | risky |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for one in changed:
        name = one.stack if one.status == "changed" else f"{one.stack} ({one.status})"
        kinds = [change.kind for change in one.changes]
        lost = sum(change.data_loss for change in one.changes)
        numbers = [
            kinds.count("create"),
            sum(kinds.count(kind) for kind in ("update", "replace", "options")),
            kinds.count("delete"),
            kinds.count("replace"),
            lost,
            len(risks(one)),
        ]
        yield f"| {name} | {' | '.join(map(str, numbers))} |"


def _listed(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    for stacks, row in rows:
        yield f"- {stacks}: {row}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
