"""Hand-made facts of a lab that is isolated, to be bent by tests; and the report's schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema

from verifier import report
from verifier.facts import (
    NAMESPACES,
    Demonstration,
    Facts,
    IdMap,
    Init,
    Mount,
    Ns,
    Observer,
    Shim,
    Status,
    Target,
    Unread,
    View,
)
from verifier.held import Held
from verifier.judge import judge
from verifier.posix import FOLDERS
from verifier.spec import Container, Spec

REMAPPED: IdMap = ((0, 100000, 65536),)
IDENTITY: IdMap = ((0, 0, 4294967295),)
HOST: dict[str, Ns] = {name: (4, 100 + n) for n, name in enumerate(NAMESPACES)}
SCHEMA = json.loads(
    (Path(__file__).parents[3] / "verifier" / "report_schema.json").read_text("utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
CAPABILITIES = 1 << 19 | 1 << 21 | 1 << 6 | 1 << 7


INSIDE: dict[str, dict[str, Any]] = {
    "mnt": {"at": "/tmp/mnt", "source": "/usr/local/bin", "same_inode": True},
    "ipc": {"key": 26, "in_own": True},
    "uts": {
        "name": "nsv-1",
        "in_own": True,
        "outside": {"the verifier": "abc", "the host": "vm"},
        "unchanged": True,
    },
    "pid": {"pid": 1, "nspid": [4711, 9, 1]},
    "net": {"interfaces": ["lo"], "lo": "down", "host_has": 5},
    "user": {
        "before": 65534,
        "inside": 0,
        "map": "0 65534 1",
        "errno": "EPERM",
        "then": "ok",
        "name": "nsv-2",
    },
}
DEMOS: dict[str, Demonstration | Unread] = {
    kind: Demonstration(changed=True, inside=inside, found=True, asked=4)
    for kind, inside in INSIDE.items()
}


POWERS = (
    Held(after="start", ms=0.0, users=(0,), capabilities=CAPABILITIES),
    Held(after="files", ms=50.0, users=(65534,), capabilities=1 << 19 | 1 << 21, back="EPERM"),
    Held(after="demonstrations", ms=90.0, users=(65534,), capabilities=1 << 19, back="EPERM"),
    Held(after="network", ms=300.0, users=(65534,), capabilities=0, back="EPERM"),
)


def container_id(number: int) -> str:
    return f"{number:064x}"


def standard_mounts(number: int) -> tuple[Mount, ...]:
    """What an engine mounts in every container, on devices of its own."""
    own = f"0:{100 * number}"
    files = f"/var/lib/docker/containers/{container_id(number)}"
    rows = [
        ("/", "/", "overlay", True),
        ("/", "/proc", "proc", True),
        ("/", "/dev", "tmpfs", True),
        ("/", "/dev/shm", "tmpfs", True),
        ("/bus", "/proc/bus", "proc", False),
        ("/null", "/proc/keys", "tmpfs", True),
        ("/", "/sys/fs/cgroup", "cgroup2", False),
    ]
    mounts = [
        Mount(device=f"{own}{n}", root=root, at=at, writable=rw, fs=fs)
        for n, (root, at, fs, rw) in enumerate(rows)
    ]
    hosts = Mount(device="8:1", root=f"{files}/hosts", at="/etc/hosts", writable=True, fs="ext4")
    return (*mounts, hosts)


HOST_MOUNTS = (
    Mount(device="8:1", root="/", at="/", writable=True, fs="ext4", shared=1),
    Mount(device="0:5", root="/", at="/proc", writable=True, fs="proc", shared=5),
    Mount(device="0:6", root="/", at="/run", writable=True, fs="tmpfs", shared=6),
)


def target(number: int, **changes: Any) -> Target:
    """Container c<number>: every namespace its own, ids mapped."""
    made = Target(
        name=f"c{number}",
        id=container_id(number),
        init=Init(pid=1000 + number, starttime=50, source="cgroup+shim", shim=500 + number),
        ns={name: (4, 1000 * number + n) for n, name in enumerate(NAMESPACES)},
        status=Status(
            uid=100000,
            nspid=(1000 + number, 1),
            cap_effective=0,
            cap_bounding=0,
            seccomp=2,
            no_new_privs=1,
        ),
        uid_map=REMAPPED,
        gid_map=REMAPPED,
        view=View(visible=1, sees_itself=True),
        root=(70 + number, 2),
        mounts=standard_mounts(number),
        sockets=(),
    )
    return replace(made, **changes)


def lab(*targets: Target, **observer: Any) -> Facts:
    """Facts of a remapped engine on cgroup v1 hybrid; two containers unless some are given."""
    chosen = targets or (target(1), target(2))
    shims = {
        one.init.shim: Shim(
            pid=one.init.shim, comm="containerd-shim", ns=dict(HOST), depth=1, uid_map=IDENTITY
        )
        for one in chosen
        if one.init.shim
    }
    me = Observer(
        procfs="/host/proc",
        kernel="6.1.0",
        namespaces=NAMESPACES,
        user_ns=HOST["user"],
        capabilities=CAPABILITIES,
        seccomp=2,
        no_new_privs=1,
        lsm="",
        cgroup="hybrid",
        kthreadd=True,
        shims=len(shims),
        processes=100,
    )
    return Facts(
        observer=replace(me, **observer),
        targets=chosen,
        shims=shims,
        host_root=(60, 2),
        host_mounts=HOST_MOUNTS,
        queues={one.name: (one.name,) for one in chosen},
        posix={one.name: dict.fromkeys(FOLDERS, (one.name,)) for one in chosen},
        demos=dict(DEMOS),
        host_names={"the host": "vm", **{one.name: f"host-of-{one.name}" for one in chosen}},
        powers=POWERS,
    )


def spec_for(facts: Facts, **changes: Any) -> Spec:
    containers = tuple(Container(name=one.name, id=one.id) for one in facts.targets)
    return replace(Spec(run_id="run-1", containers=containers), **changes)


def with_ns(one: Target, name: str, value: Ns | Unread) -> Target:
    return replace(one, ns={**one.ns, name: value})


def report_of(facts: Facts, spec: Spec | None = None) -> dict[str, Any]:
    """The report of these facts, as it is printed, checked against the schema."""
    judgement = judge(spec or spec_for(facts), facts)
    made: dict[str, Any] = json.loads(report.line(report.build(judgement, "{}", {"total": 1.0})))
    VALIDATOR.validate(made)
    return made


def failing(made: Mapping[str, Any], status: str = "fail") -> set[str]:
    """Ids of the required checks that have this status."""
    return {row["id"] for row in made["checks"] if row["status"] == status and row["required"]}


def rows(made: Mapping[str, Any], check_id: str) -> list[dict[str, Any]]:
    return [row for row in made["checks"] if row["id"] == check_id]
