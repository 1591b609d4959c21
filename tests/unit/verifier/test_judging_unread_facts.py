"""Any fact of a sound lab that was not read, whichever it is, keeps the lab from being isolated.

The facts are walked by their types, so that one that is added tomorrow is tested as well.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.verifier.facts_of_a_lab import HOST, container_id, lab, report_of, spec_for, target

from verifier.facts import (
    Declared,
    Demonstration,
    Facts,
    IdMap,
    Init,
    Interface,
    Mount,
    Room,
    Status,
    Unread,
    Uplink,
    View,
)
from verifier.judge import judge
from verifier.spec import Container, Spec, Volume

THE_HOST = "the host"
OK, SILENT, REFUSED = ("OK", 0.5), ("TIMEOUT", 250.0), ("ECONNREFUSED", 0.1)
ADDRESSES = {"c1": ("172.30.1.2", 24), "c2": ("172.30.1.3", 24), "c3": ("172.30.2.2", 24)}
NETWORKS = {"c1": "front", "c2": "front", "c3": "back"}
KINDS = (Status, View, Demonstration, Room)
Path = tuple[Any, ...]
# Shown beside the verdict, which rests on others: names, the first namespaces of the machine, and
# maps that mean nothing to an engine without them (user.map judges them where they count).
ONLY_SHOWN = ("host_names", "reference")


def room(name: str) -> Room:
    near = [other for other in NETWORKS if NETWORKS[other] == NETWORKS[name]]
    return Room(
        addresses=(ADDRESSES[name],),
        interfaces=(
            Interface(
                name="eth0",
                kind="veth",
                addresses=(ADDRESSES[name],),
                veth=f"veth-{name}",
                bridge=f"br-{NETWORKS[name]}",
            ),
        ),
        reach={
            other: {address: OK if other in near else SILENT}
            for other, (address, _) in ADDRESSES.items()
        },
        loopback={other: OK if other == name else REFUSED for other in (*ADDRESSES, THE_HOST)},
        names={
            other: ("OK", (address,)) if other in near else ("NXDOMAIN", ())
            for other, (address, _) in ADDRESSES.items()
        },
    )


def whole() -> tuple[Facts, Spec]:
    """A lab of three containers with networks and volumes, in which all is as it should be."""
    held = []
    for n in (1, 2, 3):
        one = target(n)
        mount = Mount(device=f"8:{n}", root=f"/v{n}", at="/data", writable=True, fs="ext4")
        volume = Declared(
            path="/data",
            at="/data",
            mount=mount,
            identity=(8, 50 + n),
            written="written",
            sees=((one.name, "/data"),),
        )
        mounts = one.mounts
        assert not isinstance(mounts, Unread)
        held.append(replace(one, mounts=(*mounts, mount), volumes=(volume,)))
    facts = lab(*held)
    loop = {**dict.fromkeys(ADDRESSES, REFUSED), THE_HOST: OK}
    host = Room(loopback=loop, uplink=Uplink(default_route=True, gateways=("192.0.2.1",)))
    facts = replace(facts, rooms={**{name: room(name) for name in ADDRESSES}, THE_HOST: host})
    containers = tuple(
        Container(
            name=name,
            id=container_id(n),
            networks=(network,),
            volumes=(Volume(path="/data", mode="rw", key=name),),
        )
        for n, (name, network) in enumerate(NETWORKS.items(), 1)
    )
    return facts, spec_for(facts, containers=containers, dns_networks=("front", "back"))


def places(value: Any, here: Path = ()) -> Iterator[Path]:
    """Where in the facts an `Unread` may stand instead of what is there."""
    if isinstance(value, KINDS) or is_identity(value) or is_id_map(value):
        yield here
    if is_dataclass(value) and not isinstance(value, (Init, Mount, Status, Unread)):
        for field in fields(value):
            if field.name not in ONLY_SHOWN:
                yield from places(getattr(value, field.name), (*here, field.name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from places(inner, (*here, key))
    elif isinstance(value, tuple):
        yield from mount_tables(value, here)
        for number, inner in enumerate(value):
            yield from places(inner, (*here, number))


def mount_tables(value: tuple[Any, ...], here: Path) -> Iterator[Path]:
    table = bool(value) and all(isinstance(one, Mount) for one in value)
    if table or (here and here[-1] == "sockets") or (here and here[0] in ("queues", "posix")):
        yield here


def is_identity(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(type(one) is int for one in value)


def is_id_map(value: Any) -> bool:
    maps: tuple[IdMap, ...] = (((0, 100000, 65536),), ((0, 0, 4294967295),))
    return value in maps


def put(value: Any, path: Path, new: Any) -> Any:
    if not path:
        return new
    key, rest = path[0], path[1:]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{key: put(getattr(value, key), rest, new)})
    if isinstance(value, Mapping):
        return {**value, key: put(value[key], rest, new)}
    return tuple(put(one, rest, new) if n == key else one for n, one in enumerate(value))


WHOLE, SPEC = whole()
PLACES = [path for path in places(WHOLE) if not (path[0] == "targets" and path[-2:-1] == ("ns",))]
NAMESPACES_READ = [path for path in places(WHOLE) if path not in PLACES]
JUDGED = [
    path
    for path in (*PLACES, *NAMESPACES_READ)
    # On this engine nothing rests on these two, and no shim's map is needed to know the engine.
    if path[-1] not in ("cgroup", "time") and not (path[0] == "shims" and path[-1] == "uid_map")
]


def test_the_whole_lab_is_isolated_when_all_was_read() -> None:
    made = report_of(WHOLE, SPEC)
    assert made["exit_code"] == 0, made["summary"]
    assert len(JUDGED) > 80
    assert HOST["net"] == WHOLE.shims[501].ns["net"]


@pytest.mark.parametrize("path", JUDGED, ids=lambda path: ".".join(map(str, path)))
def test_a_fact_that_was_not_read_keeps_the_lab_from_being_isolated(path: Path) -> None:
    made = report_of(put(WHOLE, path, Unread("EACCES")), SPEC)
    assert made["verdict"] == "inconclusive", made["summary"]


@settings(max_examples=60)
@given(
    st.sets(st.sampled_from(JUDGED), min_size=1, max_size=5),
    st.sampled_from(["EACCES", "ESRCH", "deadline", "odd\x1b["]),
)
def test_no_set_of_unread_facts_is_isolated_and_each_report_fits_the_schema(
    paths: set[Path], why: str
) -> None:
    facts = WHOLE
    for path in sorted(paths, key=lambda path: -len(path)):
        facts = put(facts, path, Unread(why))
    assert report_of(facts, SPEC)["verdict"] != "isolated"


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.sets(st.sampled_from(JUDGED), max_size=3))
def test_the_order_of_containers_rooms_and_volumes_never_matters(
    seed: int, paths: set[Path]
) -> None:
    facts = WHOLE
    for path in sorted(paths, key=lambda path: -len(path)):
        facts = put(facts, path, Unread("EACCES"))
    mixed = replace(facts, targets=shuffled(facts.targets, seed), rooms=turned(facts.rooms or {}))
    spec = replace(SPEC, containers=shuffled(SPEC.containers, seed + 1))
    one, other = judge(SPEC, facts), judge(spec, mixed)
    assert one.verdict == other.verdict
    assert [(c.id, c.subject, c.status) for c in one.checks] == [
        (c.id, c.subject, c.status) for c in other.checks
    ]


def shuffled(values: tuple[Any, ...], seed: int) -> tuple[Any, ...]:
    return tuple(random.Random(seed).sample(values, len(values)))


def turned(value: Mapping[str, Any]) -> dict[str, Any]:
    return dict(reversed(value.items()))


def test_what_fails_while_a_container_goes_away_is_a_doubt() -> None:
    deaf = put(WHOLE, ("rooms", "c1", "reach", "c2", "172.30.1.3"), SILENT)
    assert report_of(deaf, SPEC)["verdict"] == "not_isolated"
    gone = put(deaf, ("targets", 1, "moved"), "process 1002 ended")
    made = report_of(gone, SPEC)
    assert made["verdict"] == "inconclusive"
    (row,) = [r for r in made["checks"] if (r["id"], r["subject"]) == ("net.reach", "c1")]
    assert row["evidence"]["restarted_meanwhile"] == ["c2"]


def test_a_shared_namespace_stays_a_failure_whoever_goes_away() -> None:
    shared = put(WHOLE, ("targets", 0, "ns", "net"), HOST["net"])
    gone = put(shared, ("targets", 1, "moved"), "process 1002 ended")
    assert report_of(gone, SPEC)["verdict"] == "not_isolated"


def test_silence_with_an_interface_that_is_down_proves_nothing() -> None:
    down = put(WHOLE, ("rooms", "c3", "interfaces", 0, "running"), False)
    made = report_of(down, SPEC)
    assert made["verdict"] == "inconclusive"
    (row,) = [r for r in made["checks"] if (r["id"], r["subject"]) == ("net.self", "c3")]
    assert row["evidence"]["down"] == ["eth0"]
