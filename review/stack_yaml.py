"""A stack file's YAML as Pulumi reads it: Go's words and numbers, and nothing that is no JSON.

Where Pulumi would refuse the file, or take a value for something that it does not look like (a
date, a tag), it is refused here. No message has a word of the file in it: it may be a secret.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import yaml

_MOST_NODES = 200_000  # with every alias written out
_DEEPEST = 100
_PLAIN, _TEXT = "plain", "tag:yaml.org,2002:str"
_LIST, _MAPPING = "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?([Tt ]\d\d?:\d\d?.*)?")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WHOLE = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASES = {"x": 16, "o": 8, "b": 2}
_AS_JSON_WRITES_IT_WHOLE = 1e21
_TOO_LARGE = f"holds more than {_MOST_NODES:,} values once its aliases are written out"
# What libyaml and PyYAML say, without the token that some of it quotes.
_SAID = {
    "alias": "an alias (*) of no anchor; a value that begins with * stands in quotes",
    "second occurrence": "an anchor (&) twice; a value that begins with & stands in quotes",
    "tag": "a tag (!); a value that begins with ! stands in quotes",
    "cannot start any token": "a character that begins no value; put the value in quotes",
    "another document": "a second document begins here; write one",
}
_HARMLESS = re.compile(r"([A-Za-z0-9 ,;.()-]|'[^\w\s]{1,3}'|'<[a-z ]+>')+")


class NotRead(Exception):
    """Why, and where that is known the line: what follows the name of the file."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why)
        self.line = line


class _Composer(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Knows what is plain from what is quoted, and ends before a large file takes long."""

    _nodes = _depth = 0

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> Any:
        if kind is yaml.ScalarNode and implicit[0]:
            return _PLAIN
        return super().resolve(kind, value, implicit)

    def descend_resolver(self, node: yaml.Node | None, index: Any) -> None:  # noqa: ARG002
        self._nodes += 1
        self._depth += 1
        if self._nodes > _MOST_NODES:
            raise NotRead(_TOO_LARGE)
        if self._depth > _DEEPEST:
            raise _deep(node)

    def ascend_resolver(self) -> None:
        self._depth -= 1


def load(text: str) -> Any:
    """Raises NotRead."""
    try:
        composer = _Composer(text)
        try:
            root = composer.get_single_node()
        finally:
            composer.dispose()
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        raise _complaint(error) from None
    if root is None:
        return None
    _bounded(root, {}, 0)
    return _value(root)


def _complaint(error: Exception) -> NotRead:
    mark = getattr(error, "problem_mark", None)
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "")
    why = next((why for word, why in _SAID.items() if word in said), said)
    if why is said and not _HARMLESS.fullmatch(said):
        why = "it cannot be parsed"
    return NotRead(f"is not YAML: {why}", mark.line + 1 if mark else None)


def _at(node: yaml.Node, why: str) -> NotRead:
    return NotRead(why, node.start_mark.line + 1)


def _deep(node: yaml.Node | None) -> NotRead:
    why = f"holds more than {_DEEPEST} lists or mappings in one another"
    return _at(node, why) if node else NotRead(why)


def _bounded(node: yaml.Node, known: dict[int, tuple[int, int]], depth: int) -> tuple[int, int]:
    """(values, levels) below a node, aliases written out; each node is looked at once."""
    if id(node) in known:
        found = known[id(node)]
        if not found[0]:
            raise _at(node, "is an anchor with an alias of itself inside")
    else:
        known[id(node)] = (0, 0)
        below = [_bounded(child, known, depth + 1) for child in _children(node)]
        found = (1 + sum(n for n, _ in below), 1 + max((deep for _, deep in below), default=0))
        known[id(node)] = found
    if found[0] > _MOST_NODES:
        raise NotRead(_TOO_LARGE)
    if depth + found[1] > _DEEPEST:
        raise _deep(node)
    return found


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair


def _value(node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode) and node.tag == _LIST:
        return [_value(item) for item in node.value]
    if isinstance(node, yaml.MappingNode) and node.tag == _MAPPING:
        return _mapping(node)
    if isinstance(node, yaml.ScalarNode) and node.tag in (_PLAIN, _TEXT):
        return _scalar(node) if node.tag == _PLAIN else node.value
    raise _at(node, f"has {_SAID['tag']}")


def _mapping(node: yaml.MappingNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    own: dict[str, int] = {}
    for key, item in node.value:
        name = _key(key)
        if name in own:
            raise _at(key, f"has a key that stands twice, in line {own[name]} too; keep one")
        own[name] = key.start_mark.line + 1
        if _is_merge(key):
            found = {**_merged(item), **found}
        else:
            found[name] = _value(item)
    return found


def _is_merge(key: yaml.Node) -> bool:
    return bool(key.tag == _PLAIN and key.value == "<<")


def _merged(node: yaml.Node) -> dict[str, Any]:
    """Of several mappings, the earlier ones win."""
    parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
    found: dict[str, Any] = {}
    for part in parts:
        if not isinstance(part, yaml.MappingNode):
            raise _at(part, "merges (<<) what is no mapping")
        found = {**_value(part), **found}
    return found


def _key(node: yaml.Node) -> str:
    """Whole numbers and flags are text here, as Pulumi makes them."""
    value = _value(node) if isinstance(node, yaml.ScalarNode) else None
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int):
        raise _at(node, "has a key that is no text; put it in quotes")
    return str(value)


def _scalar(node: yaml.ScalarNode) -> Any:
    text = node.value
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _DATE.fullmatch(text):
        raise _at(node, "has a date, which Pulumi would write otherwise; put it in quotes")
    if _NO_NUMBER.fullmatch(text):
        raise _at(node, "has a number that is none, which Pulumi refuses; put it in quotes")
    return _number(text)


def _number(text: str) -> int | float | str:
    """As Go reads it: underscores count for nothing, a leading 0 means base 8."""
    digits = text.replace("_", "")
    if len(digits) <= 70 and _WHOLE.fullmatch(digits):
        sign = -1 if digits[0] == "-" else 1
        bare = digits.lstrip("+-").lower()
        base = _BASES.get(bare[1:2], 8) if bare[0] == "0" else 10
        whole = sign * int(bare.lstrip("0").lstrip("xob") or "0", base)
        if -(2**63) <= whole < 2**64:
            return whole
    if not _DECIMAL.fullmatch(digits):
        return text
    found = float(digits)
    if math.isinf(found):
        return text
    return int(found) if found.is_integer() and abs(found) < _AS_JSON_WRITES_IT_WHOLE else found
