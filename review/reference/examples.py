"""One edit for each key, on the sample lab: what the effects of a change are worked out from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from review.reference.sample import GONE, HOSTS
from review.samples import HOST_KEY, PLACEHOLDERS


@dataclass(frozen=True, kw_only=True)
class Example:
    """`changes` of the sample lab on a host, to show what one of `key` does.

    `key` is a dotted path; `when` tells several edits of one key apart. `before`: in what the lab
    is otherwise than the sample from the start.
    """

    host: str
    key: str
    changes: Mapping[str, Any]
    when: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)


def examples() -> Iterator[Example]:
    for key, value in _ONE_VALUE.items():
        yield Example(host="local", key=key, changes={key: value})
    for key, several in _SEVERAL.items():
        for when, changes in several.items():
            yield Example(host="local", key=key, changes=changes, when=when)
    for kind, values in _OF_HOSTS.items():
        other = HOSTS["local" if kind != "local" else "ssh"]
        yield Example(host=kind, key="host.kind", changes={"host": other})
        for key, value in values.items():
            changes = {f"host.{key}": value, **_BESIDE.get((kind, key), {})}
            for when, before in _FROM.get((kind, key), {"": {}}).items():
                yield Example(
                    host=kind, key=f"host.{key}", changes=changes, when=when, before=before
                )
    yield Example(host="local", key="host", changes={"host": HOSTS["ssh"]})


_WEB, _ALONE = "containers.web", "containers.alone"
_OTHER_DIGEST = f"sha256:{'1' * 64}"
_OTHER_IMAGE, _OTHER_SUBNET = f"ami-{'1' * 17}", "subnet-11111111"
_ONE_VALUE: Mapping[str, Any] = {
    "images.base.name": "other:1",
    "images.base.digest": _OTHER_DIGEST,
    "networks.front.subnet": "172.30.10.0/25",
    "networks.front.gateway": "172.30.10.2",
    "networks.back.internal": True,
    "volumes.data.driver": "nfs",
    "volumes.data.options": {"type": "tmpfs"},
    "volumes.data.protect": True,
    f"{_WEB}.image": "plain",
    f"{_WEB}.command": ["serve", "more"],
    f"{_WEB}.entrypoint": ["start"],
    f"{_WEB}.environment": {"MODE": "other"},
    f"{_WEB}.secret_environment": {"TOKEN": "other"},
    f"{_WEB}.user": "1000",
    f"{_WEB}.hostname": "other",
    f"{_WEB}.working_dir": "/tmp",
    f"{_WEB}.networks": {"spare": {"aliases": ["www"]}},
    f"{_WEB}.networks.front.aliases": ["ww"],
    f"{_WEB}.networks.front.address": "172.30.10.11",
    f"{_WEB}.volumes": [],
    f"{_WEB}.volumes.0.volume": "spare",
    f"{_WEB}.volumes.0.target": "/other",
    f"{_WEB}.volumes.0.mode": "rw",
    f"{_WEB}.binds": [],
    f"{_WEB}.binds.0.source": "${lab_dir}/other",
    f"{_WEB}.binds.0.target": "/other",
    f"{_WEB}.binds.0.mode": "rw",
    f"{_WEB}.binds.0.missing": "error",
    f"{_WEB}.tmpfs": {"/tmp": "8MiB"},
    f"{_WEB}.ports": [],
    f"{_WEB}.ports.0.host": 8081,
    f"{_WEB}.ports.0.container": 81,
    f"{_WEB}.ports.0.protocol": "udp",
    f"{_WEB}.ports.0.address": "0.0.0.0",
    f"{_WEB}.memory": "96MiB",
    f"{_WEB}.cpus": 1,
    f"{_WEB}.read_only_root": False,
    f"{_WEB}.capabilities": ["CHOWN", "KILL"],
    f"{_WEB}.health_check": GONE,
    f"{_WEB}.health_check.command": "false",
    f"{_WEB}.health_check.interval": "1m",
    f"{_WEB}.health_check.timeout": "5s",
    f"{_WEB}.health_check.start_period": "10s",
    f"{_WEB}.health_check.retries": 5,
    f"{_WEB}.restart": "on-failure",
    f"{_WEB}.init": True,
    f"{_ALONE}.ipc_mode": "host",
    f"{_ALONE}.pid_mode": "host",
    f"{_ALONE}.network_mode": "host",
    f"{_ALONE}.userns_mode": "host",
    f"{_ALONE}.allow_shared_namespaces": [],
    "verification": {"image": "base"},
    "verification.enabled": False,
    "verification.image": "plain",
    "verification.require": {"user": True},
    "verification.require.user": True,
    "verification.require.cgroup": True,
    "verification.require.time": True,
    "verification.deadline_ms": 500,
    "verification.egress": ["192.0.2.10:443"],
    "allow_data_loss": ["data"],
    "protect_data": True,
    "policy": None,
    "policy.production": True,
    "policy.suppress": [],
    "policy.suppress.0.rule": "other-rule",
    "policy.suppress.0.resource": "alone-container",
    "policy.suppress.0.reason": "another reason for it",
}
_SEVERAL: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "images": {
        "one more": {"images.more": {"name": "more:1"}},
        "one less": {"images.spare": GONE},
    },
    "networks": {
        "one more": {"networks.more": {"subnet": "172.30.40.0/24"}},
        "one less": {"networks.spare": GONE},
    },
    "volumes": {"one more": {"volumes.more": None}, "one less": {"volumes.spare": GONE}},
    "containers": {
        "one more": {"containers.more": {"image": "plain"}},
        "one less": {"containers.spare": GONE},
    },
}
_OTHER_AWS: Mapping[str, Any] = {
    "region": "eu-west-1",
    "os": "al2",
    "admin_cidr": "198.51.100.7/32",
    "public_key": PLACEHOLDERS["<your public key>"].replace("A" * 8, "B" * 8, 1),
    "identity_file": "~/.ssh/other",
    "updates": "all",
    "userns_remap": False,
    "tags": {"owner": "you"},
    "ready_within": "20m",
}
_OF_HOSTS: Mapping[str, Mapping[str, Any]] = {
    "local": {},
    "ssh": {
        "address": "other.example.org",
        "user": "root",
        "port": 2222,
        "host_key": HOST_KEY.replace("A" * 8, "B" * 8, 1),
        "identity_file": "~/.ssh/other",
        "socket": "/run/other.sock",
        "lab_dir": "/srv/other",
        "ready_within": "5m",
    },
    "ec2": {
        **_OTHER_AWS,
        "ami": _OTHER_IMAGE,
        "architecture": "arm64",
        "instance_type": "t3.medium",
        "root_volume_gib": 30,
        "vpc_id": "vpc-11111111",
        "subnet_id": _OTHER_SUBNET,
        "vpc_cidr": "10.1.0.0/16",
        "termination_protection": True,
        "session_manager": True,
    },
    "lightsail": {
        **_OTHER_AWS,
        "zone": "eu-central-1b",
        "blueprint": GONE,
        "bundle": "medium_3_0",
    },
}
# What has to change with a key for the lab to be one.
_BESIDE: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("ec2", "region"): {"host.ami": _OTHER_IMAGE},
    ("ec2", "architecture"): {"host.instance_type": "t4g.small", "host.ami": _OTHER_IMAGE},
    ("ec2", "vpc_id"): {"host.subnet_id": _OTHER_SUBNET},
    ("lightsail", "region"): {"host.zone": "eu-west-1a"},
    ("lightsail", "os"): {"host.blueprint": "amazon_linux_2"},
}
# What a key does depends on another: by that one's condition, how the lab is before the change.
_FROM: Mapping[tuple[str, str], Mapping[str, Mapping[str, Any]]] = {
    ("ssh", "user"): {"with lab_dir": {}, "without lab_dir": {"host.lab_dir": GONE}},
}
