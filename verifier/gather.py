"""Reads all facts of a run, once, and once more when a container restarted meanwhile.

A thin shell: it opens, reads and closes; what the facts mean is `judge`'s work. First comes all
that takes root, then all that takes entering namespaces, so that powers can be given away early.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass

from verifier import inside, proctext
from verifier.behaviour import Behaviour
from verifier.facts import (
    NAMESPACES,
    Facts,
    IdMap,
    Init,
    Mount,
    Ns,
    NsMap,
    Observer,
    SeenBy,
    Shim,
    Status,
    Target,
    Unread,
)
from verifier.inside import Views
from verifier.libc import file_access_as, outside_root
from verifier.mapping import find_inits
from verifier.moved import recheck
from verifier.nsreader import NsReader
from verifier.posix import try_folders
from verifier.powers import ENTER, LOOK, Powers
from verifier.procfs import Deadline, ProcFs
from verifier.scan import KTHREADD, observe, read_status, scan
from verifier.spec import Container, Spec
from verifier.volumes import try_volumes

NO_SHIM = Unread("no containerd-shim")
Timings = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What was read with the powers of root; `behaviour` tries things with less, in children."""

    observer: Observer
    targets: tuple[Target, ...]
    shims: Mapping[int, Shim]
    reference: NsMap
    host_root: Ns | Unread
    host_mounts: tuple[Mount, ...] | Unread
    posix: Mapping[str, Mapping[str, SeenBy]]
    behaviour: Behaviour


def gather(
    spec: Spec, proc: ProcFs, deadline: Deadline, powers: Powers | None = None
) -> tuple[Facts, Timings]:
    """Facts, and milliseconds by phase. A container that restarts twice stays `moved`, and so
    does one that restarts when the powers to look at it anew are given away already.
    """
    _allow_many_files()
    powers = powers or Powers(real=False)
    timings: Timings = {}
    for retried in (False, True):
        with ExitStack() as held:
            clock = _stopwatch(timings)
            seen = _look(spec, proc, held, deadline, clock)
            moved = any(target.moved for target in seen.targets)
            if moved and not retried and not deadline.passed():
                continue
            return _try(seen, proc, powers, clock, retried), timings
    raise AssertionError("the second look is the last")


def _look(
    spec: Spec, proc: ProcFs, held: ExitStack, deadline: Deadline, clock: Callable[[str], None]
) -> _Seen:
    """All that takes root, or acting as another user: processes, files, mounts, volumes."""
    wanted = [container.id for container in spec.containers]
    processes, complete = scan(proc, deadline)
    inits = find_inits(processes, wanted)
    observer = observe(proc, processes, complete)
    clock("map")
    reader = NsReader(proc, observer.namespaces, held, deadline)
    pids = {container.name: inits[container.id].pid for container in spec.containers}
    owners = sorted({init.shim for init in inits.values() if init.shim})
    host = owners[0] if owners else 0
    for pid in filter(None, (*pids.values(), *owners)):
        reader.read(pid)
    clock("namespaces")
    # The network is silence for most of its time: it begins before the rest is looked at.
    behaviour = Behaviour(spec, proc, pids, host, reader.files, held, deadline)
    views = Views(proc, processes, deadline)
    targets = [_target(proc, c, inits[c.id], reader, views) for c in spec.containers]
    comms = {process.pid: process.comm for process in processes}
    shims = {pid: _shim(proc, pid, comms[pid], reader) for pid in owners}
    reference = reader.read(KTHREADD) if observer.kthreadd else {}
    clock("containers")
    targets = list(try_volumes(proc, targets, spec.containers, deadline))
    clock("volumes")
    posix = try_folders(proc, targets, host, deadline)
    clock("posix")
    return _Seen(
        observer=observer,
        targets=tuple(recheck(proc, target) for target in targets),
        shims=shims,
        reference=reference,
        host_root=inside.root_of(proc, host) if host else NO_SHIM,
        host_mounts=inside.mounts_of(proc, host) if host else NO_SHIM,
        posix=posix,
        behaviour=behaviour,
    )


def _try(
    seen: _Seen, proc: ProcFs, powers: Powers, clock: Callable[[str], None], retried: bool
) -> Facts:
    """All that takes entering namespaces, as nobody and in children; then nothing is held."""
    powers.keep("files", (*LOOK, *ENTER))
    queues = seen.behaviour.queues()
    clock("queues")
    demos, host_names = seen.behaviour.demonstrations(proc)
    clock("demonstrations")
    powers.keep("demonstrations", LOOK)
    rooms = seen.behaviour.rooms()
    clock("network")
    targets = tuple(recheck(proc, target) for target in seen.targets)
    powers.keep("network", ())
    clock("recheck")
    return Facts(
        observer=seen.observer,
        targets=targets,
        shims=seen.shims,
        host_root=seen.host_root,
        host_mounts=seen.host_mounts,
        queues=queues,
        posix=seen.posix,
        demos=demos,
        host_names=host_names,
        rooms=rooms,
        reference=seen.reference,
        powers=tuple(powers.steps),
        retried=retried,
    )


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


def _target(
    proc: ProcFs, container: Container, init: Init, reader: NsReader, views: Views
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


def _shim(proc: ProcFs, pid: int, comm: str, reader: NsReader) -> Shim:
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
