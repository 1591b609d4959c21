"""Seeded changes of the stacks: what a reviewer must see marked, and what not. Not a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from unit.review.lab_files import GONE, Change

from policy.resource import Resource

Edit = Callable[[Resource], Resource]

SOCKET = {"source": "/var/run/docker.sock", "target": "/s", "mode": "rw"}
SHARED = {"source": "/srv/shared", "target": "/shared", "mode": "rw"}
ETC = {"source": "/etc", "target": "/host-etc", "mode": "ro"}
ANOTHER = {
    "image": "base",
    "command": ["sleep", "inf"],
    "user": "65534:65534",
    "networks": {"apart": None},
    "memory": "16MiB",
}


def renamed_volume() -> list[Change]:
    mounts = [("web", "ro"), ("keeper", "rw"), ("archivist", "ro")]
    return [
        ("volumes", {"store": {}}),
        *(
            (f"containers.{name}.volumes", [{"volume": "store", "target": "/data", "mode": mode}])
            for name, mode in mounts
        ),
    ]


# What it is: (stack, changes, marks that must be there, words that must be there).
RISKY: dict[str, tuple[str, list[Change], set[str], tuple[str, ...]]] = {
    "ssh is opened to the world": (
        "prod",
        [("host.admin_cidr", "0.0.0.0/0")],
        {"REFUSED"},
        ("lab.host.admin_cidr", "0.0.0.0/0"),
    ),
    "ssh is opened to a wide range": (
        "dev",
        [("host.admin_cidr", "10.0.0.0/8")],
        {"OPENS"},
        ("host-firewall", "10.0.0.0/8", "port 22"),
    ),
    "a volume is renamed": (
        "local",
        renamed_volume(),
        {"DATA LOSS"},
        ("data-volume", "store"),
    ),
    "a volume goes, with leave": (
        "local",
        [*renamed_volume(), ("allow_data_loss", ["data"])],
        {"DATA LOSS", "OPENS"},
        ("allow_data_loss",),
    ),
    "a volume gets other options": (
        "local",
        [("volumes.data.options", {"type": "tmpfs", "o": "size=1m", "device": "tmpfs"})],
        {"DATA LOSS"},
        ("data-volume", "driverOpts"),
    ),
    "an image tag is swapped": (
        "local",
        [("images.base.name", "python:3.12-slim-bookworm")],
        {"OTHER CODE"},
        ("python:3.12-slim-bookworm", "python:3.11-slim-bookworm", "web-container"),
    ),
    "a digest is taken off in production": (
        "prod",
        [("images.base.digest", GONE)],
        {"OTHER CODE", "POLICY"},
        ("base",),
    ),
    "a container moves to another bridge": (
        "local",
        [("containers.archivist.networks", {"front": None})],
        {"OPENS"},
        ("archivist", "reaches visitor over front", "reaches web over front"),
    ),
    "a container binds /etc": (
        "local",
        [("containers.web.binds", [ETC])],
        {"REFUSED"},
        ("lab.containers.web.binds[0].source", "/etc may not be mounted"),
    ),
    "a container gets the engine's socket": (
        "local",
        [("containers.web.binds", [SOCKET])],
        {"REFUSED"},
        ("/var/run/docker.sock",),
    ),
    "a container binds a folder of somebody's": (
        "local",
        [("containers.web.binds", [SHARED])],
        {"OPENS", "POLICY"},
        ("reads folder /srv/shared", "writes folder /srv/shared", "web"),
    ),
    "a volume may be written": (
        "local",
        [("containers.web.volumes", [{"volume": "data", "target": "/data", "mode": "rw"}])],
        {"OPENS"},
        ("writes volume data",),
    ),
    "a port is published to everyone": (
        "local",
        [("containers.web.ports", [{"host": 8080, "container": 80, "address": "0.0.0.0"}])],
        {"OPENS", "POLICY"},
        ("0.0.0.0:8080",),
    ),
    "a container gets a capability": (
        "local",
        [("containers.web.capabilities", ["NET_ADMIN"])],
        {"OPENS"},
        ("CAP_NET_ADMIN",),
    ),
    "a root file system becomes writable": (
        "local",
        [("containers.web.read_only_root", False)],
        {"OPENS", "GUARD LOST"},
        ("writes to its own layer",),
    ),
    "a container runs as root": (
        "local",
        [("containers.web.user", GONE)],
        {"GUARD LOST"},
        ("does not run as root",),
    ),
    "a container joins the machine's network": (
        "local",
        [
            ("containers.visitor.networks", {}),
            ("containers.visitor.network_mode", "host"),
            ("containers.visitor.allow_shared_namespaces", ["net"]),
        ],
        {"OPENS", "POLICY"},
        ("the machine's NET namespace",),
    ),
    "a container sees the machine's processes": (
        "local",
        [
            ("containers.visitor.pid_mode", "host"),
            ("containers.visitor.allow_shared_namespaces", ["pid"]),
        ],
        {"OPENS", "POLICY"},
        ("the machine's PID namespace",),
    ),
    "a container shares another's memory": (
        "local",
        [
            ("containers.archivist.ipc_mode", "container:keeper"),
            ("containers.archivist.allow_shared_namespaces", ["ipc"]),
        ],
        {"OPENS"},
        ("the IPC namespace of",),
    ),
    "a network gets a way out": (
        "local",
        [("networks.back.internal", False)],
        {"OPENS", "GUARD LOST"},
        ("leads out of the machine",),
    ),
    "nothing is verified any more": (
        "local",
        [("verification", {"enabled": False})],
        {"GUARD LOST"},
        ("is verified after every change",),
    ),
    "the proof insists on less": (
        "local",
        [("verification.require", {"user": False})],
        {"GUARD LOST"},
        ("user namespace",),
    ),
    "the machine's image changes": (
        "prod",
        [("host.ami", "ami-0fedcba9876543210")],
        {"DATA LOSS", "OTHER MACHINE IMAGE"},
        ("ami-0fedcba9876543210", "host-instance", "data-volume"),
    ),
    "the first boot maps no user ids": (
        "prod",
        [("host.userns_remap", False)],
        {"DATA LOSS", "OTHER FIRST BOOT"},
        ("host-instance", "userData"),
    ),
    "the machine may be terminated": (
        "prod",
        [("host.termination_protection", False)],
        {"GUARD LOST", "POLICY"},
        ("refuses to terminate",),
    ),
    "volumes are protected no more": (
        "prod",
        [("protect_data", False)],
        {"GUARD LOST", "POLICY"},
        ("Pulumi refuses to delete or replace it",),
    ),
    "somebody else may log in": (
        "lightsail",
        [
            (
                "host.public_key",
                "ssh-rsa AAAAB3NzaC1yc2EAAAAgAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
            )
        ],
        {"OPENS"},
        ("may log in",),
    ),
    "a finding is let pass": (
        "local",
        [
            ("containers.web.binds", [SHARED]),
            (
                "policy.suppress",
                [
                    {
                        "rule": "writable-bind",
                        "resource": "web-container",
                        "reason": "the class looks at it",
                    }
                ],
            ),
        ],
        {"OPENS", "SUPPRESSED"},
        ("the class looks at it",),
    ),
}

HARMLESS: dict[str, tuple[str, list[Change]]] = {
    "memory is raised": ("local", [("containers.web.memory", "96MiB")]),
    "a processor limit changes": ("local", [("containers.web.cpus", 0.25)]),
    "a restart policy changes": ("local", [("containers.web.restart", "on-failure")]),
    "a health check is rarer": ("local", [("containers.web.health_check.interval", "1m")]),
    "a plain variable is set": ("local", [("containers.web.environment", {"LOG_LEVEL": "debug"})]),
    "another name on a bridge": (
        "local",
        [("containers.keeper.networks", {"back": {"aliases": ["store"]}})],
    ),
    "a confined container of its own": (
        "local",
        [
            ("networks.apart", {"subnet": "172.30.40.0/24", "internal": True}),
            ("containers.another", ANOTHER),
        ],
    ),
    "an image is pinned by its digest": (
        "local",
        [("images.base.digest", f"sha256:{'a' * 64}")],
    ),
    "a bind becomes read-only": (
        "local",
        [
            (
                "containers.visitor.binds",
                [{"source": "${lab_dir}/notes", "target": "/notes", "missing": "create"}],
            )
        ],
    ),
    "ssh is opened to fewer": ("dev", [("host.admin_cidr", "198.51.100.7/32")]),
    "a tag is added": ("prod", [("host.tags", {"owner": "me"})]),
    "a port of this machine alone": (
        "local",
        [("containers.web.ports", [{"host": 8080, "container": 8000}])],
    ),
    "the verifier waits longer": ("local", [("verification.deadline_ms", 500)]),
    "a longer wait for the first boot": ("prod", [("host.ready_within", "20m")]),
}
# What a base has before a harmless change, where the tracked stack is not it.
BEFORE: dict[str, list[Change]] = {
    "ssh is opened to fewer": [("host.admin_cidr", "198.51.100.0/24")],
}


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
