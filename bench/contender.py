"""What a contender is: commands for each operation of the table, from some folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.running import timed

UP, AGAIN, PREVIEW, DESTROY = "up, cold", "up again", "preview", "destroy"


@dataclass(frozen=True, kw_only=True)
class Contender:
    """`commands` by operation; one that it does not have is left out. `before` is not measured."""

    name: str
    commands: Mapping[str, Sequence[str]]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    before: Sequence[Sequence[str]] = field(default_factory=tuple)

    def measure(self, operation: str) -> float | None:
        """Seconds, or None for an operation that it does not have. Raises BenchError."""
        command = self.commands.get(operation)
        return timed(command, self.env, self.cwd, self.log) if command else None

    def prepare(self) -> None:
        for command in self.before:
            timed(command, self.env, self.cwd, self.log)
