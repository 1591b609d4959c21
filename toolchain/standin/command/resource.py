"""command:local:Command: which command runs at which step, and what of it is kept."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from toolchain.standin.command.run import DEFAULT_INTERPRETER, Command, run
from toolchain.standin.command.table import COMMAND
from toolchain.standin.resource import Live, Operation
from toolchain.standin.values import Values

_SHOWN = {
    "stdout": frozenset({"stdout"}),
    "stderr": frozenset({"stderr"}),
    "none": frozenset[str](),
}
_BOTH = frozenset({"stdout", "stderr"})


class LocalCommand:
    """Commands that run on the machine that Pulumi runs on."""

    table = COMMAND

    def create(self, planned: Values, operation: Operation) -> Live:
        """Run `create`, if there is one."""
        logical = operation.urn.rsplit("::", 1)[-1]
        printed = _run(planned.get("create"), planned, {}, operation)
        return Live(f"{logical}{secrets.token_hex(4)}", {**planned, **printed})

    def read(self, identity: str, state: Values, operation: Operation) -> Live | None:  # noqa: ARG002
        """A command leaves nothing to look at: it is what it was."""
        return Live(identity, state)

    def update(self, identity: str, state: Values, planned: Values, operation: Operation) -> Values:  # noqa: ARG002
        """Run `update`, or `create` where there is none."""
        command = planned.get("update", planned.get("create"))
        return {**planned, **_run(command, planned, state, operation)}

    def delete(self, identity: str, state: Values, operation: Operation) -> None:  # noqa: ARG002
        """Run `delete`, if there is one."""
        if "delete" in state:
            _run(state["delete"], state, state, operation)


def _run(text: str | None, inputs: Values, last: Mapping[str, Any], operation: Operation) -> Values:
    """The outputs after the command; those of the last one if nothing runs."""
    before = {key: last.get(key, "") for key in ("stdout", "stderr")}
    if text is None:
        return before
    environment = dict(inputs.get("environment") or {})
    if inputs.get("addPreviousOutputInEnv", True):
        environment.update(
            {f"PULUMI_COMMAND_{key.upper()}": value for key, value in before.items() if value}
        )
    command = Command(
        text=text,
        interpreter=inputs.get("interpreter") or DEFAULT_INTERPRETER,
        directory=inputs.get("dir"),
        environment=environment,
        stdin=inputs.get("stdin"),
        shown=_SHOWN.get(inputs.get("logging", ""), _BOTH),
        show=operation.log,
    )

    def stop() -> str | None:
        if operation.cancelled.is_set():
            return "the operation was cancelled"
        return "context deadline exceeded" if operation.remaining() == 0 else None

    stdout, stderr = run(command, stop)
    return {"stdout": stdout, "stderr": stderr}
