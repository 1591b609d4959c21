"""How we know: by check id, what was done and why that is proof. Pure text.

A report may carry a sentence of its own in a row's `how`; that one wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_HOST = (
    "The kernel gives every namespace an inode number. The number of /proc/<pid>/ns/{0} was read "
    "for the container's first process and for the containerd-shim that started it from the host: "
    "two numbers, two namespaces."
)
_PEER = (
    "The inode numbers of /proc/<pid>/ns/{0} of all containers were compared while their files "
    "were held open, so that no number could be used again: as many numbers as containers."
)
_NAMES = ("mnt", "ipc", "uts", "pid", "net", "user", "cgroup", "time")
_METHODS = {
    "inode": "Inode numbers that the kernel gives were compared.",
    "behaviour": "It was tried, and what happened was looked at.",
    "procfs": "The kernel's own account under /proc was read.",
}

HOW: Mapping[str, str] = {
    **{f"{name}.host": _HOST.format(name) for name in _NAMES},
    **{f"{name}.peer": _PEER.format(name) for name in _NAMES},
    "env.self": (
        "The host's /proc was searched for what only a host has: the kernel's own threads and the "
        "containerd-shims. Who cannot see these would take everything for isolated."
    ),
    "env.drop": (
        "After each step the verifier read its own capabilities in /proc/self/status and tried to "
        "become root again: what the rest of the run does not need is gone for good."
    ),
    "map": (
        "The container's 64-digit id was found in the cgroup or the shim's arguments of exactly "
        "one live process; its start time was read again at the end, so it is one process all "
        "through."
    ),
    "baseline": (
        "What 'the host' means was taken from the containerd-shims, the processes that started "
        "the containers from outside, and all of them agree."
    ),
    "pid.view": (
        "NSpid in /proc/<pid>/status gives the first process's number in each namespace, the last "
        "one being 1; and the container's own /proc was listed: it names its own processes alone."
    ),
    "ipc.sysv": (
        "A System V message queue with a random key was made inside the container; then the list "
        "of queues was read in every container and on the host. The container itself saw it, so "
        "the look works; nobody else did."
    ),
    "ipc.shm": (
        "A file with a random name was left in the container's /dev/mqueue and /dev/shm, then "
        "looked for in everybody's. The container itself saw it; nobody else did."
    ),
    "uts.name": (
        "The host name was read from inside. It is shown and proves nothing: two containers may "
        "have one name and yet be apart. The inode in uts.host is the proof."
    ),
    "user.map": (
        "/proc/<pid>/uid_map and gid_map say which id outside stands behind each id inside; none "
        "of them leads to id 0, the host's root."
    ),
    "mnt.root": (
        "Device and inode number of the container's root folder were compared with the host's and "
        "with every other container's: nobody stands on the same one."
    ),
    "mnt.propagation": (
        "/proc/<pid>/mountinfo names the peer group of each shared mount; no group reaches into "
        "another container or the host, so no mount made here can appear there."
    ),
    "mnt.undeclared": (
        "Every line of /proc/<pid>/mountinfo was set against what an engine always mounts and "
        "what the lab file declares: nothing is left over."
    ),
    "mnt.socket": (
        "The file at each mount was asked for its type. None is a socket, so no container holds "
        "docker.sock, with which it could start others on the host."
    ),
    "confine": (
        "CapBnd, CapEff, Seccomp and NoNewPrivs in /proc/<pid>/status: none of the capabilities "
        "that undo isolation is held or can be got, and system calls go through a filter."
    ),
    "vol.mode": (
        "A new file was made at each mount: it stayed where writing is declared, and the kernel "
        "refused it with EROFS where it is not; the mount's flags say the same."
    ),
    "vol.share": (
        "A marker written at one mount was looked for at all the others: it is there exactly where "
        "the lab file mounts the same data, and device and inode of the folder agree."
    ),
    "vol.submount": (
        "Read-only does not reach what is mounted underneath; so every mount below was read from "
        "mountinfo, and none of them is writable."
    ),
    "vol.outlives": (
        "Something was written to a volume, the container that wrote it was removed, and a new "
        "container read the same bytes: a volume's life is not its container's."
    ),
    "vol.layer": (
        "The size of a container's own layer was measured before and after writing to a volume: "
        "the volume grew, the layer did not."
    ),
    "net.loopback": (
        "A listener was opened on 127.0.0.1 in each container, and each tried all of those port "
        "numbers on its own 127.0.0.1: its own answered, the others' were not there."
    ),
    "net.self": (
        "The container connected to its own address and got through. This is the control: the "
        "listener lives, so silence towards others is a wall and no broken ear."
    ),
    "net.reach": (
        "In every container a listener of ours was opened, and every other container tried to "
        "connect to it. On one bridge the connection came about; between bridges it ran into "
        "silence, while the same listener answered its own side."
    ),
    "net.dns": (
        "Each container asked its resolver for every other by name. It got the real address for "
        "those on its networks and none for the rest; the answer about itself shows that the "
        "resolver works."
    ),
    "net.egress": (
        "Containers on ordinary networks got out of the host, which shows that there is a way; "
        "from internal networks the same attempt did not get out."
    ),
    "net.published": (
        "The published ports were tried from the containers at the host's addresses. It is shown, "
        "not judged: a published port is meant to be reached."
    ),
    "net.link": (
        "Each container's interface names the number of its other end; at that number the host has "
        "a veth interface, whose master is the bridge. A cable has two ends, and both were seen."
    ),
    "demo.mnt": (
        "A process took a new mount namespace and mounted a folder; the mount tables of the host "
        "and of all containers were read while it lasted."
    ),
    "demo.ipc": (
        "A process took a new IPC namespace and made a queue; the lists of queues of the host and "
        "of all containers were read while it lasted."
    ),
    "demo.uts": (
        "A process took a new UTS namespace and set a host name; the host's name was read before, "
        "meanwhile and after."
    ),
    "demo.pid": (
        "A process took a new PID namespace and started a child; the child asked for its own "
        "number, and the host's /proc was read for the number it has there."
    ),
    "demo.net": (
        "A process took a new network namespace and listed its interfaces; the host's were listed "
        "by the same means."
    ),
    "demo.user": (
        "A process without any privilege took a new user namespace and became root in it, then "
        "tried what only root may do, with and without a UTS namespace of its own."
    ),
    "spec": "The question to the verifier was read before anything was done; nothing was run.",
    "verifier": "The verifier itself did not come to its end, so nothing was proven.",
}


def how(row: Mapping[str, Any]) -> str:
    """How a row of the report is known; for an id of another verifier, by its method."""
    own = row.get("how")
    if isinstance(own, str) and own:
        return own
    found = HOW.get(str(row.get("id")))
    return found or _METHODS.get(str(row.get("method")), "")
