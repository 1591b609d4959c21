"""vol.mode, vol.share, vol.submount: declared mounts are what they are declared to be."""

from __future__ import annotations

from verifier.check import ERROR, FAIL, PASS, Case, Check
from verifier.facts import Declared, Target, Unread
from verifier.mountinfo import under
from verifier.remedies import unreadable
from verifier.spec import Container, Volume

Outcome = tuple[str, dict[str, object], str]


def check(case: Case) -> list[Check]:
    by_name = {container.name: container for container in case.spec.containers}
    return [
        one
        for target in case.facts.targets
        if by_name[target.name].volumes
        for one in _rows(case, target, by_name[target.name])
    ]


def _rows(case: Case, target: Target, container: Container) -> list[Check]:
    name = target.name
    claims = (
        ("vol.mode", f"{name} can write where it may and nowhere else", _mode(target, container)),
        (
            "vol.share",
            f"{name} shares data exactly where it is declared",
            _share(case, target, container),
        ),
        (
            "vol.submount",
            f"all below a read-only mount of {name} is read-only",
            _below(target, container),
        ),
    )
    return [_row(check_id, name, claim, outcome) for check_id, claim, outcome in claims]


def _row(check_id: str, name: str, claim: str, outcome: Outcome) -> Check:
    status, evidence, remedy = outcome
    return Check(
        id=check_id,
        subject=name,
        status=status,
        claim=claim,
        method="procfs" if check_id == "vol.submount" else "behaviour",
        evidence=evidence,
        remedy=remedy,
    )


def _pairs(target: Target, container: Container) -> list[tuple[Volume, Declared | None]]:
    found = {declared.path: declared for declared in target.volumes}
    return [(volume, found.get(volume.path)) for volume in container.volumes]


def _mode(target: Target, container: Container) -> Outcome:
    if isinstance(target.mounts, Unread):
        return ERROR, {"unread": target.mounts.why}, unreadable(target.mounts.why)
    evidence: dict[str, object] = {}
    bad = ""
    for volume, found in _pairs(target, container):
        if found is None or found.mount is None:
            evidence[volume.path] = "not mounted"
            bad = bad or f"mount {volume.path} in {target.name}, or take it out of the lab file"
            continue
        flags = "rw" if found.mount.writable else "ro"
        evidence[volume.path] = {"flags": flags, "write": found.written}
        tried = {"written": "rw", "EROFS": "ro"}.get(found.written[:7], flags)
        if (flags, tried) != (volume.mode, volume.mode):
            bad = bad or (
                f"{volume.path} of {target.name} is declared {volume.mode} and is {flags} "
                f"(a write gave: {found.written}): make the lab file and the container agree"
            )
    return (FAIL if bad else PASS), evidence, bad


def _share(case: Case, target: Target, container: Container) -> Outcome:
    keys = {
        (one.name, volume.path): volume.key
        for one in case.spec.containers
        for volume in one.volumes
    }
    places = {
        (one.name, declared.path): declared
        for one in case.facts.targets
        for declared in one.volumes
    }
    evidence: dict[str, object] = {}
    bad, unknown = "", ""
    for volume, mine in _pairs(target, container):
        if mine is None or isinstance(mine.identity, Unread):
            identity = mine.identity if mine and mine.mount else Unread("ENOENT")
            unknown = unknown or (identity.why if isinstance(identity, Unread) else "")
            evidence[volume.path] = f"unread: {unknown}"
            continue
        with_whom = []
        for place, other in places.items():
            if place == (target.name, volume.path):
                continue
            same = place in mine.sees or mine.identity == other.identity
            if other.mount is None:
                # Not mounted at all: vol.mode of its own container says so.
                continue
            if isinstance(other.identity, Unread) and not same:
                unknown = unknown or other.identity.why
                continue
            if same:
                with_whom.append(":".join(place))
            if same != (keys.get(place) == volume.key):
                word = "shares" if same else "does not share"
                bad = bad or (
                    f"{target.name}:{volume.path} {word} its data with {':'.join(place)}: mount "
                    f"the volume that the lab file names in both"
                )
        seen = bool(mine.sees)
        evidence[volume.path] = {"same_as": with_whom[:20], "by": "marker" if seen else "inode"}
    if not bad and unknown:
        return ERROR, evidence, unreadable(unknown)
    return (FAIL if bad else PASS), evidence, bad


def _below(target: Target, container: Container) -> Outcome:
    if isinstance(target.mounts, Unread):
        return ERROR, {"unread": target.mounts.why}, unreadable(target.mounts.why)
    declared = {found.at for _, found in _pairs(target, container) if found}
    bad = [
        mount.at
        for volume, found in _pairs(target, container)
        if volume.mode == "ro" and found
        for mount in target.mounts
        if under(mount.at, found.at) and mount.writable and mount.at not in declared
    ]
    remedy = f"read-only is not recursive: unmount {bad[0]} or make it read-only" if bad else ""
    return (FAIL if bad else PASS), {"writable_below": bad[:20]}, remedy
