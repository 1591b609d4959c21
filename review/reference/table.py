"""docs/config.md: every key of the lab, section by section. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.reference.words import Schema, allowed, cell, default, inner_shapes, prose, type_words

Effects = Mapping[tuple[str, str], str]
_HEAD = """\
# Every key of a stack file

A lab is the key `docklab:lab` in `stacks/Pulumi.<stack>.yaml`, and here is all that it may say;
[the default](../stacks/Pulumi.local.yaml) shows it at work. `make config-docs` makes this page from
the model, and [the JSON Schema](../stacks/lab.schema.json) that the first line of a stack file
names: editors with a YAML language server complete its keys and underline what is wrong. What takes
a look at two keys, such as ranges that overlap, only the program tells.

*A change* is what the next `make up` is expected to do with another value of the key. It is worked
out without asking a provider, by comparing what the program declares for a sample lab before and
after one such edit: `make preview` asks them, and `make review-diff BASE=<git ref>` tells it of an
edit of your own. After every change but those with a bare `none` the isolation is verified again.
"""
_COLUMNS = ("key", "type", "default", "allowed", "what it does", "a change")


@dataclass(frozen=True, kw_only=True)
class Section:
    """The keys of one shape. `path` is where it is, empty for the lab; `kind` a kind of host."""

    path: str
    kind: str
    schema: Schema

    @property
    def title(self) -> str:
        if self.kind:
            return f"`{self.path}` with `kind: {self.kind}`"
        return f"`{self.path}`" if self.path else "The lab"

    def place(self, key: str) -> tuple[str, str]:
        """What the effect of a key is known by."""
        return self.kind, f"{self.path}.{key}" if self.path else key

    def below(self, key: str, value: Schema) -> str:
        """The path of what is in a list or mapping, or of the key itself."""
        many = {"array": "[]", "object": ".<name>"}.get(str(value.get("type")), "")
        return f"{self.place(key)[1]}{many}"


def sections(schema: Mapping[str, Any]) -> list[Section]:
    return list(_below("", "Lab", schema["$defs"]))


def _below(path: str, name: str, shapes: Mapping[str, Schema]) -> Iterator[Section]:
    own = shapes[name]
    kind = own["properties"].get("kind", {}).get("const", "")
    section = Section(path=path, kind=kind, schema=own)
    yield section
    for key, value in own["properties"].items():
        for one in inner_shapes(value):
            yield from _below(section.below(key, value), one, shapes)


def page(schema: Mapping[str, Any], effects: Effects) -> str:
    """Raises KeyError for a key whose effect is not known."""
    found = sections(schema)
    return "\n".join([_HEAD, *(_section(one, found, effects) for one in found)])


def _section(section: Section, known: Sequence[Section], effects: Effects) -> str:
    required = section.schema.get("required", ())
    rows = [
        (
            f"`{key}`",
            _type(section.below(key, value), value, known),
            default(value, key in required),
            allowed(value),
            prose(value.get("description", "")),
            effects[section.place(key)],
        )
        for key, value in _in_order(section)
    ]
    lines = [_COLUMNS, ("---",) * len(_COLUMNS), *rows]
    table = "\n".join(f"| {' | '.join(map(cell, line))} |" for line in lines)
    return f"## {section.title}\n\n{prose(section.schema['description'])}\n\n{table}\n"


def _in_order(section: Section) -> list[tuple[str, Schema]]:
    """What tells the shapes apart comes first."""
    return sorted(section.schema["properties"].items(), key=lambda item: item[0] != "kind")


def _type(path: str, value: Schema, known: Sequence[Section]) -> str:
    """What has a section of its own is a link to it."""
    there = [one for one in known if one.path == path]
    words = type_words(value)
    if len(there) > 1:
        return " or ".join(f"[{one.kind}](#{anchor(one.title)})" for one in there)
    return f"[{words}](#{anchor(there[0].title)})" if there else words


def anchor(heading: str) -> str:
    """What a heading is called in a link, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
