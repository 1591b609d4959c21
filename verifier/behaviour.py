"""Starts the child processes that try things in containers' namespaces, and collects them.

The network is started first and collected last: it spends its time listening to silence. Each
child gives away at once what it does not need.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

from verifier import queues
from verifier.child import Child, readable
from verifier.demos.showing import show
from verifier.facts import Demonstration, Room, Unread, Uplink
from verifier.net import asking, crowding, outside, plan
from verifier.net.trying import try_network
from verifier.powers import ENTER, LOOK, give_away_all_but, only
from verifier.procfs import Deadline, ProcFs
from verifier.spec import Spec

LONGEST_LULL = 0.5
Demos = dict[str, Demonstration | Unread]
HostNames = dict[str, str | Unread]
Files = Mapping[tuple[int, str], int]
"""Open namespace files by (pid, namespace)."""


class Behaviour:
    """What is being tried; children still running when `held` closes are ended."""

    def __init__(
        self,
        spec: Spec,
        proc: ProcFs,
        pids: Mapping[str, int],
        host: int,
        files: Files,
        held: ExitStack,
        deadline: Deadline,
    ) -> None:
        self._spec, self._deadline, self._held = spec, deadline, held
        self._pids = pids
        self._host, self._files = host, files
        self._network: Child | None = None
        if plan.declared(spec):
            self._lull, write = os.pipe()
            held.callback(os.close, self._lull)
            uplink = partial(_uplink, proc, host)
            refusals = partial(crowding.refusals, proc)
            job = asking.job_for(spec, self._open("net"), uplink, refusals)
            job = replace(job, lull=write)
            work = partial(only, (*LOOK, *ENTER), partial(try_network, job))
            self._network = self._start(Child(work))
            os.close(write)

    def queues(self) -> dict[str, tuple[str, ...] | Unread]:
        rooms = self._open("ipc")
        child = self._start(Child(lambda: only(ENTER, lambda: queues.try_queues(rooms))))
        return queues.as_facts(child.answer(self._deadline.left()), list(self._pids))

    def demonstrations(self, proc: ProcFs) -> tuple[Demos, HostNames]:
        """The demonstrations by namespace, and the host names seen meanwhile."""
        if self._network is not None:
            # How long the network is listened to follows from its slowest answer: what takes the
            # processors waits until the answers are there (or the child has ended).
            readable(self._lull, min(LONGEST_LULL, self._deadline.left()))
        named = {**self._pids, queues.HOST: self._host}
        wanted = {name: ("uts", "ipc", *(["net"] * (name == queues.HOST))) for name in named}
        rooms = {
            name: {
                kind: self._files[pid, kind] for kind in wanted[name] if (pid, kind) in self._files
            }
            for name, pid in named.items()
        }
        demos, views = show(proc, named, rooms, self._held, self._deadline)
        missing = Unread("no process")
        return demos, {name: views.get(name, {}).get("uts", missing) for name in named}

    def rooms(self) -> dict[str, Room | Unread] | None:
        if self._network is None:
            return None
        answer = self._network.answer(self._deadline.left())
        return asking.as_facts(answer, list(self._pids))

    def _start(self, child: Child) -> Child:
        self._held.callback(child.stop)
        return child

    def _open(self, kind: str) -> list[tuple[str, int]]:
        named = [*self._pids.items(), (queues.HOST, self._host)]
        return [(name, self._files[pid, kind]) for name, pid in named if (pid, kind) in self._files]


def _uplink(proc: ProcFs, host: int) -> Uplink:
    """The first that the network's child does; with it its looking around is over."""
    found = outside.read(proc, host)
    give_away_all_but(ENTER)
    return found
