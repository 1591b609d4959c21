"""Which namespaces a container shares, and with whom."""

from __future__ import annotations

from collections.abc import Iterator

from policy.resource import Resource
from policy.rule import CannotTell
from policy.rules import verification
from policy.rules.on_containers import on_containers
from policy.values import each, listed, text

_MODES = ("networkMode", "pidMode", "ipcMode", "usernsMode", "cgroupnsMode", "utsMode")


def _host_namespaces(resource: Resource) -> Iterator[str | CannotTell]:
    def of(mode: object) -> Iterator[str]:
        shown = verification.is_check(resource) and mode == "usernsMode"
        if text(resource, str(mode)) == "host" and not shown:
            yield f"{mode} is host"

    yield from each(_MODES, of)


def _others_namespaces(resource: Resource) -> Iterator[str | CannotTell]:
    def of(mode: object) -> Iterator[str]:
        if text(resource, str(mode)).startswith("container:"):
            yield f"{mode} joins another container's"

    yield from each(_MODES, of)


def _network(resource: Resource) -> Iterator[str]:
    # The provider says bridge by itself, and leaves that one where others are named.
    on_it = text(resource, "networkMode") in ("", "default", "bridge")
    if on_it and not listed(resource, "networksAdvanced"):
        yield "the container is on the engine's default bridge"


RULES = (
    on_containers(
        "host-namespace",
        "No container is in a namespace of the machine's",
        "high",
        _host_namespaces,
        "It sees, and may signal or connect to, what runs on the machine and in other containers",
        "leave the mode out, and allow_shared_namespaces too",
        "CIS Docker 1.2, 5.9, 5.15, 5.16, 5.30; checkov CKV_K8S_17, 18, 19",
    ),
    on_containers(
        "shared-namespace",
        "No container is in another's namespace",
        "medium",
        _others_namespaces,
        "The two are not isolated from each other, and the verification says so",
        "leave the mode out; let them talk over a network of both",
        "",
    ),
    on_containers(
        "default-bridge",
        "A container is on networks of the lab's own",
        "medium",
        _network,
        "On the engine's default bridge every stranger's container reaches it",
        "name a network of the lab under networks",
        "CIS Docker 1.2, 5.29",
    ),
)
