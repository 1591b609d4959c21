"""Which process is a container's first one, from a scan of all processes. Pure.

Two sources, both written by the engine and not by the container: the 64-hex id in the
cgroup path, and the id in the arguments of the containerd-shim that is the parent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from verifier.facts import Init, Process


def find_inits(processes: Iterable[Process], ids: Iterable[str]) -> dict[str, Init]:
    """Init of each id; one that cannot be told has pid 0 and a `problem`. Order never matters."""
    by_pid = {process.pid: process for process in processes}
    members: dict[str, list[Process]] = defaultdict(list)
    children: dict[int, list[Process]] = defaultdict(list)
    shims: dict[str, list[Process]] = defaultdict(list)
    for process in by_pid.values():
        children[process.ppid].append(process)
        if len(process.ids) == 1:
            members[process.ids[0]].append(process)
        if process.shim_id:
            shims[process.shim_id].append(process)
    wanted = frozenset(ids)
    found = {}
    for one in wanted:
        # A process inside one of the containers may call itself a shim; a shim is in none.
        real = [shim for shim in shims[one] if not wanted.intersection(shim.ids)]
        found[one] = _find(one, by_pid, members[one], real, children)
    return found


def _find(
    one: str,
    by_pid: Mapping[int, Process],
    members: list[Process],
    real: list[Process],
    children: Mapping[int, list[Process]],
) -> Init:
    if members:
        inside = {process.pid for process in members}
        return _first(one, [p for p in members if p.ppid not in inside], by_pid, "cgroup")
    if len(real) > 1:
        pids = ", ".join(str(shim.pid) for shim in sorted(real, key=lambda p: p.pid))
        return Init(problem=f"several processes say they are its containerd-shim: {pids}")
    if real:
        return _first(one, list(children.get(real[0].pid, ())), by_pid, "shim")
    return Init(problem="no process belongs to this container id")


def _first(one: str, candidates: list[Process], by_pid: Mapping[int, Process], source: str) -> Init:
    """The oldest candidate: `docker exec` also puts children under the shim, but later."""
    if not candidates:
        return Init(problem="its first process is gone")
    oldest, *others = sorted(candidates, key=lambda p: (p.starttime, p.pid))
    parent = by_pid.get(oldest.ppid)
    owned = parent is not None and parent.shim_id == one
    return Init(
        pid=oldest.pid,
        starttime=oldest.starttime,
        source=f"{source}+shim" if owned and source == "cgroup" else source,
        shim=oldest.ppid if owned else 0,
        others=len(others),
    )
