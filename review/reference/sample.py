"""A lab that says every key of its model once, on each kind of host; a made-up one."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Final

from review.samples import HOST_KEY, PLACEHOLDERS

GONE: Final = object()
_AWS: Mapping[str, Any] = {
    "region": "eu-central-1",
    "os": "al2023",
    "admin_cidr": PLACEHOLDERS["<your address>/32"],
    "public_key": PLACEHOLDERS["<your public key>"],
    "identity_file": "~/.ssh/docklab",
    "updates": "security",
    "userns_remap": True,
    "tags": {"owner": "me"},
    "ready_within": "10m",
}
HOSTS: Mapping[str, Mapping[str, Any]] = {
    "local": {"kind": "local"},
    "ssh": {
        "kind": "ssh",
        "address": "lab.example.org",
        "user": "teacher",
        "port": 22,
        "host_key": HOST_KEY,
        "identity_file": "~/.ssh/docklab",
        "socket": "/run/docker.sock",
        "lab_dir": "/srv/docklab",
        "ready_within": "2m",
    },
    "ec2": {
        "kind": "ec2",
        **_AWS,
        "ami": PLACEHOLDERS["<an image id>"],
        "architecture": "x86_64",
        "instance_type": "t3.small",
        "root_volume_gib": 20,
        "vpc_id": "vpc-00000000",
        "subnet_id": "subnet-00000000",
        "vpc_cidr": "10.0.0.0/16",
        "termination_protection": False,
        "session_manager": False,
    },
    "lightsail": {
        "kind": "lightsail",
        **_AWS,
        "zone": "eu-central-1a",
        "blueprint": "amazon_linux_2023",
        "bundle": "small_3_0",
    },
}
_LAB: Mapping[str, Any] = {
    "images": {
        "base": {"name": "example:1", "digest": PLACEHOLDERS["<its digest>"]},
        "plain": {"name": "plain:1"},
        "spare": {"name": "spare:1"},
    },
    "networks": {
        "front": {"subnet": "172.30.10.0/24", "gateway": "172.30.10.1", "internal": False},
        "back": {"subnet": "172.30.20.0/24"},
        "spare": {"subnet": "172.30.30.0/24"},
    },
    "volumes": {"data": {"driver": "local", "options": {}, "protect": False}, "spare": None},
    "containers": {
        "web": {
            "image": "base",
            "command": ["serve"],
            "entrypoint": ["run"],
            "environment": {"MODE": "plain"},
            "secret_environment": {"TOKEN": "token"},
            "user": "65534",
            "hostname": "page",
            "working_dir": "/data",
            "networks": {"front": {"aliases": ["www"], "address": "172.30.10.10"}},
            "volumes": [{"volume": "data", "target": "/data", "mode": "ro"}],
            "binds": [
                {
                    "source": "${lab_dir}/notes",
                    "target": "/notes",
                    "mode": "ro",
                    "missing": "create",
                }
            ],
            "tmpfs": {"/tmp": "16MiB"},
            "ports": [{"host": 8080, "container": 80, "protocol": "tcp", "address": "127.0.0.1"}],
            "memory": "64MiB",
            "cpus": 0.5,
            "read_only_root": True,
            "capabilities": ["CHOWN"],
            "health_check": {
                "command": "true",
                "interval": "30s",
                "timeout": "10s",
                "start_period": "5s",
                "retries": 3,
            },
            "restart": "always",
            "init": False,
        },
        "alone": {"image": "plain", "allow_shared_namespaces": ["ipc", "pid", "net", "user"]},
        "spare": {"image": "plain", "networks": {"back": None}},
    },
    "verification": {
        "enabled": True,
        "image": "base",
        "require": {"user": "auto", "cgroup": "auto", "time": "auto"},
        "deadline_ms": 250,
        "egress": ["192.0.2.9:443"],
    },
    "allow_data_loss": [],
    "protect_data": False,
    "policy": {
        "production": False,
        "suppress": [
            {"rule": "some-rule", "resource": "web-container", "reason": "a reason for it"}
        ],
    },
}


def sample(host: str, changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The lab on a host, with values set, or taken out (GONE), at dotted paths."""
    lab: dict[str, Any] = copy.deepcopy({"host": HOSTS[host], **_LAB})
    for path, value in (changes or {}).items():
        *parents, last = (int(part) if part.isdigit() else part for part in path.split("."))
        here: Any = lab
        for part in parents:
            here = here[part]
        if value is GONE:
            del here[last]
        else:
            here[last] = value
    return lab
