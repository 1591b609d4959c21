"""Folders of the machine in containers, whether as binds or through a volume's options."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from policy import kinds
from policy.resource import Resource
from policy.rule import CannotTell, Rule
from policy.rules import verification
from policy.values import at, each, listed, look

_SOCKETS = (
    "/run/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/run/docker.sock",
    "/run/k3s/containerd/containerd.sock",
    "/run/podman/podman.sock",
)
_SOCKET_NAMES = {posixpath.basename(path) for path in _SOCKETS} | {"buildkitd.sock"}
_TREES = (
    *("/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/sbin", "/sys", "/usr"),
    *("/var/lib/containerd", "/var/lib/docker", "/var/spool/cron"),
)
_HOMES = re.compile(r"/home|/root|/home/[^/]+|(/root|/home/[^/]+)/\.(?!docklab(/|$))[^/]*(/.*)?")
# What a mount of such a file system shows, wherever it is.
_OF_THE_KERNEL = {
    "cgroup": "/sys/fs/cgroup",
    "cgroup2": "/sys/fs/cgroup",
    "debugfs": "/sys/kernel/debug",
    "devtmpfs": "/dev",
    "proc": "/proc",
    "sysfs": "/sys",
    "tracefs": "/sys/kernel/tracing",
}
# Made for the lab: below the clone, or a folder of this name in a home or in /srv.
_LAB_FOLDERS = {".docklab", "docklab"}


@dataclass(frozen=True, kw_only=True)
class _Bind:
    source: str
    read_only: bool


def clean(path: str) -> str:
    """Without `//`, `.`, `..` and trailing slashes; /var/run is /run."""
    flat = "/" + posixpath.normpath(path).lstrip("/") if path.startswith("/") else path
    return re.sub(r"^/var/run(?=/|$)", "/run", flat)


def within(path: str, tree: str) -> bool:
    return path == tree or tree == "/" or path.startswith(f"{tree}/")


def holds_socket(path: str) -> bool:
    """Whether a folder or file of the machine gives a container engine's socket away."""
    path = clean(path)
    if posixpath.basename(path) in _SOCKET_NAMES or re.fullmatch(r"/run/user(/\d+)?", path):
        return True
    # /var holds /var/run, which is a link on today's machines and a folder on some.
    return path == "/var" or any(within(socket, path) for socket in _SOCKETS)


def is_sensitive(path: str) -> bool:
    """Whether a folder of the machine is its own, or holds one that is."""
    path = clean(path)
    inside = any(within(path, tree) or within(tree, path) for tree in _TREES)
    return inside or bool(_HOMES.fullmatch(path))


def is_of_the_lab(path: str) -> bool:
    return bool(_LAB_FOLDERS & set(clean(path).split("/")[:-1]))


def _binds(resource: Resource) -> Iterator[_Bind | CannotTell]:
    """All ways in which a resource brings a folder of the machine into a container."""
    if resource.type == kinds.VOLUME:
        yield from _by_options(resource)
        return
    for mount in listed(resource, "mounts"):
        try:
            if at(mount, "type") == "bind" and not verification.is_its_bind(resource, mount):
                yield _Bind(
                    source=str(at(mount, "source")), read_only=at(mount, "readOnly") is True
                )
        except CannotTell as reason:
            yield reason
    for volume in listed(resource, "volumes"):
        try:
            if at(volume, "hostPath"):
                source = str(at(volume, "hostPath"))
                yield _Bind(source=source, read_only=at(volume, "readOnly") is True)
        except CannotTell as reason:
            yield reason


def _by_options(resource: Resource) -> Iterator[_Bind]:
    options = look(resource, "driverOpts")
    if not isinstance(options, Mapping):
        return
    flags = str(at(options, "o") or "").split(",")
    for source in _sources(str(at(options, "type")), str(at(options, "device") or ""), flags):
        yield _Bind(source=source, read_only="ro" in flags)


def _sources(kind: str, device: str, flags: Sequence[str]) -> Iterator[str]:
    """Folders and devices of the machine that such a file system shows."""
    if device.startswith("/") or kind == "none" or {"bind", "rbind"} & {*flags}:
        yield device
    if kind in _OF_THE_KERNEL:
        yield _OF_THE_KERNEL[kind]
    for flag in flags:
        name, _, value = flag.partition("=")
        if name in ("lowerdir", "upperdir", "workdir"):
            yield from value.split(":")


def _told(
    resource: Resource, wrong: str, is_wrong: Callable[[_Bind], bool]
) -> Iterator[str | CannotTell]:
    def of(bind: object) -> Iterator[str | CannotTell]:
        if isinstance(bind, CannotTell):
            yield bind
        elif isinstance(bind, _Bind) and is_wrong(bind):
            yield wrong.format(source=bind.source)

    yield from each(list(_binds(resource)), of)


def _sockets(resource: Resource) -> Iterator[str | CannotTell]:
    yield from _told(resource, "{source} is mounted", lambda bind: holds_socket(bind.source))


def _sensitive(resource: Resource) -> Iterator[str | CannotTell]:
    yield from _told(resource, "{source} is mounted", lambda bind: is_sensitive(bind.source))


def _writable(resource: Resource) -> Iterator[str | CannotTell]:
    yield from _told(
        resource,
        "{source} can be written",
        lambda bind: not bind.read_only and not is_of_the_lab(bind.source),
    )


RULES = (
    Rule(
        id="runtime-socket",
        title="No container holds a container engine's socket",
        severity="high",
        reason="Whoever holds the socket starts a privileged container, and is root on the "
        "machine; read-only changes nothing about that",
        remedy="take the mount out",
        reference="CIS Docker 1.2, 5.31; checkov CKV_K8S_27",
        types=(kinds.CONTAINER, kinds.VOLUME),
        check=_sockets,
    ),
    Rule(
        id="sensitive-folder",
        title="No container holds a folder of the machine's own",
        severity="high",
        reason="Accounts, keys, programs or the engine's data are in it, or below it",
        remedy="mount a folder of the lab's own, such as ${lab_dir}/notes",
        reference="CIS Docker 1.2, 5.5",
        types=(kinds.CONTAINER, kinds.VOLUME),
        check=_sensitive,
    ),
    Rule(
        id="writable-bind",
        title="What is mounted from outside the lab's folder is read-only",
        severity="medium",
        reason="A container can change or fill what others on the machine rely on",
        remedy="mode: ro, or a source below ${lab_dir}",
        reference="CIS Docker 1.2, 5.5",
        types=(kinds.CONTAINER, kinds.VOLUME),
        check=_writable,
    ),
)
