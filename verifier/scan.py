"""Finds every process of a procfs and reads the verifier's own surroundings."""

from __future__ import annotations

import os
import platform

from verifier import proctext
from verifier.facts import NAMESPACES, Observer, Process, Status, Unread
from verifier.procfs import Deadline, ProcFs

KTHREADD = 2


def scan(proc: ProcFs, deadline: Deadline) -> tuple[list[Process], bool]:
    """Every process there is, and whether the scan got to its end."""
    processes: list[Process] = []
    try:
        for pid in proc.pids():
            if deadline.passed():
                return processes, False
            process = _process(proc, pid)
            if process is not None:
                processes.append(process)
    except OSError:
        return processes, False
    return processes, True


def _process(proc: ProcFs, pid: int) -> Process | None:
    stat, cgroup = proc.read(pid, "stat"), proc.read(pid, "cgroup")
    fields = None if isinstance(stat, Unread) else proctext.stat_fields(stat)
    if fields is None:
        return None
    comm, ppid, starttime = fields
    shim_id = ""
    if comm.startswith(proctext.SHIM):
        cmdline = proc.read(pid, "cmdline")
        shim_id = "" if isinstance(cmdline, Unread) else proctext.shim_id(cmdline)
    ids = () if isinstance(cgroup, Unread) else proctext.container_ids(cgroup)
    return Process(pid=pid, ppid=ppid, comm=comm, starttime=starttime, ids=ids, shim_id=shim_id)


def observe(proc: ProcFs, processes: list[Process], complete: bool) -> Observer:
    own = read_status(proc, "self")
    known = own if isinstance(own, Status) else None
    cgroup = proc.read("self", "cgroup")
    lsm = proc.read("self", "attr/current")
    kernel = [name for name in NAMESPACES if os.path.lexists(f"/proc/self/ns/{name}")]
    return Observer(
        procfs=proc.root,
        kernel=platform.release(),
        namespaces=tuple(kernel),
        user_ns=proc.stat_ns("self", "user"),
        capabilities=known.cap_effective if known else 0,
        seccomp=known.seccomp if known else -1,
        no_new_privs=known.no_new_privs if known else -1,
        lsm="" if isinstance(lsm, Unread) else lsm.rstrip(b"\0\n").decode(errors="replace"),
        cgroup="none" if isinstance(cgroup, Unread) else proctext.cgroup_layout(cgroup),
        kthreadd=any(p.pid == KTHREADD and p.comm == "kthreadd" for p in processes),
        shims=sum(1 for p in processes if p.shim_id),
        processes=len(processes),
        scan_complete=complete,
    )


def read_status(proc: ProcFs, pid: int | str) -> Status | Unread:
    text = proc.read(pid, "status")
    if isinstance(text, Unread):
        return text
    return proctext.status(text) or Unread("a field is missing")
