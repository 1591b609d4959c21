"""Looks into containers through /proc/<pid>/root: their root, mounts, sockets, processes.

Only looks: opens no file of a container, so that nothing in it can make the verifier wait.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

from verifier import mountinfo
from verifier.facts import Mount, Ns, Process, Status, Unread, View
from verifier.procfs import Deadline, ProcFs, unread
from verifier.scan import read_status, scan

RUNTIME_SOCKETS = (
    "docker.sock",
    "docker/docker.sock",
    "containerd/containerd.sock",
    "docker/containerd/containerd.sock",
    "podman/podman.sock",
    "crio/crio.sock",
    "run/docker.sock",
    "var/run/docker.sock",
)


def root_of(proc: ProcFs, pid: int) -> Ns | Unread:
    try:
        found = os.stat(proc.path(pid, "root/"))
    except OSError as error:
        return unread(error)
    return found.st_dev, found.st_ino


def mounts_of(proc: ProcFs, pid: int) -> tuple[Mount, ...] | Unread:
    text = proc.read(pid, "mountinfo")
    if isinstance(text, Unread):
        return text
    try:
        return mountinfo.parse(text) or Unread("no mounts")
    except ValueError as error:
        return Unread(str(error))


def sockets_of(
    proc: ProcFs, pid: int, mounts: tuple[Mount, ...] | Unread
) -> tuple[str, ...] | Unread:
    """Paths, as the container sees them, of sockets that were mounted into it.

    Those are mount points that are sockets, and a runtime's well-known names below others.
    """
    if isinstance(mounts, Unread):
        return mounts
    found = []
    for mount in mounts:
        # The root holds what the image holds; a mount's own path is free of symbolic links.
        if mount.at == "/" or mount.fs in ("proc", "sysfs", "devpts", "mqueue", "cgroup"):
            continue
        names = [mount.at, *(f"{mount.at}/{name}" for name in RUNTIME_SOCKETS)]
        for name in names:
            kind = _kind(proc.path(pid, "root" + name))
            if isinstance(kind, Unread) and kind.why not in ("ENOENT", "ENOTDIR", "EACCES"):
                return kind
            if not isinstance(kind, Unread) and stat.S_ISSOCK(kind):
                found.append(name)
    return tuple(sorted(set(found)))


def _kind(path: str) -> int | Unread:
    try:
        return os.lstat(path).st_mode
    except OSError as error:
        return unread(error)


class Views:
    """Compares what containers' own /proc lists with the processes that are theirs."""

    def __init__(self, proc: ProcFs, processes: Iterable[Process], deadline: Deadline) -> None:
        self._proc, self._deadline = proc, deadline
        self._processes = list(processes)

    def of(self, container_id: str, pid: int, status: Status | Unread) -> View | Unread:
        if isinstance(status, Unread):
            return status
        level = len(status.nspid) - 1
        listed = self._listed(pid)
        if isinstance(listed, Unread):
            return listed
        foreign = listed - self._own(self._processes, container_id, pid, level)
        if foreign:
            # Processes that began since the scan: whoever is there before and after a second
            # scan was there during it.
            fresh, _ = scan(self._proc, self._deadline)
            own = self._own(fresh, container_id, pid, level)
            again = self._listed(pid)
            if isinstance(again, Unread):
                return again
            foreign = (foreign & again) - own
        if self._deadline.passed():
            return Unread("deadline")
        return View(
            visible=len(listed),
            sees_itself=status.nspid[level] in listed,
            foreign=tuple(sorted(foreign)[:10]),
        )

    def _listed(self, pid: int) -> set[int] | Unread:
        try:
            names = os.listdir(self._proc.path(pid, "root/proc"))
        except OSError as error:
            return unread(error)
        return {int(name) for name in names if name.isdigit()}

    def _own(self, processes: list[Process], container_id: str, init: int, level: int) -> set[int]:
        """The container's processes by their numbers in its PID namespace."""
        pids = [process.pid for process in processes if process.ids == (container_id,)]
        if init not in pids:
            pids = _descendants(processes, init)
        found = set()
        for pid in pids:
            if self._deadline.passed():
                break
            status = read_status(self._proc, pid)
            if isinstance(status, Status) and len(status.nspid) > level:
                found.add(status.nspid[level])
        return found


def _descendants(processes: list[Process], init: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for process in processes:
        children.setdefault(process.ppid, []).append(process.pid)
    found, ahead = [], [init]
    while ahead:
        pid = ahead.pop()
        found.append(pid)
        ahead += children.get(pid, [])
    return found
