"""What containers may do beyond the confined default, what they mount, and whom they reach."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from policy.resource import SECRET, Resource
from review.exposure.row import VOLUME, Exposed, is_verification, key_of

CONTAINER = "docker:index/container:Container"
NETWORK = "docker:index/network:Network"
_MODES = {"networkMode": "NET", "pidMode": "PID", "ipcMode": "IPC", "usernsMode": "USER"}
_MOST = 60


def of_container(one: Resource) -> Iterator[Exposed]:
    """Rows of one container of the lab."""
    key, inputs = key_of(one), one.inputs
    yield Exposed(
        topic="identities", subject=key, text=_command(inputs), kind="tells", way="command"
    )
    yield from _ports(key, inputs)
    yield from _powers(key, inputs)
    yield from _namespaces(key, inputs)
    yield from _mounts(key, inputs)
    for entry in texts(inputs.get("envs")):
        name, _, value = entry.partition("=")
        if value.startswith(SECRET[:-1]):
            yield Exposed(topic="secrets", subject=key, text=f"gets the secret {name}")


def _command(inputs: Mapping[str, Any]) -> str:
    """What it runs, on one line; of a long one the begin, and what tells it from another."""
    words = [*texts(inputs.get("entrypoints")), *texts(inputs.get("command"))]
    if not words:
        return "runs what its image says"
    line = " ".join(" ".join(words).split())
    if len(line) <= _MOST:
        return f"runs {line}"
    return f"runs {line[:_MOST]}… ({hashlib.sha256(line.encode()).hexdigest()[:8]})"


def _ports(key: str, inputs: Mapping[str, Any]) -> Iterator[Exposed]:
    for port in maps(inputs.get("ports")):
        address = str(port.get("ip") or "0.0.0.0")
        local = address.startswith("127.")
        everyone = (
            "whoever reaches the machine" if address == "0.0.0.0" else f"whoever reaches {address}"
        )
        whom = "this machine alone" if local else everyone
        yield Exposed(
            topic="published ports",
            subject=key,
            kind="tells" if local else "opens",
            text=f"{address}:{port.get('external')}/{port.get('protocol', 'tcp')} leads to its "
            f"port {port.get('internal')}: for {whom}",
        )
    if inputs.get("publishAllPorts"):
        yield Exposed(topic="published ports", subject=key, text="publishes all ports of its image")


def _powers(key: str, inputs: Mapping[str, Any]) -> Iterator[Exposed]:
    def opens(text: str) -> Exposed:
        return Exposed(topic="powers", subject=key, text=text)

    def guards(text: str) -> Exposed:
        return Exposed(topic="powers", subject=key, text=text, kind="guards")

    capabilities = inputs.get("capabilities") or {}
    for name in texts(capabilities.get("adds")):
        yield opens(f"has {name}")
    dropped = "ALL" in texts(capabilities.get("drops"))
    yield guards("drops every capability") if dropped else opens("keeps the engine's capabilities")
    if inputs.get("privileged"):
        yield opens("is privileged: it is the machine's root")
    for device in maps(inputs.get("devices")):
        yield opens(f"has the machine's device {device.get('hostPath')}")
    read_only = inputs.get("readOnly") is True
    yield guards("root file system is read-only") if read_only else opens("writes to its own layer")
    options = texts(inputs.get("securityOpts"))
    if any(option.startswith("no-new-privileges") and "false" not in option for option in options):
        yield guards("gains no privileges after its start")
    for option in options:
        if option.endswith(("unconfined", "disable", "systempaths=unconfined")):
            yield opens(f"security option {option}")
    user = str(inputs.get("user") or "")
    if user and user.partition(":")[0] not in ("0", "root"):
        yield guards("does not run as root")
    if inputs.get("memory"):
        yield guards("memory is limited")


def _namespaces(key: str, inputs: Mapping[str, Any]) -> Iterator[Exposed]:
    for name, namespace in _MODES.items():
        mode = str(inputs.get(name) or "")
        if mode.startswith("container:"):
            text = f"shares the {namespace} namespace of {mode.removeprefix('container:')}"
        elif mode == "host":
            text = f"is in the machine's {namespace} namespace"
        else:
            continue
        yield Exposed(topic="powers", subject=key, text=text)


def _mounts(key: str, inputs: Mapping[str, Any]) -> Iterator[Exposed]:
    for mount in maps(inputs.get("mounts")):
        source = str(mount.get("source"))
        volume = mount.get("type") == "volume"
        what = f"{VOLUME}{_volume(source)}" if volume else f"folder {source} of the machine"
        yield from _mount(key, what, mount.get("target"), mount.get("readOnly") is not True)
    for volume in maps(inputs.get("volumes")):
        if volume.get("hostPath"):
            what = f"folder {volume['hostPath']} of the machine"
            yield from _mount(key, what, volume.get("containerPath"), not volume.get("readOnly"))


def _mount(key: str, what: str, target: object, writes: bool) -> Iterator[Exposed]:
    for verb in ("reads", "writes") if writes else ("reads",):
        yield Exposed(topic="mounts", subject=key, text=f"{verb} {what} at {target}", way=what)


def _volume(source: str) -> str:
    return source.removeprefix("${").removesuffix("-volume.name}")


def of_networks(resources: Sequence[Resource]) -> Iterator[Exposed]:
    """Who talks to whom over which bridge, and which bridges lead out of the machine."""
    networks = {str(one.inputs.get("name")): one for one in resources if one.type == NETWORK}
    members: dict[str, list[str]] = {name: [] for name in networks}
    for one in resources:
        if one.type == CONTAINER and not is_verification(one):
            for attachment in maps(one.inputs.get("networksAdvanced")):
                members.setdefault(str(attachment.get("name")), []).append(key_of(one))
    for name, found in members.items():
        shown = key_of(networks[name]) if name in networks else name
        for left, right in combinations(sorted(found), 2):
            text = f"reaches {right} over {shown}"
            yield Exposed(topic="who reaches whom", subject=left, text=text)
        internal = name in networks and networks[name].inputs.get("internal") is True
        yield Exposed(
            topic="ways out",
            subject=shown,
            text="is internal: no way out of the machine"
            if internal
            else "leads out of the machine",
            kind="guards" if internal else "opens",
        )


def maps(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
