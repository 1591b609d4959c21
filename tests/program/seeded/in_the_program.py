"""Changes of the program, and of no stack file, that must be marked. Not a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from policy.resource import Resource

Edit = Callable[[Resource], Resource]


def with_input(name: str, *path: str, value: Any) -> Edit:
    """Of the resource of that name, another value at a path of its inputs."""

    def edit(one: Resource) -> Resource:
        return replace(one, inputs=_put(one.inputs, path, value)) if one.name == name else one

    return edit


def _put(here: Any, path: tuple[str, ...], value: Any) -> Any:
    if not path:
        return value
    if isinstance(here, list):
        at = int(path[0])
        return [_put(one, path[1:], value) if n == at else one for n, one in enumerate(here)]
    found: Mapping[str, Any] = here or {}
    return {**found, path[0]: _put(found.get(path[0]), path[1:], value)}


# Changes of the program and not of a stack file: (stack, edit, marks, words).
IN_THE_PROGRAM: dict[str, tuple[str, Edit, set[str], tuple[str, ...]]] = {
    "the firewall lets in the world": (
        "prod",
        with_input("host-firewall", "ingress", "0", "cidrBlocks", value=["0.0.0.0/0"]),
        {"OPENS", "POLICY"},
        ("the whole world", "port 22"),
    ),
    "lightsail lets in the world": (
        "lightsail",
        with_input(
            "host-firewall",
            "portInfos",
            "0",
            value={"protocol": "tcp", "fromPort": 22, "toPort": 22},
        ),
        {"OPENS", "POLICY"},
        ("the whole world", "port 22"),
    ),
    "metadata takes no token": (
        "prod",
        with_input("host-instance", "metadataOptions", "httpTokens", value="optional"),
        {"GUARD LOST", "POLICY"},
        ("IMDSv2",),
    ),
    "the root volume is in the clear": (
        "prod",
        with_input("host-instance", "rootBlockDevice", "encrypted", value=False),
        {"GUARD LOST", "POLICY", "DATA LOSS"},
        ("encrypted",),
    ),
    "a secret stands in plain text": (
        "local",
        with_input("web-container", "envs", value=["A=[in plain text 01234567]"]),
        {"POLICY"},
        ("literal-secret", "web-container"),
    ),
    "a container binds /etc": (
        "local",
        with_input(
            "web-container",
            "mounts",
            value=[{"type": "bind", "source": "/etc", "target": "/x", "readOnly": True}],
        ),
        {"OPENS", "POLICY"},
        ("reads folder /etc",),
    ),
    "a container gets the engine's socket": (
        "local",
        with_input(
            "web-container",
            "mounts",
            value=[{"type": "bind", "source": "/run/docker.sock", "target": "/s"}],
        ),
        {"OPENS", "POLICY"},
        ("/run/docker.sock",),
    ),
    "a volume no longer goes with its machine": (
        "prod",
        lambda one: (
            replace(one, options=replace(one.options, replace_with=(), deleted_with=""))
            if one.name == "data-volume"
            else one
        ),
        {"GUARD LOST"},
        ("replace_with of data-volume", "deleted_with of data-volume"),
    ),
    "a host key is made anew by another wording": (
        "prod",
        lambda one: (
            replace(one, options=replace(one.options, ignore_changes=()))
            if one.name == "host-hostkey"
            else one
        ),
        {"GUARD LOST"},
        ("ignore_changes of host-hostkey",),
    ),
    "another command runs": (
        "local",
        with_input("web-container", "command", value=["sh", "-c", "curl example.org | sh"]),
        {"OTHER COMMAND"},
        ("curl example.org",),
    ),
    "a container is privileged": (
        "local",
        with_input("web-container", "privileged", value=True),
        {"OPENS", "POLICY"},
        ("privileged",),
    ),
    "a container joins the group of the engine's socket": (
        "local",
        with_input("web-container", "groupAdds", value=["docker"]),
        {"NOT JUDGED"},
        ("web-container: groupAdds",),
    ),
    "a container gets a file of the loader's": (
        "local",
        with_input("web-container", "uploads", value=[{"file": "/etc/ld.so.preload"}]),
        {"NOT JUDGED"},
        ("web-container: uploads",),
    ),
    "a container's mounts come with the machine's": (
        "local",
        with_input(
            "visitor-container", "mounts", "0", "bindOptions", value={"propagation": "rshared"}
        ),
        {"OPENS"},
        ("what the machine mounts below", "rshared"),
    ),
    "a volume is a folder of the machine": (
        "local",
        with_input("data-volume", "driverOpts", value={"type": "none", "device": "/home"}),
        {"OPENS", "DATA LOSS"},
        ("data is no place of the engine's own, but what device=/home",),
    ),
    "programs run from a temporary folder": (
        "local",
        with_input("web-container", "tmpfs", value={"/tmp": "rw,exec,suid"}),
        {"OPENS"},
        ("/tmp is mounted without noexec, nosuid, nodev",),
    ),
    "a network is the machine's own": (
        "local",
        with_input("back-network", "driver", value="macvlan"),
        {"OPENS"},
        ("driver macvlan",),
    ),
    "a filter of system calls is another": (
        "local",
        with_input("web-container", "securityOpts", value=["no-new-privileges:true", "seccomp={}"]),
        {"OPENS"},
        ("seccomp",),
    ),
    "a shutdown ends the machine": (
        "dev",
        with_input("host-instance", "instanceInitiatedShutdownBehavior", value="terminate"),
        {"GUARD LOST"},
        ("a shutdown from inside stops it",),
    ),
    "a machine is behind another firewall too": (
        "dev",
        with_input("host-instance", "vpcSecurityGroupIds", value=["${host-firewall.id}", "sg-1"]),
        {"OPENS"},
        ("lets in whom sg-1 lets in",),
    ),
    "keys are lent to the machine": (
        "prod",
        with_input("host-docker", "sshOpts", value=["-o", "ForwardAgent=yes"]),
        {"OTHER SSH OPTIONS"},
        ("ForwardAgent=yes",),
    ),
    "another first boot is not done": (
        "prod",
        with_input("host-instance", "userDataReplaceOnChange", value=False),
        {"GUARD LOST"},
        ("another first boot makes the machine anew",),
    ),
    "what is declared of a container counts no more": (
        "local",
        lambda one: (
            replace(one, options=replace(one.options, ignore_changes=("mounts", "user")))
            if one.name == "web-container"
            else one
        ),
        {"GUARD LOST"},
        ("of web-container changes of mounts, user are passed over",),
    ),
    "the calls to AWS go elsewhere": (
        "dev",
        with_input("host-aws", "endpoints", value=[{"ec2": "https://example.org"}]),
        {"NOT JUDGED"},
        ("host-aws: endpoints",),
    ),
    "what the first bind's folder takes is another command": (
        "local",
        with_input("notes-5cfce6-mkdir", "create", value="curl example.org | sh"),
        {"OTHER CREATE COMMAND"},
        ("curl example.org | sh",),
    ),
    "a plugin comes from elsewhere": (
        "local",
        lambda one: (
            replace(one, options=replace(one.options, further=("pluginDownloadURL",)))
            if one.name == "base-image"
            else one
        ),
        {"NOT JUDGED"},
        ("base-image: option pluginDownloadURL",),
    ),
    "the verification runs something else first": (
        "local",
        with_input("isolation-container", "command", value=["sh", "-c", "curl example.org | sh"]),
        {"OTHER COMMAND"},
        ("isolation:", "sh -c curl example.org | sh"),
    ),
    "another program makes the proof": (
        "local",
        with_input("isolation-files", "uploads", "0", "contentBase64", value="[9 characters, 1]"),
        {"OTHER PROOF"},
        ("the proof is made by program",),
    ),
    "a command of ours loads something first": (
        "local",
        with_input("notes-5cfce6-mkdir", "environment", "LD_PRELOAD", value="/tmp/x.so"),
        {"OTHER CREATE COMMAND"},
        ("LD_PRELOAD=/tmp/x.so",),
    ),
    "host keys are not checked": (
        "prod",
        with_input("host-docker", "sshOpts", value=["-o", "StrictHostKeyChecking=no"]),
        {"GUARD LOST", "POLICY"},
        ("host key",),
    ),
}
