"""What of the machine a container sees: its ports, volumes, binds and mounts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from toolchain.standin.docker.shapes import label_map
from toolchain.standin.errors import ResourceError


def port_bindings(
    ports: Sequence[Mapping[str, Any]],
) -> tuple[dict[str, Any], dict[str, list[dict[str, str]]]]:
    """What is exposed, and what of it is published where."""
    exposed: dict[str, Any] = {}
    bindings: dict[str, list[dict[str, str]]] = {}
    for port in ports:
        name = f"{port['internal']}/{port.get('protocol', 'tcp')}"
        exposed[name] = {}
        binding = {"HostPort": str(port.get("external", 0)), "HostIp": port.get("ip", "")}
        bindings.setdefault(name, []).append(binding)
    return exposed, bindings


def volume_binds(
    volumes: Sequence[Mapping[str, Any]],
) -> tuple[dict[str, Any], list[str], list[str]]:
    """Anonymous volumes, binds and the containers whose volumes are shared."""
    targets: dict[str, Any] = {}
    binds: list[str] = []
    sources: list[str] = []
    for volume in volumes:
        source, target = volume.get("fromContainer"), volume.get("containerPath")
        if not source and not target:
            raise ResourceError(
                "Unable to parse volumes: volume entry without container path or source container"
            )
        if source and target:
            raise ResourceError(
                "Unable to parse volumes: both a container and a path specified in a volume entry"
            )
        if source:
            sources.append(source)
            continue
        targets[str(target)] = {}
        name = volume.get("hostPath") or volume.get("volumeName")
        if name:
            mode = "ro" if volume.get("readOnly") else "rw"
            label = volume.get("selinuxRelabel")
            binds.append(f"{name}:{target}:{mode},{label}" if label else f"{name}:{target}:{mode}")
    return targets, binds, sources


def mount(planned: Mapping[str, Any]) -> dict[str, Any]:
    """One mount as the engine takes it."""
    kind = planned["type"]
    result: dict[str, Any] = {
        "Type": kind,
        "Target": planned["target"],
        "Source": planned.get("source", ""),
        "ReadOnly": planned.get("readOnly", False),
    }
    if kind == "bind" and "bindOptions" in planned:
        result["BindOptions"] = {"Propagation": planned["bindOptions"].get("propagation", "")}
    if kind == "volume" and "volumeOptions" in planned:
        options = planned["volumeOptions"]
        result["VolumeOptions"] = {
            "NoCopy": options.get("noCopy", False),
            "Labels": label_map(options.get("labels")),
            "DriverConfig": {
                "Name": options.get("driverName", ""),
                "Options": options.get("driverOptions") or {},
            },
        }
        if options.get("subpath"):
            result["VolumeOptions"]["Subpath"] = options["subpath"]
    if kind == "tmpfs" and "tmpfsOptions" in planned:
        options = planned["tmpfsOptions"]
        result["TmpfsOptions"] = {
            "SizeBytes": options.get("sizeBytes", 0),
            "Mode": options.get("mode", 0),
        }
    return result
