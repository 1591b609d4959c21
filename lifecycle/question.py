"""What is asked, LIFECYCLE_SPEC: a JSON object of three texts; and of which engine. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

SPEC, HOST, SSH = "LIFECYCLE_SPEC", "DOCKER_HOST", "LIFECYCLE_SSH_OPTIONS"
EXAMPLE = """{"run_id": "1", "image": "python:3.11-slim-bookworm", "stack": "local"}"""
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")


class BadQuestion(ValueError):
    """Names the variable, the value and the way out."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """`run_id` comes back with the answer; `image` is an id or a reference, with python3 in it."""

    run_id: str
    image: str
    stack: str


def question(environment: Mapping[str, str]) -> tuple[Question, str]:
    """What to prove, and the engine's address.

    Raises:
        BadQuestion: for a variable that is missing or not of its form.
    """
    host, text = environment.get(HOST, ""), environment.get(SPEC, "")
    if not host:
        raise BadQuestion(f"{HOST} is not set; let it name an engine: unix:///var/run/docker.sock")
    try:
        value = json.loads(text)
    except ValueError as error:
        raise BadQuestion(f"{SPEC} is no JSON ({error}); write {EXAMPLE}") from error
    wanted = [field.name for field in fields(Question)]
    if not isinstance(value, dict) or sorted(value) != sorted(wanted):
        raise BadQuestion(f"{SPEC} must have exactly the keys {', '.join(wanted)}: {EXAMPLE}")
    for key in wanted:
        if not isinstance(value[key], str) or not value[key]:
            raise BadQuestion(f"{SPEC}.{key}: {value[key]!r} must be a text; write {EXAMPLE}")
    if not _PLAIN.fullmatch(value["stack"]):
        raise BadQuestion(
            f"{SPEC}.stack: {value['stack']!r} is no stack's name; take letters, digits, _ . and -"
        )
    return Question(**value), host


def ssh_options(environment: Mapping[str, str]) -> list[str]:
    """What goes to ssh beside its own configuration, for an engine at ssh://: a JSON list of texts.

    Raises:
        BadQuestion: for anything else.
    """
    text = environment.get(SSH) or "[]"
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadQuestion(f'{SSH}: {text!r} must be a JSON list of texts: ["-i", "/path/to/key"]')
    return value
