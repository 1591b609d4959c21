"""What a change of each key does: the sample lab is recorded before and after, and compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

import yaml

from policy.resource import Resource
from review.changes import Change, changes
from review.recorder import record
from review.reference.examples import Example, examples
from review.reference.sample import sample
from review.stacks import PROJECT, parsed

DATA_LOSS = "**DATA LOSS**"
IN_PLACE, VERIFIED, NOTHING = "in place", "none, but verified again", "none"
_VERIFICATION = "docklab:verification:"
_DOCKER = "docker:index/"
_MACHINES = ("aws:ec2/instance:Instance", "aws:lightsail/instance:Instance")
# What a reader knows by a name; all else comes and goes with one of these.
_NAMED = {
    f"{_DOCKER}container:Container": "container",
    f"{_DOCKER}network:Network": "network",
    f"{_DOCKER}volume:Volume": "volume",
    "aws:ec2/securityGroup:SecurityGroup": "firewall",
    "aws:lightsail/instancePublicPorts:InstancePublicPorts": "firewall",
    "aws:ec2/eip:Eip": "public address",
    "aws:lightsail/staticIp:StaticIp": "public address",
    "aws:iam/role:Role": "role",
}


def effects() -> dict[tuple[str, str], str]:
    """In words, by kind of host (empty where all are alike) and key, as in `place`."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for example in examples():
        text = effect(changes(*_compared(example)), example.key.startswith("containers."))
        found.setdefault(place_of(example), {}).setdefault(text, []).append(example.when)
    return {where: "; ".join(_told(texts)) for where, texts in found.items()}


def _compared(example: Example) -> tuple[tuple[Resource, ...], tuple[Resource, ...]]:
    """Before the change and after it."""
    before = _recorded(sample(example.host, example.before)) if example.before else None
    after = _recorded(sample(example.host, {**example.before, **example.changes}))
    return before or _of_sample(example.host), after


@cache
def _of_sample(host: str) -> tuple[Resource, ...]:
    return _recorded(sample(host))


def _told(texts: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for text, when in texts.items():
        yield f"{text} ({', '.join(when)})" if any(when) and len(texts) > 1 else text


def place_of(example: Example) -> tuple[str, str]:
    return (example.host if example.key.startswith("host.") else "", place(example.key))


def place(key: str) -> str:
    """`containers.web.ports.0.host` is `containers.<name>.ports[].host`."""
    parts: list[str] = []
    for part in key.split("."):
        if part.isdigit():
            parts[-1] += "[]"
        elif parts and parts[-1] in ("images", "networks", "volumes", "containers"):
            parts.append("<name>")
        else:
            parts.append(part)
    return ".".join(parts)


@cache
def _secrets() -> dict[str, dict[str, str]]:
    return {f"{PROJECT}:{key}": {"secure": "…"} for key in ("token", "other")}


def _recorded(lab: object) -> tuple[Resource, ...]:
    config = {f"{PROJECT}:lab": lab, **_secrets()}
    return record(parsed("sample", yaml.safe_dump({"config": config}))).resources


def effect(found: Sequence[Change], of_container: bool = False) -> str:
    """What a set of changes amounts to, the gravest first; `of_container` if a container's key."""
    built = [one for one in found if _VERIFICATION not in one.path]
    said = ", ".join(dict.fromkeys(_parts(built, of_container)))
    if any(one.data_loss for one in built):
        return f"{DATA_LOSS}: {said}"
    if not built and any(one.kind == "delete" for one in found):
        return "ends the verification"
    return said or (VERIFIED if found else NOTHING)


def _parts(found: Sequence[Change], of_container: bool) -> Iterator[str]:
    machine = next((one for one in found if one.type in _MACHINES), None)
    if machine and machine.kind in ("delete", "replace"):
        verb = "replaces" if machine.kind == "replace" else "ends"
        yield f"{verb} the machine and everything on it"
        return
    replaced = _words(found, "replace")
    if {"volume", "network", "container"} <= replaced.keys():
        yield "makes everything anew"
        return
    for owner in ("volume", "network"):
        if owner in replaced:
            yield f"replaces the {owner} and its containers"
            replaced.pop("container", None)
            replaced.pop(owner)
    if replaced.pop("container", 0):
        yield "replaces the container" if of_container else "replaces the containers that use it"
    for verb, words in (
        ("replaces", replaced),
        ("removes", _words(found, "delete")),
        ("adds", _words(found, "create")),
    ):
        yield from (f"{verb} the {word}" for word in words)
    if any(one.kind == "update" for one in found):
        yield IN_PLACE


def _words(found: Iterable[Change], kind: str) -> dict[str, int]:
    """The names of what is changed in a way, with how many of each, in the order of the changes."""
    counted: dict[str, int] = {}
    for one in found:
        if one.kind == kind and one.type in _NAMED:
            counted[_NAMED[one.type]] = counted.get(_NAMED[one.type], 0) + 1
    return counted
