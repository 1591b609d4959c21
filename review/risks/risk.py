"""One risk of a change."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Risk:
    """`mark` in capitals, and one sentence."""

    mark: str
    text: str
