"""What containers read and write beside their own layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policy.resource import Resource
from review.exposure.row import VOLUME, Exposed, Kind, key_of, mapping, maps

# What comes to such a mount later on one side is there on the other side, too.
_SHARED = ("shared", "rshared", "slave", "rslave")


def of_mounts(one: Resource) -> Iterator[Exposed]:
    for mount in maps(one.inputs.get("mounts")):
        yield from _mount(one, mount)
    for volume in maps(one.inputs.get("volumes")):
        writes = volume.get("readOnly") is not True
        target = volume.get("containerPath")
        if volume.get("hostPath"):
            yield from _rows(one, f"folder {volume['hostPath']} of the machine", target, writes)
        if volume.get("volumeName"):
            yield from _rows(one, f"{VOLUME}{_key(str(volume['volumeName']))}", target, writes)
        if volume.get("fromContainer"):
            source = _key(str(volume["fromContainer"]))
            yield from _rows(one, f"all that is mounted in {source}", "the same places", writes)


def _mount(one: Resource, mount: Mapping[str, Any]) -> Iterator[Exposed]:
    source, target = str(mount.get("source")), mount.get("target")
    kind = mount.get("type")
    if kind == "tmpfs":
        return
    what = f"{VOLUME}{_key(source)}" if kind == "volume" else f"folder {source} of the machine"
    yield from _rows(one, what, target, mount.get("readOnly") is not True)
    spread = str(mapping(mount.get("bindOptions")).get("propagation") or "")
    if spread in _SHARED:
        yield _row(one, f"what the machine mounts below {source} comes to {target} ({spread})")
    options = mapping(mount.get("volumeOptions"))
    for name, value in sorted(mapping(options.get("driverOptions")).items()):
        yield _row(one, f"{what} at {target} has the driver's option {name}={value}")


def _rows(one: Resource, what: str, target: object, writes: bool) -> Iterator[Exposed]:
    for verb in ("reads", "writes") if writes else ("reads",):
        yield _row(one, f"{verb} {what} at {target}", way=what)


def _row(one: Resource, text: str, way: str = "") -> Exposed:
    return Exposed(topic="mounts", subject=key_of(one), text=text, way=way, of=one.name)


def _key(source: str) -> str:
    """The lab's key in the output of another resource: `data` of `${data-volume.name}`."""
    if not source.startswith("${"):
        return source
    name = source.removeprefix("${").partition(".")[0].removesuffix("}")
    return name.rpartition("-")[0] or name


def of_volume(one: Resource) -> Iterator[Exposed]:
    def row(text: str, kind: Kind) -> Exposed:
        return Exposed(topic="data", subject=key_of(one), text=text, kind=kind, of=one.name)

    yield row("a volume holds data", "tells")
    if one.options.protect:
        yield row("Pulumi refuses to delete or replace it", "guards")
    options = mapping(one.inputs.get("driverOpts"))
    if options and options.get("type") != "tmpfs":
        said = ", ".join(f"{name}={value}" for name, value in sorted(options.items()))
        yield row(f"is no place of the engine's own, but what {said} says", "opens")
    driver = str(one.inputs.get("driver") or "local")
    if driver != "local":
        yield row(f"is kept by the driver {driver}, a program of its own", "opens")
