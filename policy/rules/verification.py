"""The two containers of the verification, which may do what no container of a lab may.

They are known by the component that registers them, which is in their path and which no stack file
can ask for, and only while they are otherwise as confined as that component makes them.
"""

from __future__ import annotations

from collections.abc import Mapping

from policy import kinds
from policy.resource import Resource
from policy.values import items

_CHECK = f"docklab:verification:NamespaceCheck${kinds.CONTAINER}"
_FILES = f"docklab:verification:VerifierFiles${kinds.CONTAINER}"
_PROC = {"readOnly": True, "source": "/proc", "target": "/host/proc", "type": "bind"}
POWERS = frozenset(["CAP_SETGID", "CAP_SETUID", "CAP_SYS_ADMIN", "CAP_SYS_PTRACE"])
PROFILES = frozenset(["apparmor=unconfined", "label=disable"])


def is_check(resource: Resource) -> bool:
    """Whether this looks at the machine's namespaces: on no network, unable to write there."""
    inputs = resource.inputs
    return (
        _chain(resource) == _CHECK
        and inputs.get("networkMode") == "none"
        and inputs.get("readOnly") is True
        and inputs.get("restart") == "no"
        and not inputs.get("privileged")
        and not inputs.get("ports")
    )


def is_files(resource: Resource) -> bool:
    """Whether this is never started and lends a volume."""
    inputs = resource.inputs
    return (
        _chain(resource) == _FILES
        and inputs.get("start") is False
        and items(inputs.get("command")) == ["true"]
        and inputs.get("networkMode") == "none"
        and not inputs.get("mounts")
        and not inputs.get("privileged")
    )


def is_its_bind(resource: Resource, mount: object) -> bool:
    """The machine's /proc, read-only and beside the container's own: to see all namespaces."""
    if not is_check(resource) or not isinstance(mount, Mapping):
        return False
    return {key: value for key, value in mount.items() if value} == _PROC


def _chain(resource: Resource) -> str:
    return resource.path.rpartition("::")[0]
