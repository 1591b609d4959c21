"""mnt.root, mnt.propagation, mnt.undeclared, mnt.socket: what of the host is mounted inside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from verifier.check import ERROR, FAIL, PASS, Case, Check
from verifier.facts import Mount, Ns, Target, Unread
from verifier.mountinfo import beyond_standard
from verifier.remedies import shared_with_host, unreadable

Evidence = Mapping[str, object]
LISTED = 20


def check(case: Case) -> list[Check]:
    world = _World(case)
    return [
        one
        for target in case.facts.targets
        for one in (
            _root(case, world, target),
            _propagation(world, target),
            _undeclared(case, world, target),
            _socket(target),
        )
    ]


class _World:
    """Who mounts what: devices and peer groups by the containers (or the host) that have them."""

    def __init__(self, case: Case) -> None:
        self.roots: dict[Ns, list[str]] = defaultdict(list)
        self.devices: dict[str, set[str]] = defaultdict(set)
        self.groups: dict[int, set[str]] = defaultdict(set)
        self.unread = ""
        facts = case.facts
        for name, root, mounts in (
            ("the host", facts.host_root, facts.host_mounts),
            *((target.name, target.root, target.mounts) for target in facts.targets),
        ):
            if not isinstance(root, Unread):
                self.roots[root].append(name)
            if isinstance(root, Unread) or isinstance(mounts, Unread):
                self.unread = next(v.why for v in (root, mounts) if isinstance(v, Unread))
                continue
            for mount in mounts:
                self.devices[mount.device].add(name)
                if mount.shared:
                    self.groups[mount.shared].add(name)
        self.ids = frozenset(target.id for target in facts.targets)

    def foreign(self, name: str) -> frozenset[str]:
        """Devices that somebody other than this container mounts."""
        return frozenset(device for device, users in self.devices.items() if users != {name})


def _row(check_id: str, target: Target, claim: str, outcome: tuple[str, Evidence, str]) -> Check:
    status, evidence, remedy = outcome
    return Check(
        id=check_id,
        subject=target.name,
        status=status,
        claim=claim,
        method="inode" if check_id == "mnt.root" else "procfs",
        evidence=evidence,
        remedy=remedy,
    )


def _unread(why: str) -> tuple[str, Evidence, str]:
    return ERROR, {"unread": why}, unreadable(why)


def _root(case: Case, world: _World, target: Target) -> Check:
    claim = f"the root folder of {target.name} is nobody else's"
    root = target.root
    if isinstance(root, Unread) or world.unread:
        why = root.why if isinstance(root, Unread) else world.unread
        return _row("mnt.root", target, claim, _unread(why))
    others = [name for name in world.roots[root] if name != target.name]
    evidence: Evidence = {"device": root[0], "inode": root[1], "also_of": others}
    remedy = shared_with_host("mnt", target.name, case.policy.remap)
    return _row("mnt.root", target, claim, (FAIL if others else PASS, evidence, remedy))


def _propagation(world: _World, target: Target) -> Check:
    claim = f"no mount made in {target.name} appears outside of it"
    mounts = target.mounts
    if isinstance(mounts, Unread) or world.unread:
        why = mounts.why if isinstance(mounts, Unread) else world.unread
        return _row("mnt.propagation", target, claim, _unread(why))
    bad = [m for m in mounts if m.shared and world.groups[m.shared] != {target.name}]
    evidence = {"shared": [{"at": m.at, "group": m.shared} for m in bad[:LISTED]]}
    remedy = f"remove the `shared` propagation from the mounts of {target.name} in the lab file"
    return _row("mnt.propagation", target, claim, (FAIL if bad else PASS, evidence, remedy))


def _undeclared(case: Case, world: _World, target: Target) -> Check:
    claim = f"nothing but what is declared is mounted in {target.name}"
    mounts = target.mounts
    if isinstance(mounts, Unread) or world.unread:
        why = mounts.why if isinstance(mounts, Unread) else world.unread
        return _row("mnt.undeclared", target, claim, _unread(why))
    declared = declared_paths(case, target)
    extra = beyond_standard(mounts, world.foreign(target.name), world.ids)
    bad = [mount for mount in extra if mount.at not in declared]
    evidence = {"mounts": len(mounts), "undeclared": [_show(m) for m in bad[:LISTED]]}
    remedy = ""
    if bad:
        remedy = f"remove the mount at {bad[0].at} from {target.name}, or declare it in the lab"
    return _row("mnt.undeclared", target, claim, (FAIL if bad else PASS, evidence, remedy))


def declared_paths(case: Case, target: Target) -> frozenset[str]:
    """Paths of the declared mounts, as they are declared and without symbolic links."""
    container = next(c for c in case.spec.containers if c.name == target.name)
    links = {found.path: found.at for found in target.volumes}
    return frozenset(links.get(volume.path, volume.path) for volume in container.volumes)


def _show(mount: Mount) -> dict[str, object]:
    return {"at": mount.at, "root": mount.root, "fs": mount.fs, "rw": mount.writable}


def _socket(target: Target) -> Check:
    claim = f"no socket, such as docker.sock, is mounted in {target.name}"
    sockets = target.sockets
    if isinstance(sockets, Unread):
        return _row("mnt.socket", target, claim, _unread(sockets.why))
    evidence = {"sockets": list(sockets[:LISTED])}
    remedy = f"remove the mount of {', '.join(sockets[:3])} from {target.name} in the lab file"
    return _row("mnt.socket", target, claim, (FAIL if sockets else PASS, evidence, remedy))
