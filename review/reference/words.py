"""A key's JSON Schema in the words of the YAML, for one row of a table. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from review.reference.schema import REFS

Schema = Mapping[str, Any]
_MANY = 8  # more choices than this are told by what they are
_LONG = 40
_NAMES = {
    "boolean": "`true` or `false`",
    "integer": "whole number",
    "number": "number",
    "string": "text",
}


def bare(schema: Schema) -> Schema:
    """Without `or null`, which says only that the key may be empty."""
    some = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    return {**schema, **some[0], "anyOf": []} if len(some) == 1 else schema


def inner_shapes(schema: Schema) -> list[str]:
    """The shapes that a key holds one of, or a list or mapping of."""
    found = bare(schema)
    if "$ref" in found:
        return [str(found["$ref"]).removeprefix(REFS)]
    inner = [*found.get("oneOf", ()), found.get("items"), found.get("additionalProperties")]
    return [name for one in inner if isinstance(one, dict) for name in inner_shapes(one)]


def type_words(schema: Schema) -> str:
    found = bare(schema)
    if "title" in found:
        return str(found["title"])
    if "$ref" in found or "oneOf" in found:
        return "mapping"
    if "const" in found or "enum" in found:
        return "word"
    if found.get("type") == "array":
        return f"list of {_plural(type_words(found['items']))}"
    if found.get("type") == "object":
        key = found.get("propertyNames", {}).get("title", "text")
        return f"mapping of {_plural(key)} to {_plural(type_words(found['additionalProperties']))}"
    if found.get("anyOf"):
        return " or ".join(type_words(one) for one in found["anyOf"])
    return _NAMES[str(found["type"])]


def _plural(words: str) -> str:
    if words == "text" or words.startswith("`"):
        return words
    if words.startswith("address"):
        return words.replace("address", "addresses").replace("port", "ports")
    return f"{words[:-1]}ies" if words.endswith("ty") else f"{words}s"


def allowed(schema: Schema) -> str:
    """The values that it may have, where its type does not say so."""
    found = bare(schema)
    if "const" in found:
        return code(found["const"])
    if "enum" in found and len(found["enum"]) <= _MANY:
        return ", ".join(code(one) for one in found["enum"] if one is not False or _flags(found))
    if found.get("type") == "array":
        return allowed(found["items"])
    if found.get("type") == "object":
        keys, values = _form(found.get("propertyNames", {})), allowed(found["additionalProperties"])
        return "; ".join(filter(None, (keys and f"keys: {keys}", values and f"values: {values}")))
    if found.get("anyOf") and "title" in found:
        return ", ".join(filter(None, map(allowed, found["anyOf"])))
    return "" if found.get("title") == "key" else _form(found)


def _form(schema: Schema) -> str:
    return _example(schema, prose(str(schema.get("patternErrorMessage") or _bounds(schema))))


def _flags(schema: Schema) -> bool:
    return True in schema["enum"]


def _bounds(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"at least {low}" if low is not None else ""


def _example(schema: Schema, said: str) -> str:
    shown: Iterable[Any] = schema.get("examples", ())
    short = [code(one) for one in shown if len(str(one)) <= _LONG]
    return f"{said}, such as {short[0]}" if said and short else said or "".join(short[:1])


def default(schema: Schema, is_required: bool) -> str:
    if is_required:
        return "required"
    if "default" in schema:
        return code(schema["default"])
    return code({}) if bare(schema).get("type") == "object" else ""


def code(value: object) -> str:
    """A value as YAML writes it."""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`"


def prose(text: str) -> str:
    """A sentence of the model in Markdown: no HTML and no formulas by accident."""
    parts = text.split("`")
    for i in range(0, len(parts), 2):
        parts[i] = re.sub(r"\$\{\w+\}/?|[\w:]*<[^>]+>|\{[^}]*\}", r"`\g<0>`", parts[i])
    return "`".join(parts)


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
