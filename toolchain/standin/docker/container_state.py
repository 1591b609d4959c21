"""A container's outputs, from what the engine says of it. Pure.

Environment, labels, binds, uploads, networks and cgroup settings are never read back: what the
program last asked for stays in the state, as in the official provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from toolchain.standin.docker import durations
from toolchain.standin.docker.container_request import MIB
from toolchain.standin.docker.shapes import labels_of
from toolchain.standin.values import Values


def outputs_of(found: Mapping[str, Any], state: Values) -> Values:
    """The outputs of an inspected container whose last outputs, or plan, are `state`."""
    config, host = found["Config"], found["HostConfig"]
    outputs = {
        **state,
        "name": found["Name"].lstrip("/"),
        "image": found["Image"]
        if state.get("image", "").startswith("sha256:")
        else config["Image"],
        "platform": found.get("Platform", ""),
        **_config(config),
        **_host(host),
        **_limits(host),
        **_network(found, state),
    }
    if not found["State"]["Running"]:
        outputs["exitCode"] = found["State"]["ExitCode"]
        # A stopped container that must run differs from the program: the next update starts it.
        if state.get("mustRun"):
            outputs["mustRun"] = False
    _only_if_set(outputs, host, state)
    return outputs


def _config(config: Mapping[str, Any]) -> Values:
    outputs: Values = {
        "hostname": config.get("Hostname", ""),
        "domainname": config.get("Domainname", ""),
        "command": config.get("Cmd") or [],
        "entrypoints": _listed(config.get("Entrypoint")),
        "user": config.get("User", ""),
        "workingDir": config.get("WorkingDir", ""),
        "tty": config.get("Tty", False),
        "stdinOpen": config.get("OpenStdin", False),
        "stopSignal": config.get("StopSignal", ""),
        "stopTimeout": config.get("StopTimeout"),
    }
    health = config.get("Healthcheck")
    if health is not None:
        outputs["healthcheck"] = {
            "tests": health.get("Test") or [],
            "interval": durations.written(health.get("Interval", 0)),
            "timeout": durations.written(health.get("Timeout", 0)),
            "startPeriod": durations.written(health.get("StartPeriod", 0)),
            "startInterval": durations.written(health.get("StartInterval", 0)),
            "retries": health.get("Retries", 0),
        }
    return outputs


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value or []


def _host(host: Mapping[str, Any]) -> Values:
    names = {
        "rm": ("AutoRemove", False),
        "readOnly": ("ReadonlyRootfs", False),
        "dns": ("Dns", []),
        "dnsOpts": ("DnsOptions", []),
        "dnsSearches": ("DnsSearch", []),
        "securityOpts": ("SecurityOpt", []),
        "publishAllPorts": ("PublishAllPorts", False),
        "init": ("Init", False),
        "runtime": ("Runtime", ""),
        "tmpfs": ("Tmpfs", {}),
        "privileged": ("Privileged", False),
        "storageOpts": ("StorageOpt", {}),
        "networkMode": ("NetworkMode", ""),
        "usernsMode": ("UsernsMode", ""),
        "sysctls": ("Sysctls", {}),
        "ipcMode": ("IpcMode", ""),
        "groupAdds": ("GroupAdd", []),
    }
    outputs: Values = {ours: host.get(theirs) or empty for ours, (theirs, empty) in names.items()}
    policy = host.get("RestartPolicy") or {}
    outputs["restart"] = policy.get("Name", "")
    outputs["maxRetryCount"] = policy.get("MaximumRetryCount", 0)
    outputs["logDriver"] = (host.get("LogConfig") or {}).get("Type", "")
    outputs["mounts"] = [_mount(one) for one in host.get("Mounts") or ()]
    outputs["hosts"] = [
        {"host": one.split(":")[0], "ip": one.split(":")[1]} for one in host.get("ExtraHosts") or ()
    ]
    if host.get("CapAdd") or host.get("CapDrop"):
        outputs["capabilities"] = {
            "adds": host.get("CapAdd") or [],
            "drops": host.get("CapDrop") or [],
        }
    return outputs


def _limits(host: Mapping[str, Any]) -> Values:
    swap = host.get("MemorySwap", 0)
    outputs: Values = {
        "memory": host.get("Memory", 0) // MIB,
        "memoryReservation": host.get("MemoryReservation", 0) // MIB,
        "memorySwap": swap // MIB if swap > 0 else swap,
        "shmSize": host.get("ShmSize", 0) // MIB,
        "cpuShares": host.get("CpuShares", 0),
        "cpuSet": host.get("CpusetCpus", ""),
    }
    if host.get("NanoCpus"):
        outputs["cpus"] = format((Decimal(host["NanoCpus"]) / 10**9).normalize(), "f")
    return outputs


def _network(found: Mapping[str, Any], state: Values) -> Values:
    settings = found.get("NetworkSettings")
    if settings is None:
        return {}
    outputs: Values = {
        "bridge": settings.get("Bridge", ""),
        "networkDatas": [
            {
                "networkName": name,
                "ipAddress": one.get("IPAddress", ""),
                "ipPrefixLength": one.get("IPPrefixLen", 0),
                "gateway": one.get("Gateway", ""),
                "globalIpv6Address": one.get("GlobalIPv6Address", ""),
                "globalIpv6PrefixLength": one.get("GlobalIPv6PrefixLen", 0),
                "ipv6Gateway": one.get("IPv6Gateway", ""),
                "macAddress": one.get("MacAddress", ""),
            }
            for name, one in sorted((settings.get("Networks") or {}).items())
        ],
    }
    # A stopped container has no ports; they only count as lost if it should be running.
    if state.get("ports") and (found["State"]["Running"] or state.get("mustRun")):
        outputs["ports"] = published_ports(settings.get("Ports") or {})
    return outputs


def published_ports(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The published ports, by the number inside the container."""
    return [
        {
            "internal": int(name.split("/")[0]),
            "external": int(binding["HostPort"] or 0),
            "ip": binding["HostIp"],
            "protocol": name.split("/")[1],
        }
        for name in sorted(found, key=lambda key: (int(key.split("/")[0]), key))
        for binding in found[name] or ()
    ]


