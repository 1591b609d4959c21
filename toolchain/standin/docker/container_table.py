"""docker:index/container:Container: its properties, and what a change of each does.

`healthcheck`, `tmpfs`, `init`, `wait`, `start`, `attach`, `logs` and others are accepted as an
update and never applied to the container: so it is in the official provider, and so it is here.
Blocks inside `mounts` replace only when their number changes, for the same reason.
"""

from __future__ import annotations

from typing import Any

from toolchain.standin.docker import durations
from toolchain.standin.docker.rules import absolute_path, at_least, base64_text, matches
from toolchain.standin.properties import (
    Property,
    Table,
    boolean,
    integer,
    label_set,
    mapping,
    object_set,
    objects,
    one,
    string,
    string_set,
    strings,
)

READ_TIMEOUT_MILLISECONDS = 15000
_NEW: dict[str, Any] = {"replaces": True}
_FOUND: dict[str, Any] = {"replaces": True, "computed": True}
_OUT: dict[str, Any] = {"computed": True, "output": True}


def _duration() -> Property:
    return string(default="0s", refuse=durations.refusal)


def ports_unchanged(old: Any, new: Any) -> bool:
    """Whether both lists publish the same, in whatever order."""

    def published(ports: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        return sorted(
            (
                (
                    port.get("internal", 0),
                    port.get("protocol") or "tcp",
                    port.get("ip") or "0.0.0.0",
                    port.get("external") or 0,
                )
                for port in ports
            ),
            key=repr,
        )

    return isinstance(old, list) and isinstance(new, list) and published(old) == published(new)


_MOUNT = {
    "target": string(required=True),
    "source": string(),
    "type": string(required=True, refuse=matches("^(bind|volume|tmpfs)$")),
    "readOnly": boolean(),
    "bindOptions": one(
        {"propagation": string(refuse=matches("^(private|rprivate|shared|rshared|slave|rslave)$"))}
    ),
    "volumeOptions": one(
        {
            "noCopy": boolean(),
            "labels": label_set(),
            "driverName": string(),
            "driverOptions": mapping(),
            "subpath": string(**_NEW),
        }
    ),
    "tmpfsOptions": one({"sizeBytes": integer(), "mode": integer()}, **_NEW),
}
_VOLUME = {
    "fromContainer": string(**_NEW),
    "containerPath": string(**_NEW),
    "hostPath": string(refuse=absolute_path, **_NEW),
    "volumeName": string(**_NEW),
    "readOnly": boolean(**_NEW),
    "selinuxRelabel": string(refuse=matches("^(z|Z)$"), **_NEW),
}
_PORT = {
    "internal": integer(required=True, **_NEW),
    "external": integer(**_FOUND),
    "ip": string(default="0.0.0.0", **_NEW),
    "protocol": string(default="tcp", **_NEW),
}
_NETWORK = {
    "name": string(required=True, **_NEW),
    "aliases": string_set(**_NEW),
    "ipv4Address": string(**_NEW),
    "ipv6Address": string(**_NEW),
    "linkLocalIps": string_set(**_NEW),
    "macAddress": string(**_NEW),
    "driverOpts": string_set(**_NEW),
}
_UPLOAD = {
    "content": string(**_NEW),
    "contentBase64": string(refuse=base64_text, **_NEW),
    "file": string(required=True, **_NEW),
    "executable": boolean(default=False, **_NEW),
    "permissions": string(refuse=matches("^0[0-7]{3}$"), **_NEW),
    "source": string(**_NEW),
    "sourceHash": string(**_NEW),
    "owner": string(**_NEW),
    "group": string(**_NEW),
}
_HEALTHCHECK = {
    "tests": strings(),
    "interval": _duration(),
    "timeout": _duration(),
    "startPeriod": _duration(),
    "startInterval": _duration(),
    "retries": integer(default=0, refuse=at_least(0)),
}
_DEVICE = {
    "hostPath": string(required=True, **_NEW),
    "containerPath": string(**_NEW),
    "permissions": string(default="rwm", **_NEW),
}
_LIMIT = {name: integer(required=True, **_NEW) for name in ("soft", "hard")}

# Only these are changed in a container that lives on.
UPDATABLE = (
    "restart",
    "maxRetryCount",
    "cpuShares",
    "memory",
    "memoryReservation",
    "cpuSet",
    "memorySwap",
)

_PROPERTIES: dict[str, Property] = {
    "name": string(autonamed=True, **_NEW),
    "image": string(required=True, **_NEW),
    "rm": boolean(default=False),
    "readOnly": boolean(default=False, **_NEW),
    "start": boolean(default=True),
    "wait": boolean(default=False),
    "waitTimeout": integer(default=60),
    "attach": boolean(default=False),
    "logs": boolean(default=False),
    "mustRun": boolean(default=True),
    "exitCode": integer(**_OUT),
    "containerLogs": string(**_OUT),
    "bridge": string(**_OUT),
    "networkDatas": objects({}, **_OUT),
    "hostname": string(**_FOUND),
    "domainname": string(**_NEW),
    "command": strings(**_FOUND),
    "entrypoints": strings(**_FOUND),
    "user": string(empty_keeps_prior=True, **_NEW),
    "dns": string_set(**_NEW),
    "dnsOpts": string_set(**_NEW),
    "dnsSearches": string_set(**_NEW),
    "publishAllPorts": boolean(**_NEW),
    "restart": string(default="no", refuse=matches("^(no|on-failure|always|unless-stopped)$")),
    "maxRetryCount": integer(),
    "workingDir": string(empty_keeps_prior=True, **_NEW),
    "removeVolumes": boolean(default=True),
    "capabilities": one({"adds": string_set(**_NEW), "drops": string_set(**_NEW)}, **_NEW),
    "securityOpts": string_set(**_FOUND),
    "runtime": string(**_FOUND),
    "platform": string(**_FOUND),
    "stopSignal": string(**_FOUND),
    "stopTimeout": integer(**_FOUND),
    "mounts": object_set(_MOUNT, **_NEW),
    "volumes": object_set(_VOLUME, **_NEW),
    "tmpfs": mapping(),
    "ports": objects(_PORT, same=ports_unchanged, **_NEW),
    "hosts": object_set({name: string(required=True, **_NEW) for name in ("ip", "host")}, **_NEW),
    "ulimits": object_set({"name": string(required=True, **_NEW), **_LIMIT}, **_NEW),
    "envs": string_set(**_FOUND),
    "privileged": boolean(**_NEW),
    "devices": object_set(_DEVICE, **_NEW),
    "destroyGraceSeconds": integer(),
    "labels": label_set(**_FOUND),
    "memory": integer(refuse=at_least(0)),
    "memoryReservation": integer(default=0, refuse=at_least(0)),
    "memorySwap": integer(refuse=at_least(-1)),
    "shmSize": integer(refuse=at_least(0), **_FOUND),
    "cpuShares": integer(refuse=at_least(0)),
    "cpuSet": string(refuse=matches(r"^\d+([,-]\d+)*$")),
    "logDriver": string(**_FOUND),
    "logOpts": mapping(**_NEW),
    "networkMode": string(default="bridge", **_NEW),
    "networksAdvanced": object_set(_NETWORK, **_NEW),
    "pidMode": string(**_NEW),
    "usernsMode": string(**_NEW),
    "uploads": object_set(_UPLOAD, **_NEW),
    "healthcheck": one(_HEALTHCHECK, computed=True),
    "containerReadRefreshTimeoutMilliseconds": integer(default=READ_TIMEOUT_MILLISECONDS),
    "sysctls": mapping(**_NEW),
    "ipcMode": string(**_FOUND),
    "groupAdds": string_set(**_NEW),
    "init": boolean(computed=True),
    "tty": boolean(default=False, **_NEW),
    "stdinOpen": boolean(default=False, **_NEW),
    "storageOpts": mapping(**_NEW),
    "cpus": string(**_NEW),
    "cpuPeriod": integer(refuse=at_least(0)),
    "cpuQuota": integer(refuse=at_least(0)),
    "cgroupnsMode": string(**_NEW),
    "cgroupParent": string(**_NEW),
}

CONTAINER = Table(
    name="Container", provider="Docker", properties=_PROPERTIES, delete_before_replace=True
)
