"""What a stack's last checkpoint says about the lab. Pure readings of Pulumi's deployment JSON
(version 3).

A value that Pulumi keeps as a secret is ciphertext there; such a value reads as missing.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

CONTAINER = "docker:index/container:Container"
NETWORK = "docker:index/network:Network"
_COMMAND = "command:local:Command"
VOLUME = "docker:index/volume:Volume"
_STACK = "pulumi:pulumi:Stack"
_PROVIDER = "pulumi:providers:"

Deployment = Mapping[str, Any]


class EngineAddress(NamedTuple):
    """Where an engine is, as DOCKER_HOST says it, and the options ssh needs to get there."""

    host: str
    ssh_options: tuple[str, ...] = ()

    @property
    def is_far(self) -> bool:
        return self.host.startswith("ssh://")

    @property
    def machine(self) -> str:
        """What a person calls it."""
        return (urlsplit(self.host).hostname or self.host) if self.is_far else "this machine"


def resources(deployment: Deployment) -> list[Mapping[str, Any]]:
    found = deployment.get("resources") or []
    return [resource for resource in found if isinstance(resource, Mapping)]


def pending_operations(deployment: Deployment) -> list[Mapping[str, Any]]:
    """Operations that were under way when the last run ended; each has `type` and `resource`."""
    found = deployment.get("pending_operations") or []
    return [operation for operation in found if isinstance(operation, Mapping)]


def holds_resources(deployment: Deployment) -> bool:
    """Whether anything real is recorded: more than the stack itself, its components and its
    providers."""
    return any(
        resource.get("custom") and not _is_provider(resource) for resource in resources(deployment)
    ) or bool(pending_operations(deployment))


def _is_provider(resource: Mapping[str, Any]) -> bool:
    return str(resource.get("type", "")).startswith(_PROVIDER)


def outputs(deployment: Deployment) -> Mapping[str, Any]:
    """The stack's outputs; {} when it has none."""
    for resource in resources(deployment):
        if resource.get("type") == _STACK:
            return resource.get("outputs") or {}
    return {}


def text_output(deployment: Deployment, name: str) -> str | None:
    value = outputs(deployment).get(name)
    return value if isinstance(value, str) else None


def engines(deployment: Deployment) -> tuple[EngineAddress, ...]:
    """The engine of every Docker provider in the state, without repetition."""
    found = (
        resource.get("inputs") or {}
        for resource in resources(deployment)
        if resource.get("type") == _PROVIDER + "docker"
    )
    return tuple(
        dict.fromkeys(
            EngineAddress(inputs["host"], _ssh_options(inputs))
            for inputs in found
            if isinstance(inputs.get("host"), str)
        )
    )


def _ssh_options(inputs: Mapping[str, Any]) -> tuple[str, ...]:
    """A provider's list, which Pulumi keeps as JSON in a text."""
    value = inputs.get("sshOpts") or []
    try:
        options = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return ()
    return tuple(str(option) for option in options)


def made_directories(deployment: Deployment) -> tuple[str, ...]:
    """Folders for bind mounts that the stack made, and did not find."""
    found = []
    for resource in _living(deployment, _COMMAND):
        values = resource.get("outputs") or {}
        folder = (values.get("environment") or {}).get("DIRECTORY")
        if isinstance(folder, str) and values.get("stdout") == "created":
            found.append(folder)
    return tuple(sorted(found))


def ends_with_its_machine(deployment: Deployment) -> bool:
    """Whether the engine's machine is one that the stack made, and that is gone with the stack."""
    return any(resource.get("deletedWith") for resource in resources(deployment))


def volume_names(deployment: Deployment) -> tuple[str, ...]:
    """Names on the engine of the volumes whose data the stack owns."""
    ids = (str(resource.get("id", "")) for resource in _living(deployment, VOLUME))
    return tuple(sorted(name for name in ids if name))


def protected_volumes(deployment: Deployment) -> tuple[str, ...]:
    """Names on the engine of the volumes that Pulumi refuses to delete."""
    kept = (r for r in _living(deployment, VOLUME) if r.get("protect"))
    return tuple(sorted(str(resource.get("id", "")) for resource in kept))


def ids(deployment: Deployment, kind: str) -> frozenset[str]:
    """Engine ids that the state knows for a type of resource."""
    return frozenset(
        str(resource["id"]) for resource in _living(deployment, kind) if resource.get("id")
    )


def should_run(deployment: Deployment) -> dict[str, str]:
    """Ids of the containers that the state has as running, with their names."""
    found = {}
    for resource in _living(deployment, CONTAINER):
        values = resource.get("outputs") or {}
        if values.get("mustRun") is True and resource.get("id") and not resource.get("delete"):
            found[str(resource["id"])] = str(values.get("name") or resource["id"])
    return found


def unfinished(deployment: Deployment) -> tuple[str, ...]:
    """URNs of containers and networks that were made and did not come up as they should: Pulumi
    takes the next run's empty update of such a thing for its repair. Never a volume: it holds data.
    """
    return tuple(
        str(resource["urn"])
        for resource in resources(deployment)
        if resource.get("initErrors")
        and resource.get("type") in (CONTAINER, NETWORK)
        and not resource.get("delete")
    )


def _living(deployment: Deployment, kind: str) -> Iterator[Mapping[str, Any]]:
    return (resource for resource in resources(deployment) if resource.get("type") == kind)
