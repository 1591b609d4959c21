"""What was read from the kernel, as plain values. No decisions, no input or output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from verifier.held import Held

NAMESPACES = ("mnt", "ipc", "uts", "pid", "net", "user", "cgroup", "time")
ALWAYS_REQUIRED = NAMESPACES[:5]

Ns = tuple[int, int]
"""Identity of a namespace: (st_dev, st_ino) of its /proc/<pid>/ns file."""

IdMap = tuple[tuple[int, int, int], ...]
"""Lines of uid_map or gid_map: (first id inside, first id outside, how many)."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A fact that could not be read. `why` is an errno name (EACCES) or a short reason."""

    why: str


NsMap = Mapping[str, Ns | Unread]


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process of the scan.

    `ids` are the container ids its cgroups say (one, unless they contradict each other);
    `shim_id` is the id a containerd-shim was started for.
    """

    pid: int
    ppid: int
    comm: str
    starttime: int
    ids: tuple[str, ...] = ()
    shim_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Init:
    """Which process is the first of a container, and how that is known."""

    pid: int = 0
    starttime: int = 0
    source: str = ""
    shim: int = 0
    others: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The fields of /proc/<pid>/status that checks use; ids as seen from the observer."""

    uid: int
    nspid: tuple[int, ...]
    cap_effective: int
    cap_bounding: int
    seccomp: int
    no_new_privs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """One line of mountinfo. `device` is major:minor, `shared` its peer group or 0."""

    device: str
    root: str
    at: str
    writable: bool
    fs: str
    shared: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a container's own /proc lists: how many processes, and those that are not its."""

    visible: int
    sees_itself: bool
    foreign: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A declared mount as it was found. `at` is its path without symbolic links, `written` is
    "written" or the errno name of the attempt, `sees` are the (container, path) of all declared
    mounts in which this one's marker appeared.
    """

    path: str
    at: str
    mount: Mount | None
    identity: Ns | Unread
    written: str
    sees: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One container. `root` is the identity of its root folder, `sockets` the paths of
    sockets that are mounted into it; `moved` says how its first process changed meanwhile.
    """

    name: str
    id: str
    init: Init
    ns: NsMap
    status: Status | Unread
    uid_map: IdMap | Unread
    gid_map: IdMap | Unread
    view: View | Unread
    root: Ns | Unread
    mounts: tuple[Mount, ...] | Unread
    sockets: tuple[str, ...] | Unread
    volumes: tuple[Declared, ...] = ()
    moved: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shim:
    """A containerd-shim: the host-side parent of a container's first process.

    `depth` is the number of PID namespaces from the read procfs down to it: 1 for a real shim.
    """

    pid: int
    comm: str
    ns: NsMap
    depth: int
    uid_map: IdMap | Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class Observer:
    """The verifier's own surroundings. Id maps read true only from the host's `user_ns`."""

    procfs: str
    kernel: str
    namespaces: tuple[str, ...]
    user_ns: Ns | Unread
    capabilities: int
    seccomp: int
    no_new_privs: int
    lsm: str
    cgroup: str
    kthreadd: bool
    shims: int
    processes: int
    scan_complete: bool = True


Result = tuple[str, float]
"""(what came of a connection: OK, OTHER, TIMEOUT or an errno name; milliseconds)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """An interface in use inside a container. `veth` and its `bridge` are those of the host that
    it is paired with, "" where there are none; `running` says whether all of them are up.
    """

    name: str
    kind: str
    addresses: tuple[tuple[str, int], ...] = ()
    veth: str = ""
    bridge: str = ""
    running: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplink:
    """The host's own way out; `problem` says why it is not known."""

    default_route: bool = False
    gateways: tuple[str, ...] = ()
    nameservers: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The network from inside one container: its addresses with prefix lengths, its interfaces,
    results by container and address, by container on 127.0.0.1, by "address:port" elsewhere, and
    (code, addresses) by asked container. `uplink` is known of the host's alone.
    """

    addresses: tuple[tuple[str, int], ...] = ()
    interfaces: tuple[Interface, ...] = ()
    reach: Mapping[str, Mapping[str, Result]] = field(default_factory=dict)
    loopback: Mapping[str, Result] = field(default_factory=dict)
    elsewhere: Mapping[str, Result] = field(default_factory=dict)
    names: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    uplink: Uplink | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """What came of one new namespace. `inside` is what its maker saw there.

    changed: the namespace's inode is a new one. found: the look that others are given finds it
    there too. asked: how many others looked; seen_by: who of them sees it; blind: who could not
    look, and why.
    """

    changed: bool
    inside: Mapping[str, Any]
    found: bool
    asked: int = 0
    seen_by: tuple[str, ...] = ()
    blind: Mapping[str, str] = field(default_factory=dict)


SeenBy = tuple[str, ...] | Unread
"""Names of all that see something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that one run read. `reference` holds kthreadd's namespaces, never used to judge.

    queues: who sees each container's message queue; posix: who sees its file, by folder; rooms:
    the network by container and of "the host", None when the spec declares no networks; demos: by
    namespace; host_names: what each container (and "the host") is called inside; powers: what the
    verifier itself held, from its start to its end.
    """

    observer: Observer
    targets: tuple[Target, ...]
    shims: Mapping[int, Shim]
    host_root: Ns | Unread
    host_mounts: tuple[Mount, ...] | Unread
    queues: Mapping[str, SeenBy]
    posix: Mapping[str, Mapping[str, SeenBy]]
    demos: Mapping[str, Demonstration | Unread]
    host_names: Mapping[str, str | Unread]
    rooms: Mapping[str, Room | Unread] | None = None
    reference: NsMap = field(default_factory=dict)
    powers: tuple[Held, ...] = ()
    retried: bool = False
