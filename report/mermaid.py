"""A lab as a mermaid flowchart, in the subset that GitHub has drawn since mermaid 10. Pure text.

Every name is written so that it stays a name: no word of mermaid's own, no markup, no line's end.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from report.chart import Chart, Edge, EdgeKey, Node, NodeKey, chart
from report.wiring import Wiring

WORDS = {"+": "added", "-": "removed", "~": "changed"}
_SHAPES = {
    "network": ("{{", "}}"),
    "internal": ("{{", "}}"),
    "volume": ("[(", ")]"),
    "bind": ("[/", "/]"),
    "outside": ("([", "])"),
}
_ARROWS = {
    "plain": "---",
    "stray": "-.-x",
    "reads": "-.-",
    "writes": "==>",
    "opens": "-->",
    "joins": "-.->",
}
# Grounds with a text colour of their own, so that they read on a light page and on a dark one.
_CLASSES = {
    "container": "fill:#e3f2ea,stroke:#0c6144,color:#1c2430",
    "shared": "fill:#fbe7e4,stroke:#a81e1a,stroke-width:2px,color:#1c2430",
    "network": "fill:#dfeafa,stroke:#1d5699,color:#1c2430",
    "internal": "fill:#dfeafa,stroke:#1d5699,stroke-width:2px,stroke-dasharray:6 4,color:#1c2430",
    "volume": "fill:#eeede8,stroke:#566070,color:#1c2430",
    "bind": "fill:#fbf0d9,stroke:#7a4d00,color:#1c2430",
    "outside": "fill:#f2e3f3,stroke:#8a3f8f,color:#1c2430",
    "note": "fill:#eeede8,stroke:#566070,stroke-dasharray:2 4,color:#1c2430",
    "added": "stroke:#1f883d,stroke-width:4px",
    "removed": "stroke:#cf222e,stroke-width:4px,stroke-dasharray:4 4",
    "changed": "stroke:#b35900,stroke-width:4px",
}
_LINES = {
    "": "stroke:#cf222e,stroke-width:2px",
    "+": "stroke:#1f883d,stroke-width:3px",
    "-": "stroke:#cf222e,stroke-width:3px,stroke-dasharray:4 4",
    "~": "stroke:#b35900,stroke-width:3px",
}
_FRAME = "style machine fill:none,stroke:#768390"
_PLAIN, _ADDRESS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*"), re.compile(r"[0-9]+(\.[0-9]+)*")
# What ends a label or is an entity in it; letters never are.
_MEANT = re.compile("[^\\w \u200a\u200b\\-/,.:()→…${}'@=]")
# Labels go through Markdown, formulas and icons, some before their entities are read, some after:
# only a space breaks emphasis, $$, a link, what would become one, an icon's name, a line's end.
_BROKEN = re.compile(
    r"[*~@]|(?<![^\W_])_|_(?![^\W_])|\$(?=\$)|\](?=\()|:(?=//|fa)|(?<!\w)www(?=\.)|\\(?=n)"
)
_HAIR, _NO_SPACE = "\u200a", "\u200b"
# At the start of a line Markdown takes these for a list, a heading, a quote or a rule.
_START = re.compile(r"\d+[.)](?:\s|$)|[^\w/$(.…]|_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """`+`, `-` or `~` of nodes, of edges and of the host; nothing of what stays as it is."""

    nodes: Mapping[NodeKey, str] = field(default_factory=dict)
    edges: Mapping[EdgeKey, str] = field(default_factory=dict)
    host: str = ""


_NONE = Marks()


def mermaid(
    wired: Wiring,
    host: Sequence[str] = ("the host",),
    *,
    marks: Marks = _NONE,
    only: Collection[NodeKey] | None = None,
) -> str:
    """See `flowchart`."""
    return flowchart(chart(wired), host, marks=marks, only=only)


def flowchart(
    drawn: Chart,
    host: Sequence[str] = ("the host",),
    *,
    marks: Marks = _NONE,
    only: Collection[NodeKey] | None = None,
    left_out: int = 0,
) -> str:
    """The text, each line ended.

    host: what the frame around all that is on it is called, then more lines about it.
    only: the nodes to draw, all if it is None. left_out: how many more there would be, said in a
    node of its own.
    """
    nodes = [node for key, node in drawn.nodes.items() if only is None or key in only]
    there = {node.key for node in nodes}
    edges = [edge for edge in drawn.edges.values() if {edge.one, edge.other} <= there]
    lines = [
        "flowchart LR",
        *_frame([node for node in nodes if node.kind != "outside"], host, marks),
        *(_node(node, marks) for node in nodes if node.kind == "outside"),
        *([_note(left_out)] if left_out else []),
        *(_edge(edge, marks) for edge in edges),
    ]
    lines += [*_classes(lines, _marked_ids(nodes, marks)), *_coloured(edges, marks)]
    return "".join(f"{line}\n" for line in lines)


def _frame(nodes: list[Node], host: Sequence[str], marks: Marks) -> Iterator[str]:
    """The host around what is on it. Its title is one line: more would lie on what is below."""
    more = (*host[1:], *_marked(marks.host))
    yield f"  subgraph machine[{quoted(host[:1])}]"
    yield "    direction LR"
    if more or not nodes:
        yield f"    about_machine[{quoted(more or host[:1])}]:::note"
    for node in nodes:
        yield f"  {_node(node, marks)}"
    yield "  end"
    yield f"  {_FRAME}"


def _node(node: Node, marks: Marks) -> str:
    opening, closing = _SHAPES.get(node.kind, ("[", "]"))
    words = quoted((*node.lines, *_marked(marks.nodes.get(node.key, ""))))
    return f"  {node_id(node.key)}{opening}{words}{closing}:::{node.kind}"


def _marked(mark: str) -> tuple[str, ...]:
    return (f"({WORDS[mark]})",) if mark else ()


def _note(left_out: int) -> str:
    more = "1 more part is" if left_out == 1 else f"{left_out} more parts are"
    return f"  left_out[{quoted((f'{more} left out of this picture',))}]:::note"


def _edge(edge: Edge, marks: Marks) -> str:
    mark = marks.edges.get(edge.key)
    words = ": ".join(word for word in (WORDS[mark] if mark else "", edge.words) if word)
    label = f"|{quoted((words,))}|" if words else ""
    return f"  {node_id(edge.one)} {_ARROWS[edge.style]}{label} {node_id(edge.other)}"


def _marked_ids(nodes: list[Node], marks: Marks) -> dict[str, list[str]]:
    """By the word for the mark."""
    ids = {
        word: [node_id(node.key) for node in nodes if marks.nodes.get(node.key) == mark]
        for mark, word in WORDS.items()
    }
    if marks.host:
        ids[WORDS[marks.host]].append("about_machine")
    return {word: found for word, found in ids.items() if found}


def _classes(lines: Sequence[str], marked: Mapping[str, Sequence[str]]) -> Iterator[str]:
    used = {line.rpartition(":::")[2] for line in lines} | marked.keys()
    yield from (f"  classDef {name} {style}" for name, style in _CLASSES.items() if name in used)
    yield from (f"  class {','.join(ids)} {word}" for word, ids in marked.items())


def _coloured(edges: list[Edge], marks: Marks) -> Iterator[str]:
    for mark, style in _LINES.items():
        places = [str(n) for n, edge in enumerate(edges) if _line(edge, marks) == mark]
        if places:
            yield f"  linkStyle {','.join(places)} {style}"


def _line(edge: Edge, marks: Marks) -> str | None:
    """What colours an edge: its mark, or that it undoes isolation."""
    return marks.edges.get(edge.key, "" if edge.style in ("joins", "stray") else None)


def node_id(key: NodeKey) -> str:
    """Readable where the name allows it; no word of mermaid's, whatever the name is."""
    group, name = key
    if group == "data":
        kind, _, rest = name.partition(":")
        group, name = (kind, rest) if kind in ("volume", "bind") else (group, name)
    if (_ADDRESS if group == "from" else _PLAIN).fullmatch(name):
        return f"{group}_{re.sub('[.-]', '_', name)}"
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:24].strip("_")
    digest = hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest()[:8]
    return f"{group}_{slug}_{digest}" if slug else f"{group}_{digest}"


def quoted(lines: Sequence[str]) -> str:
    """A label of one or more lines, in quotes that nothing in it ends."""
    return f'"{"<br/>".join(_escaped(line) for line in lines)}"'


def _escaped(line: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in line).replace("`", "'").strip()
    broken = _BROKEN.sub(lambda found: found[0] + _HAIR, plain)
    whole = f"{_NO_SPACE}{broken}" if _START.match(broken) else broken
    return _MEANT.sub(lambda found: f"#{ord(found[0])};", whole)
