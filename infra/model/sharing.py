"""Modes that make a container share a namespace: their forms and their names. Pure."""

from typing import Annotated, Literal

from pydantic import AfterValidator, WithJsonSchema

from infra.model.base import quoted
from infra.model.form import choice_form

NamespaceName = Literal["ipc", "pid", "net", "user"]

# key in the YAML -> the namespace it shares
MODES: dict[str, NamespaceName] = {
    "ipc_mode": "ipc",
    "pid_mode": "pid",
    "network_mode": "net",
    "userns_mode": "user",
}
PRIVATE = "private"
_JOIN = "container:"


def joined(mode: str) -> str | None:
    """The key of the container whose namespace the mode joins, or None."""
    return mode.removeprefix(_JOIN) if mode.startswith(_JOIN) else None


def _checked(value: str, forms: tuple[str, ...]) -> str:
    if value in forms or (f"{_JOIN}<key>" in forms and joined(value)):
        return value
    raise ValueError(f"{quoted(value)} is not a mode; write one of {', '.join(forms)}")


def _ipc_or_pid(value: str) -> str:
    return _checked(value, (PRIVATE, "host", "container:<key>"))


def _network(value: str) -> str:
    if value in ("bridge", "default"):
        raise ValueError(
            f"{quoted(value)} is the engine's default network, shared with every stranger on it; "
            "declare a network of the lab and name it under networks"
        )
    if value == "none":
        raise ValueError("'none' is what a container has that names no networks; leave the key out")
    return _checked(value, (PRIVATE, "host", "container:<key>"))


def _userns(value: str) -> str:
    return _checked(value, (PRIVATE, "host"))


_OR_JOINED = choice_form(
    "mode", (PRIVATE, "host"), rf"{_JOIN}[\s\S]+", "container:<key of another container>"
)
IpcMode = Annotated[str, AfterValidator(_ipc_or_pid), _OR_JOINED]
PidMode = Annotated[str, AfterValidator(_ipc_or_pid), _OR_JOINED]
NetworkMode = Annotated[str, AfterValidator(_network), _OR_JOINED]
UsernsMode = Annotated[str, AfterValidator(_userns), WithJsonSchema({"enum": [PRIVATE, "host"]})]
