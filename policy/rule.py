"""What a rule is: a plain function over one resource, and what is written about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from policy.resource import Resource

Severity = Literal["high", "medium", "low"]
# Yields what is wrong with a resource, a line each; raises or yields `CannotTell` (values.py).
Check = Callable[[Resource], Iterator["str | CannotTell"]]


class CannotTell(Exception):
    """A value that a rule needs is known only in a run, or is a secret. The text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`title` says what should be, `reference` where else the rule is known, if anywhere.

    `types` are the resource types that `check` is about; `production`: holds nowhere else.
    """

    id: str
    title: str
    severity: Severity
    reason: str
    remedy: str
    reference: str = ""
    types: tuple[str, ...]
    check: Check
    production: bool = False
