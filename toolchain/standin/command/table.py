"""command:local:Command: its properties, and what a change of each does."""

from __future__ import annotations

from toolchain.standin.properties import Kind, Property, Table, boolean, mapping, string, strings

LOGGING = ("stdout", "stderr", "stdoutAndStderr", "none")


def _logging(value: str) -> str | None:
    return None if value in LOGGING else f"must be one of {', '.join(LOGGING)}"


COMMAND = Table(
    name="Command",
    provider="Command",
    # Here "false" is not "left out": both change what the command sees.
    empty_is_absent=False,
    properties={
        "create": string(),
        "update": string(),
        "delete": string(),
        "triggers": Property(kind=Kind.LIST, of=Property(kind=Kind.ANY), replaces=True),
        "stdin": string(),
        "logging": string(refuse=_logging),
        "interpreter": strings(),
        "dir": string(),
        "environment": mapping(),
        "addPreviousOutputInEnv": boolean(),
        "stdout": string(computed=True, output=True, volatile=True),
        "stderr": string(computed=True, output=True, volatile=True),
    },
)
