"""Changes of the stack files that a reviewer must see marked and explained. Not a test."""

from __future__ import annotations

from unit.review.lab_files import GONE, Change

SHARED = {"source": "/srv/shared", "target": "/shared", "mode": "rw"}
ETC = {"source": "/etc", "target": "/host-etc", "mode": "ro"}
SOCKET = {"source": "/var/run/docker.sock", "target": "/s", "mode": "rw"}


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
        ("archivist is on front, and reaches visitor, web",),
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
        {"GUARD LOST"},
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
        {"GUARD LOST"},
        ("is a network with a way out of the machine",),
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
    "the machine moves to another region": (
        "dev",
        [("host.region", "eu-west-1")],
        {"DATA LOSS"},
        ("host-instance", "data-volume"),
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
