"""Reads all facts of a run, once, and once more when a container restarted meanwhile.

A thin shell: it opens, reads and closes; what the facts mean is `judge`'s work.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace

from verifier import inside, proctext
from verifier.behaviour import Behaviour
from verifier.facts import (
    NAMESPACES,
    Facts,
    IdMap,
    Init,
    Ns,
    NsMap,
    Shim,
    Status,
    Target,
    Unread,
)
from verifier.inside import Views
from verifier.libc import file_access_as, outside_root
from verifier.mapping import find_inits
from verifier.posix import try_folders
from verifier.procfs import Deadline, ProcFs
from verifier.scan import KTHREADD, observe, read_status, scan
from verifier.spec import Container, Spec
from verifier.volumes import try_volumes

NO_SHIM = Unread("no containerd-shim")
LATE = Unread("deadline")
Timings = dict[str, float]


def gather(spec: Spec, proc: ProcFs, deadline: Deadline) -> tuple[Facts, Timings]:
    """Facts, and milliseconds by phase. A container that restarts twice stays `moved`."""
    _allow_many_files()
    facts, timings = _once(spec, proc, deadline, retried=False)
    if any(target.moved for target in facts.targets) and not deadline.passed():
        facts, timings = _once(spec, proc, deadline, retried=True)
    return facts, timings


def _once(spec: Spec, proc: ProcFs, deadline: Deadline, *, retried: bool) -> tuple[Facts, Timings]:
    timings: Timings = {}
    with ExitStack() as held:
        clock = _stopwatch(timings)
        wanted = [container.id for container in spec.containers]
        processes, complete = scan(proc, deadline)
        inits = find_inits(processes, wanted)
        observer = observe(proc, processes, complete)
        clock("map")
        reader = _NsReader(proc, observer.namespaces, held, deadline)
        views = Views(proc, processes, deadline)
        targets = [_target(proc, c, inits[c.id], reader, views) for c in spec.containers]
        comms = {process.pid: process.comm for process in processes}
        owners = sorted({init.shim for init in inits.values() if init.shim})
        shims = {pid: _shim(proc, pid, comms[pid], reader) for pid in owners}
        reference = reader.read(KTHREADD) if observer.kthreadd else {}
        clock("namespaces")
        host = owners[0] if owners else 0
        behaviour = Behaviour(spec, targets, host, reader.files, held, deadline)
        targets = list(try_volumes(proc, targets, spec.containers))
        clock("volumes")
        seen_queues = behaviour.queues()
        clock("queues")
        seen_files = try_folders(proc, targets, host)
        clock("posix")
        demos, host_names = behaviour.demonstrations(proc)
        clock("demonstrations")
        rooms = behaviour.rooms()
        clock("network")
        targets = [_recheck(proc, target) for target in targets]
        clock("recheck")
    facts = Facts(
        observer=observer,
        targets=tuple(targets),
        shims=shims,
        host_root=inside.root_of(proc, host) if host else NO_SHIM,
        host_mounts=inside.mounts_of(proc, host) if host else NO_SHIM,
        queues=seen_queues,
        posix=seen_files,
        demos=demos,
        host_names=host_names,
        rooms=rooms,
        reference=reference,
        retried=retried,
    )
    return facts, timings


def _stopwatch(timings: Timings) -> Callable[[str], None]:
    last = [time.monotonic()]

    def lap(name: str) -> None:
        now = time.monotonic()
        timings[name] = round((now - last[0]) * 1000, 2)
        last[0] = now

    return lap


def _allow_many_files() -> None:
    """A hundred containers hold 1,600 namespace files; newer engines start with 1,024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class _NsReader:
    """Reads namespaces and keeps their files open: an inode number is unique while held."""

    def __init__(
        self, proc: ProcFs, names: tuple[str, ...], held: ExitStack, deadline: Deadline
    ) -> None:
        self._proc, self._names, self._held, self._deadline = proc, names, held, deadline
        self.files: dict[tuple[int, str], int] = {}

    def read(self, pid: int) -> NsMap:
        return {name: self._one(pid, name) for name in self._names}

    def _one(self, pid: int, name: str) -> Ns | Unread:
        if self._deadline.passed():
            return LATE
        fd = self._proc.open_ns(pid, name)
        if isinstance(fd, Unread):
            return fd
        self._held.callback(os.close, fd)
        self.files[pid, name] = fd
        found = os.fstat(fd)
        return found.st_dev, found.st_ino


def _target(
    proc: ProcFs, container: Container, init: Init, reader: _NsReader, views: Views
) -> Target:
    if not init.pid:
        missing = Unread("no process")
        return Target(
            name=container.name,
            id=container.id,
            init=init,
            ns=dict.fromkeys(NAMESPACES, missing),
            status=missing,
            uid_map=missing,
            gid_map=missing,
            view=missing,
            root=missing,
            mounts=missing,
            sockets=missing,
        )
    ns = reader.read(init.pid)
    status, mounts = read_status(proc, init.pid), inside.mounts_of(proc, init.pid)
    maps = _id_map(proc, init.pid, "uid_map"), _id_map(proc, init.pid, "gid_map")
    with file_access_as(outside_root(maps[0]), outside_root(maps[1])):
        root = inside.root_of(proc, init.pid)
        sockets = inside.sockets_of(proc, init.pid, mounts)
        view = views.of(container.id, init.pid, status)
    return Target(
        name=container.name,
        id=container.id,
        init=init,
        ns=ns,
        status=status,
        uid_map=maps[0],
        gid_map=maps[1],
        view=view,
        root=root,
        mounts=mounts,
        sockets=sockets,
    )


def _shim(proc: ProcFs, pid: int, comm: str, reader: _NsReader) -> Shim:
    status = read_status(proc, pid)
    return Shim(
        pid=pid,
        comm=comm,
        ns=reader.read(pid),
        depth=len(status.nspid) if isinstance(status, Status) else 0,
        uid_map=_id_map(proc, pid, "uid_map"),
    )


def _id_map(proc: ProcFs, pid: int, name: str) -> IdMap | Unread:
    text = proc.read(pid, name)
    if isinstance(text, Unread):
        return text
    try:
        return proctext.id_map(text) or Unread("no map was ever written")
    except ValueError as error:
        return Unread(str(error))


def _recheck(proc: ProcFs, target: Target) -> Target:
    """The same target, saying whether its first process is still what it was."""
    if not target.init.pid:
        return target
    moved = _moved(proc, target)
    return target if not moved else replace(target, moved=moved)


def _moved(proc: ProcFs, target: Target) -> str:
    stat = proc.read(target.init.pid, "stat")
    if isinstance(stat, Unread):
        return f"process {target.init.pid} ended"
    fields = proctext.stat_fields(stat)
    if fields is None or fields[2] != target.init.starttime:
        return f"pid {target.init.pid} is another process now"
    for name, before in target.ns.items():
        now = proc.stat_ns(target.init.pid, name)
        if not isinstance(before, Unread) and now != before:
            return f"its {name} namespace changed"
    return ""
