"""One line for each thing that changes, and the stacks in which it does."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence

from review.changes import Change
from review.difference import Difference
from review.markdown import cell, code, text
from review.risks import Risk, risks
from review.tools import tools

_SIGNS = {"create": "+", "delete": "-", "update": "~", "replace": "~", "options": "~ options of"}
_OWN = "docklab:verification:"
# Characters of a value in words: one that is very long takes the room of no other line.
MOST = 1_000
# Of what the program says of a stack that it refuses: the first few lines of a telephone.
MOST_OF_A_REFUSAL = 400
_TOOLS = "another program, package or plugin may run beside the credentials; read what changes"
_MOST_NAME, _MOST_NAMES, _MOST_PROPERTIES = 100, 12, 6
# What is cut off is the end: what can least be undone comes first, then what is surely wrong.
_FIRST = ("DATA LOSS", "REPLACE", "STACK REMOVED", "REFUSED", "IN PLAIN TEXT", "POLICY")
_GRAVITY = (*_FIRST, "GUARD LOST", "OTHER", "NOT JUDGED", "NO BASE", "SUPPRESSED", "OPENS")


def few(items: Sequence[str], made: Callable[[str], str] = code) -> str:
    """As many as a reader takes in, and how many more there are."""
    more = f" and {len(items) - _MOST_NAMES} more" if len(items) > _MOST_NAMES else ""
    return ", ".join(map(made, items[:_MOST_NAMES])) + more


def names(stacks: Sequence[str], made: Callable[[object, int], str] = text) -> str:
    return few(stacks, lambda stack: made(stack, _MOST_NAME))


def grouped(
    differences: Sequence[Difference], rows: Callable[[Difference], Sequence[str]]
) -> list[tuple[list[str], str]]:
    """(stacks, row): a row that several stacks have is there once, in the order of the first."""
    found: dict[str, list[str]] = {}
    for one in differences:
        for row in rows(one):
            found.setdefault(row, []).append(one.stack)
    return [(stacks, row) for row, stacks in found.items()]


def risk_rows(
    differences: Sequence[Difference], edited: Sequence[str] = ()
) -> list[tuple[list[str], str]]:
    """(stacks, row), the gravest first, whichever stack it is in."""
    found: dict[Risk, list[str]] = {}
    if of_tools := tools(edited):
        found[Risk(mark="OTHER TOOLS", text=f"{', '.join(of_tools)}: {_TOOLS}")] = ["every stack"]
    for one in differences:
        for risk in risks(one):
            found.setdefault(risk, []).append(one.stack)
    gravest = sorted(found, key=_gravity)
    return [(found[risk], f"**{risk.mark}** {text(risk.text, _most(risk))}") for risk in gravest]


def _gravity(risk: Risk) -> tuple[int, bool]:
    """The sooner the graver; of the rules' findings those of severity high come first."""
    mark = "OTHER" if risk.mark.startswith("OTHER ") else risk.mark
    return _GRAVITY.index(mark), risk.mark == "POLICY" and not risk.text.startswith("high")


def _most(risk: Risk) -> int:
    return MOST_OF_A_REFUSAL if risk.mark == "REFUSED" else MOST


def long_refusals(differences: Sequence[Difference]) -> dict[str, list[str]]:
    """Complaints of which the risk's row has only the beginning, and whose they are."""
    found: dict[str, list[str]] = {}
    for one in differences:
        for risk in risks(one):
            if risk.mark == "REFUSED" and len(text(risk.text)) > MOST_OF_A_REFUSAL:
                found.setdefault(one.complaint, []).append(one.stack)
    return found


def change_lines(one: Difference) -> list[str]:
    """Those of the lab, what is dragged along as one; the verification's own come last.

    Why a change is a risk is said where the risks are, and not again.
    """
    said = {risk.text for risk in risks(one)}
    own = [change for change in one.changes if change.path.startswith(_OWN)]
    along = [change for change in one.changes if _is_dragged(change) and change not in own]
    lines = [_line(change, said) for change in one.changes if change not in (*own, *along)]
    for cause in sorted({change.cause for change in along}):
        dragged = [change.name for change in along if change.cause == cause]
        name = code(cause.rpartition("::")[2])
        lines.append(f"~ **REPLACE** with {name}, which they are on or made from: {few(dragged)}")
    if own and all(change.kind in ("update", "replace") for change in own):
        return [*lines, f"~ the verification runs again ({few([c.name for c in own])})"]
    return [*lines, *(_line(change, said) for change in own)]


def is_rerun(change: Change) -> bool:
    return change.path.startswith(_OWN) and change.kind in ("update", "replace")


def _is_dragged(change: Change) -> bool:
    return bool(change.cause) and not change.data_loss and not change.properties


def _line(change: Change, said: Collection[str]) -> str:
    marks = [
        "**REPLACE**" if change.kind == "replace" else "",
        "**DATA LOSS**" if change.data_loss else "",
    ]
    kind = change.type.rpartition(":")[2]
    words = [_SIGNS[change.kind], *filter(None, marks), f"{code(change.name)} ({kind})"]
    details = (
        "; ".join(_properties(change)) if change.kind in ("update", "replace", "options") else ""
    )
    because = "" if change.because in said else text(change.because, MOST)
    return " ".join(words) + "".join(f": {part}" if part else "" for part in (details, because))


def _properties(change: Change) -> Iterator[str]:
    for one in change.properties[:_MOST_PROPERTIES]:
        star = " (replaces)" if one.replaces else ""
        yield f"{code(one.path)} {_value(one.before)} → {_value(one.after)}{star}"
    more = len(change.properties) - _MOST_PROPERTIES
    if more > 0:
        yield f"and {more} more"


def _value(value: object) -> str:
    if value is None:
        return "nothing"
    return code(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), 60)


def security_rows(one: Difference) -> list[str]:
    """Table rows without their first cell; what is the same of several is said once."""
    signs = (("+", one.added), ("-", one.removed))
    words = {
        ("+", "opens"): "opens",
        ("-", "opens"): "closes",
        ("+", "guards"): "guards",
        ("-", "guards"): "**guard lost**",
        ("+", "tells"): "now",
        ("-", "tells"): "was",
    }
    rows = sorted(
        ((row, sign) for sign, rows in signs for row in rows),
        key=lambda pair: (pair[0].order[:2], pair[1] == "+", pair[0].text),
    )
    subjects: dict[tuple[str, str, str, str], list[str]] = {}
    for row, sign in rows:
        said = (sign, words[sign, row.kind], row.topic, row.told)
        subjects.setdefault(said, []).append(row.subject)
    return [
        f"| {sign} {word} | {topic} | {names(found, cell)} | {cell(told, MOST)} |"
        for (sign, word, topic, told), found in subjects.items()
    ]


def policy_lines(one: Difference) -> list[str]:
    new = [f"new, **{f.severity}** {_finding(f.rule, f.resource, f.message)}" for f in one.new]
    fixed = [f"fixed: {_finding(f.rule, f.resource, f.message)}" for f in one.fixed]
    passed = [
        f"suppressed: {_finding(f.rule, f.resource, f.message)} Reason: {text(reason, MOST)}"
        for f, reason in one.let_pass
    ]
    return [*new, *fixed, *passed]


def _finding(rule: str, resource: str, message: str) -> str:
    return f"{code(rule)} on {code(resource)}: {text(message, MOST)}"
