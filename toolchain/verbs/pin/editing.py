"""Sets single values in a stack file's text and leaves every other character as it was. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import yaml

Path = tuple[str, ...]
_BEFORE = ("name", "region")  # what a missing digest or AMI id is put behind


class Uneditable(Exception):
    """The file is laid out in a way that does not let these values be set alone."""


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


def set_values(text: str, values: Mapping[Path, str]) -> str:
    """The text with each value at its path; a missing key is put behind its mapping's name.

    What is given back reads as the old data with these values, and nothing else: that is checked.
    Raises Uneditable.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        # A set: what two keys share by an alias is set once.
        edits = {_edit(text, root, path, value) for path, value in values.items()}
        edited = text
        for edit in sorted(edits, reverse=True):
            edited = edited[: edit.start] + edit.text + edited[edit.end :]
        found = yaml.safe_load(edited)
    except yaml.YAMLError as error:
        raise Uneditable(str(error)) from None
    if found != _with(yaml.safe_load(text), values):
        raise Uneditable("more than these values would change")
    return edited


def _edit(text: str, root: Any, path: Path, value: str) -> _Edit:
    mapping = root
    for key in path[:-1]:
        mapping = _value(mapping, key)
    present = _value(mapping, path[-1])
    if isinstance(present, yaml.ScalarNode):
        if present.style in ("|", ">"):
            raise Uneditable(f"{'.'.join(path)} is written over several lines")
        return _Edit(present.start_mark.index, present.end_mark.index, value)
    after = next((key for key in _BEFORE if _value(mapping, key)), "")
    before = _value(mapping, after)
    if present is not None or not isinstance(before, yaml.ScalarNode) or before.style in ("|", ">"):
        raise Uneditable(f"{'.'.join(path)} has no place of its own")
    end = before.end_mark.index
    if mapping.flow_style:
        return _Edit(end, end, f", {path[-1]}: {value}")
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    newline = "\n"
    if text[line_end - 1] == "\r":
        line_end, newline = line_end - 1, "\r\n"
    key = next(key for key, _ in mapping.value if key.value == after)
    return _Edit(line_end, line_end, f"{newline}{' ' * key.start_mark.column}{path[-1]}: {value}")


def _value(mapping: Any, key: str) -> Any:
    if not isinstance(mapping, yaml.MappingNode):
        return None
    return next((value for found, value in mapping.value if found.value == key), None)


def _with(data: Any, values: Mapping[Path, str]) -> Any:
    wanted = _unshared(data)
    for path, value in values.items():
        place = wanted
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
    return wanted


def _unshared(data: Any) -> Any:
    """A copy in which an alias is a copy, too: what is set at one key must not show at another."""
    if isinstance(data, dict):
        return {key: _unshared(value) for key, value in data.items()}
    return [_unshared(value) for value in data] if isinstance(data, list) else data


def by_hand(values: Mapping[Path, str]) -> Sequence[str]:
    """The lines to write where this could not."""
    return [f"{'.'.join(path)}: {value}" for path, value in values.items()]
