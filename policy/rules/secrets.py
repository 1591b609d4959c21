"""Secrets that stand where everyone reads them. No value is ever in a message."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from policy import kinds
from policy.literals import (
    holds_secret,
    is_secret_name,
    looks_secret,
    masked,
    masked_words,
    together,
)
from policy.resource import Resource
from policy.rule import Rule

_Mark = Callable[[str], str]
_WORDS = ("command", "entrypoints")
_TEXTS = ("create", "update", "delete", "stdin")
_NAMED = ("environment", "driverOpts", "connection")
_WHAT = {"environment": "variable", "driverOpts": "option", "connection": "connection's"}


def without_literals(inputs: Mapping[str, Any], mark: _Mark) -> dict[str, Any]:
    """`inputs` with what looks like a secret as `mark` has it, wherever one can stand."""
    found = dict(inputs)
    for key in _WORDS:
        if _is_words(found.get(key)):
            found[key] = masked_words(found[key], mark)
    for key in _TEXTS:
        if isinstance(found.get(key), str):
            found[key] = masked(found[key], mark)
    for key in _NAMED:
        if isinstance(found.get(key), Mapping):
            found[key] = {n: _without(n, v, mark) for n, v in found[key].items()}
    if isinstance(found.get("envs"), list):
        found["envs"] = [_entry(one, mark) for one in found["envs"]]
    check = found.get("healthcheck")
    if isinstance(check, Mapping) and _is_words(check.get("tests")):
        found["healthcheck"] = {**check, "tests": masked_words(check["tests"], mark)}
    return found


def _is_words(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def _without(name: str, value: Any, mark: _Mark) -> Any:
    """By its name a value is a secret whole; by its form, other rules may want the rest of it."""
    if not isinstance(value, str) or not looks_secret(name, value):
        return value
    return mark(value) if is_secret_name(name) else masked(value, mark)


def _entry(entry: Any, mark: _Mark) -> Any:
    name, equals, value = entry.partition("=") if isinstance(entry, str) else ("", "", "")
    return f"{name}={mark(value)}" if equals and looks_secret(name, value) else entry


def _literals(resource: Resource) -> Iterator[str]:
    """Known ones: what only a run tells comes from another resource, and is no literal."""
    for what, name, value in _named(resource.inputs):
        if looks_secret(name, value):
            yield f"the {what} {name} has its value in plain text"
    for key, text in _unnamed(resource.inputs):
        if holds_secret(text):
            yield f"{key} has a secret in plain text"


def _named(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    envs = inputs.get("envs")
    for item in envs if isinstance(envs, list | tuple) else ():
        if isinstance(item, str) and "=" in item:
            name, _, value = item.partition("=")
            yield "variable", name, value
    for key in _NAMED:
        options = inputs.get(key)
        for name, value in options.items() if isinstance(options, Mapping) else ():
            if isinstance(value, str):
                yield _WHAT[key], str(name), value


def _unnamed(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    check = inputs.get("healthcheck")
    words = {key: inputs.get(key) for key in _WORDS}
    words["healthcheck"] = check.get("tests") if isinstance(check, Mapping) else None
    for key, value in words.items():
        if isinstance(value, list | tuple):
            yield key, together([one for one in value if isinstance(one, str)])
    for key in _TEXTS:
        if isinstance(inputs.get(key), str):
            yield key, str(inputs[key])


RULES = (
    Rule(
        id="literal-secret",
        title="No secret stands in plain text",
        severity="high",
        reason="Stack files, state, previews and `docker inspect` show it to whoever reads them",
        remedy="`pulumi config set --secret <key>`, name the key under secret_environment, and let "
        "what needs it read the variable; a volume's options take no secret: mount it on the "
        "machine, with the secret in a file there that root alone reads, and bind the folder",
        types=(kinds.CONTAINER, kinds.COMMAND, kinds.REMOTE_COMMAND, kinds.VOLUME),
        check=_literals,
    ),
)
