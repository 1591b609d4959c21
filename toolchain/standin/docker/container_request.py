"""The engine's request for a container, from its planned properties. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from toolchain.standin.docker import durations
from toolchain.standin.docker.container_mounts import mount, port_bindings, volume_binds
from toolchain.standin.docker.shapes import label_map, nothing, pairs
from toolchain.standin.errors import ResourceError
from toolchain.standin.values import Values

MIB = 1024 * 1024
_SYSTEM_PATHS = "systempaths=unconfined"


def create_request(planned: Values) -> dict[str, Any]:
    """The body of the request that creates it; ResourceError for what Docker would not take."""
    if "" in (planned.get("command") or ()):
        raise ResourceError("values for command may not be empty")
    exposed, bindings = port_bindings(planned.get("ports") or ())
    volumes, binds, sources = volume_binds(planned.get("volumes") or ())
    body = {
        "Image": planned["image"],
        "Hostname": planned.get("hostname"),
        "Domainname": planned.get("domainname"),
        "Tty": planned.get("tty", False),
        "OpenStdin": planned.get("stdinOpen", False),
        "StopSignal": planned.get("stopSignal"),
        "StopTimeout": planned.get("stopTimeout") or None,
        "Env": planned.get("envs"),
        "Cmd": planned.get("command"),
        "Entrypoint": planned.get("entrypoints"),
        "User": planned.get("user"),
        "WorkingDir": planned.get("workingDir"),
        "ExposedPorts": exposed,
        "Volumes": volumes,
        "Labels": label_map(planned.get("labels")),
        "Healthcheck": health_config(planned.get("healthcheck")),
        "HostConfig": _host_config(planned, bindings, binds, sources),
    }
    return {key: value for key, value in body.items() if not nothing(value)}


def _host_config(
    planned: Values, bindings: dict[str, Any], binds: list[str], sources: list[str]
) -> dict[str, Any]:
    capabilities = planned.get("capabilities") or {}
    options = planned.get("securityOpts") or []
    host = {
        **_simple(planned),
        **resources(planned),
        "PortBindings": bindings,
        "Binds": binds,
        "VolumesFrom": sources,
        "Mounts": [mount(one) for one in planned.get("mounts") or ()],
        "RestartPolicy": restart_policy(planned),
        "LogConfig": {"Type": planned.get("logDriver", ""), "Config": planned.get("logOpts") or {}},
        "CapAdd": capability_names(capabilities.get("adds") or ()),
        "CapDrop": capability_names(capabilities.get("drops") or ()),
        "SecurityOpt": [option for option in options if option != _SYSTEM_PATHS],
        "ExtraHosts": [f"{one['host']}:{one['ip']}" for one in planned.get("hosts") or ()],
        "Ulimits": [
            {"Name": one["name"], "Soft": one["soft"], "Hard": one["hard"]}
            for one in planned.get("ulimits") or ()
        ],
        "Devices": [
            {
                "PathOnHost": one["hostPath"],
                "PathInContainer": one.get("containerPath") or one["hostPath"],
                "CgroupPermissions": one.get("permissions", "rwm"),
            }
            for one in planned.get("devices") or ()
        ],
    }
    host = {key: value for key, value in host.items() if not nothing(value)}
    if _SYSTEM_PATHS in options:
        host.update(MaskedPaths=[], ReadonlyPaths=[])
    # Always sent, so that a daemon whose default is an init process does not add one.
    host["Init"] = planned.get("init", False)
    return host


def _simple(planned: Values) -> dict[str, Any]:
    names = {
        "privileged": "Privileged",
        "publishAllPorts": "PublishAllPorts",
        "runtime": "Runtime",
        "rm": "AutoRemove",
        "readOnly": "ReadonlyRootfs",
        "tmpfs": "Tmpfs",
        "dns": "Dns",
        "dnsOpts": "DnsOptions",
        "dnsSearches": "DnsSearch",
        "networkMode": "NetworkMode",
        "usernsMode": "UsernsMode",
        "pidMode": "PidMode",
        "sysctls": "Sysctls",
        "ipcMode": "IpcMode",
        "groupAdds": "GroupAdd",
        "cgroupnsMode": "CgroupnsMode",
        "cgroupParent": "CgroupParent",
        "storageOpts": "StorageOpt",
    }
    simple = {theirs: planned.get(ours) for ours, theirs in names.items()}
    simple["ShmSize"] = (planned.get("shmSize") or 0) * MIB or None
    if planned.get("cpus"):
        simple["NanoCpus"] = nano_cpus(planned["cpus"])
    else:
        simple["CpuPeriod"] = planned.get("cpuPeriod") or None
        simple["CpuQuota"] = planned.get("cpuQuota") or None
    return simple


def resources(planned: Values) -> dict[str, Any]:
    """The limits that can be changed while the container lives; memory in bytes."""
    swap = planned.get("memorySwap") or 0
    return {
        "CpuShares": planned.get("cpuShares") or 0,
        "Memory": (planned.get("memory") or 0) * MIB,
        "MemoryReservation": (planned.get("memoryReservation") or 0) * MIB,
        "MemorySwap": swap * MIB if swap > 0 else swap,
        "CpusetCpus": planned.get("cpuSet", ""),
    }


def restart_policy(planned: Values) -> dict[str, Any]:
    """When the engine starts it again."""
    return {
        "Name": planned.get("restart", "no"),
        "MaximumRetryCount": planned.get("maxRetryCount") or 0,
    }


def nano_cpus(text: str) -> int:
    """Billionths of a CPU; ResourceError if the text is no number that fits."""
    try:
        value = Decimal(text) * 10**9
    except InvalidOperation as error:
        raise ResourceError(
            f"Error setting cpus: failed to parse {text} as a rational number"
        ) from error
    if value != int(value):
        raise ResourceError("Error setting cpus: value is too precise")
    return int(value)


def capability_names(names: Sequence[str]) -> list[str]:
    """Capabilities as Docker's client sends them: `CAP_NET_RAW`, in order, once each."""
    upper = (name.upper() for name in names)
    return sorted(
        {name if name == "ALL" or name.startswith("CAP_") else f"CAP_{name}" for name in upper}
    )


def health_config(planned: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The health check, durations in nanoseconds."""
    if planned is None:
        return None
    config: dict[str, Any] = {
        "Test": planned.get("tests") or [],
        "Interval": durations.parse(planned.get("interval", "0s")),
        "Timeout": durations.parse(planned.get("timeout", "0s")),
        "StartPeriod": durations.parse(planned.get("startPeriod", "0s")),
        "Retries": planned.get("retries", 0),
    }
    start_interval = durations.parse(planned.get("startInterval", "0s"))
    if start_interval:
        config["StartInterval"] = start_interval
    return config


def endpoint(network: Mapping[str, Any]) -> dict[str, Any]:
    """The client's arguments that attach the container to one network."""
    return {
        "aliases": network.get("aliases"),
        "ipv4_address": network.get("ipv4Address"),
        "ipv6_address": network.get("ipv6Address"),
        "link_local_ips": network.get("linkLocalIps"),
        "mac_address": network.get("macAddress"),
        "driver_opt": pairs(network.get("driverOpts")),
    }
