"""What a trial saw, and why it saw no more. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CALM = "see that the engine runs and is not overloaded (`docker info`), then verify again"


class Problem(Exception):
    """Why something could not be found out, and the way out."""

    def __init__(self, what: str, remedy: str = CALM) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


@dataclass(kw_only=True)
class Observed:
    """As far as the trial came; None is "not seen". Sizes in bytes.

    The writer fills the volume, then as the control its own layer: `layer_before`, `layer_filled`
    and `layer_grown` are the size of that layer before, between and after.
    """

    driver: str | None = None
    writer: str | None = None
    reader: str | None = None
    layer_before: int | None = None
    layer_filled: int | None = None
    layer_grown: int | None = None
    written: Mapping[str, Any] | None = None
    control: Mapping[str, Any] | None = None
    writer_gone: bool | None = None
    read: Mapping[str, Any] | None = None
    layer_seen: Mapping[str, Any] | None = None
    problem: Problem | None = None
    ms: dict[str, float] = field(default_factory=dict)
