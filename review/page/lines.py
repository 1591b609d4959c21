"""One line for each thing that changes, and the stacks in which it does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

from review.changes import Change
from review.difference import Difference
from review.markdown import code, text
from review.risks import risks

_SIGNS = {"create": "+", "delete": "-", "update": "~", "replace": "~", "options": "~ options of"}
_OWN = "docklab:verification:"
_MOST_PROPERTIES = 6


def grouped(
    differences: Sequence[Difference], rows: Callable[[Difference], Sequence[str]]
) -> list[tuple[str, str]]:
    """(stacks, row): a row that several stacks have is there once, in the order of the first."""
    found: dict[str, list[str]] = {}
    for one in differences:
        for row in rows(one):
            found.setdefault(row, []).append(one.stack)
    return [(", ".join(stacks), row) for row, stacks in found.items()]


def risk_lines(one: Difference) -> list[str]:
    return [f"**{risk.mark}** {text(risk.text)}" for risk in risks(one)]


def change_lines(one: Difference) -> list[str]:
    """Those of the lab, what is dragged along as one; the verification's own come last."""
    own = [change for change in one.changes if change.path.startswith(_OWN)]
    along = [change for change in one.changes if _is_dragged(change) and change not in own]
    lines = [_line(change) for change in one.changes if change not in (*own, *along)]
    for cause in sorted({change.cause for change in along}):
        names = [code(change.name) for change in along if change.cause == cause]
        name = code(cause.rpartition("::")[2])
        lines.append(
            f"~ **REPLACE** with {name}, which they are on or made from: {', '.join(names)}"
        )
    if own and all(change.kind in ("update", "replace") for change in own):
        return [*lines, f"~ the verification runs again ({', '.join(code(c.name) for c in own)})"]
    return [*lines, *(_line(change) for change in own)]


def _is_dragged(change: Change) -> bool:
    return bool(change.cause) and not change.data_loss and not change.properties


def _line(change: Change) -> str:
    marks = [
        "**REPLACE**" if change.kind == "replace" else "",
        "**DATA LOSS**" if change.data_loss else "",
    ]
    kind = change.type.rpartition(":")[2]
    words = [_SIGNS[change.kind], *filter(None, marks), f"{code(change.name)} ({kind})"]
    details = (
        "; ".join(_properties(change)) if change.kind in ("update", "replace", "options") else ""
    )
    because = text(change.because)
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
    """Table rows without their first cell."""
    signs = (("+", one.added), ("-", one.removed))
    words = {
        ("+", "opens"): "opens",
        ("-", "opens"): "closes",
        ("+", "guards"): "guards",
        ("-", "guards"): "**guard lost**",
        ("+", "tells"): "now",
        ("-", "tells"): "was",
    }
    return [
        f"| {sign} {words[sign, row.kind]} | {row.topic} | {text(row.subject)} | {text(row.told)} |"
        for row, sign in sorted(
            ((row, sign) for sign, rows in signs for row in rows),
            key=lambda pair: (pair[0].order[:2], pair[1] == "+", pair[0].text),
        )
    ]


def policy_lines(one: Difference) -> list[str]:
    new = [f"new, **{f.severity}** {_finding(f.rule, f.resource, f.message)}" for f in one.new]
    fixed = [f"fixed: {_finding(f.rule, f.resource, f.message)}" for f in one.fixed]
    passed = [
        f"suppressed: {_finding(f.rule, f.resource, f.message)} Reason: {text(reason)}"
        for f, reason in one.let_pass
    ]
    return [*new, *fixed, *passed]


def _finding(rule: str, resource: str, message: str) -> str:
    return f"{code(rule)} on {code(resource)}: {text(message)}"
