"""Changes of the stack files that must be seen, and not marked. Not a test."""

from __future__ import annotations

from unit.review.lab_files import Change

ANOTHER = {
    "image": "base",
    "command": ["sleep", "inf"],
    "user": "65534:65534",
    "networks": {"apart": None},
    "memory": "16MiB",
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
    "the proof insists on more": (
        "local",
        [("verification.require", {"user": True, "cgroup": True})],
    ),
    "a port is bound to one address of all": (
        "local",
        [("containers.web.ports", [{"host": 8080, "container": 80, "address": "10.0.0.5"}])],
    ),
    "a longer wait for the first boot": ("prod", [("host.ready_within", "20m")]),
}
# What a base has before a harmless change, where the tracked stack is not it.
BEFORE: dict[str, list[Change]] = {
    "a port is bound to one address of all": [
        ("containers.web.ports", [{"host": 8080, "container": 80, "address": "0.0.0.0"}]),
    ],
    "ssh is opened to fewer": [("host.admin_cidr", "198.51.100.0/24")],
}