def _mount(found: Mapping[str, Any]) -> dict[str, Any]:
    mount: dict[str, Any] = {
        "target": found.get("Target", ""),
        "source": found.get("Source", ""),
        "type": found.get("Type", ""),
        "readOnly": found.get("ReadOnly", False),
    }
    if found.get("BindOptions"):
        mount["bindOptions"] = {"propagation": found["BindOptions"].get("Propagation", "")}
    options = found.get("VolumeOptions")
    if options is not None:
        driver = options.get("DriverConfig") or {}
        mount["volumeOptions"] = {
            "noCopy": options.get("NoCopy", False),
            "labels": labels_of(options.get("Labels")),
            "driverName": driver.get("Name", ""),
            "driverOptions": driver.get("Options") or {},
            "subpath": options.get("Subpath", ""),
        }
    if found.get("TmpfsOptions"):
        tmpfs = found["TmpfsOptions"]
        mount["tmpfsOptions"] = {
            "sizeBytes": tmpfs.get("SizeBytes", 0),
            "mode": tmpfs.get("Mode", 0),
        }
    return mount


def _only_if_set(outputs: Values, host: Mapping[str, Any], state: Values) -> None:
    """What the engine fills in by itself is read back only where the program set it."""
    if state.get("ulimits"):
        outputs["ulimits"] = [
            {"name": one["Name"], "soft": one["Soft"], "hard": one["Hard"]}
            for one in host.get("Ulimits") or ()
        ]
    if state.get("devices"):
        explicit = {one["hostPath"] for one in state["devices"] if one.get("containerPath")}
        outputs["devices"] = [
            {
                "hostPath": one["PathOnHost"],
                "permissions": one["CgroupPermissions"],
                **(
                    {"containerPath": one["PathInContainer"]}
                    if one["PathOnHost"] in explicit
                    else {}
                ),
            }
            for one in host.get("Devices") or ()
        ]
    outputs["logOpts"] = (
        (host.get("LogConfig") or {}).get("Config") or {} if state.get("logOpts") else {}
    )
    if state.get("pidMode"):
        outputs["pidMode"] = host.get("PidMode", "")
