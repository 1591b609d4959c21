"""The network as it was tried, judged on hand-made facts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from unit.verifier.facts_of_a_lab import failing, lab, report_of, rows, target, with_ns
from unit.verifier.rooms_of_a_lab import (
    HOST,
    OK,
    SILENT,
    A,
    B,
    C,
    bent,
    facts,
    reach,
    room,
    sound,
    spec,
)

from verifier.facts import Room, Unread


def test_a_network_that_is_as_declared_passes() -> None:
    made = report_of(facts(sound()), spec())
    assert made["exit_code"] == 0, made["summary"]
    row = next(one for one in rows(made, "net.reach") if one["subject"] == "c1")
    assert row["evidence"]["row"] == {"c2": "OK 0.5 ms", "c3": "TIMEOUT"}
    assert row["control"] == {"own_address": True}


def test_without_declared_networks_nothing_is_claimed_about_them() -> None:
    made = report_of(lab())
    assert not rows(made, "net.reach")
    assert made["exit_code"] == 0


def test_declared_networks_that_nobody_tried_are_inconclusive() -> None:
    made = report_of(replace(facts({}), rooms=None), spec())
    assert made["exit_code"] == 3
    assert {one["status"] for one in rows(made, "net.reach")} == {"skipped"}


@pytest.mark.parametrize("what", ["OK", "OTHER", "ECONNREFUSED"])
def test_reaching_a_container_of_another_network_fails(what: str) -> None:
    made = report_of(facts(reach("c1", c3=(what, 0.4))), spec())
    assert failing(made) == {"net.reach"}
    assert "c1 and c3 share no network" in made["summary"]


@pytest.mark.parametrize("what", ["TIMEOUT", "ECONNREFUSED", "OTHER", "ENETUNREACH"])
def test_not_reaching_a_container_of_the_same_network_fails(what: str) -> None:
    made = report_of(facts(reach("c1", c2=(what, 0.4))), spec())
    assert failing(made) == {"net.reach"}
    assert "connect c1 and c2 to the network" in made["summary"]


@pytest.mark.parametrize("what", ["EMFILE", "EADDRNOTAVAIL", "EIO"])
def test_a_connection_that_could_not_be_tried_proves_nothing(what: str) -> None:
    made = report_of(facts(reach("c1", c3=(what, 0.4))), spec())
    assert (made["exit_code"], failing(made)) == (3, set())


def test_silence_proves_nothing_when_the_other_is_deaf_to_itself() -> None:
    made = report_of(facts(reach("c3", c3=SILENT)), spec())
    assert (made["exit_code"], failing(made)) == (3, set())
    assert failing(made, "error") == {"net.self", "net.reach"}


def test_silence_proves_nothing_when_the_asker_is_deaf_to_itself() -> None:
    made = report_of(facts(reach("c1", c1=SILENT)), spec())
    assert (made["exit_code"], failing(made)) == (3, set())


def test_an_address_that_was_not_tried_proves_nothing() -> None:
    made = report_of(facts(bent("c3", addresses=(C, ("172.30.3.2", 24)))), spec())
    assert made["exit_code"] == 3


def test_a_second_address_beyond_the_shared_network_must_be_blocked() -> None:
    far = ("172.30.9.3", 24)
    one = sound()["c2"]
    assert isinstance(one, Room)
    both = replace(one, addresses=(B, far), reach={**one.reach, "c2": {B[0]: OK, far[0]: OK}})
    for result, expected in ((SILENT, 0), (OK, 1)):
        rooms = {**sound(), "c2": both}
        first, third = rooms["c1"], rooms["c3"]
        assert isinstance(first, Room)
        assert isinstance(third, Room)
        tried = {B[0]: OK, far[0]: result}
        rooms["c1"] = replace(first, reach={**first.reach, "c2": tried})
        silent = {B[0]: SILENT, far[0]: SILENT}
        rooms["c3"] = replace(third, reach={**third.reach, "c2": silent})
        assert report_of(facts(rooms), spec())["exit_code"] == expected


def test_a_bridge_that_keeps_its_containers_apart_must_do_so() -> None:
    apart = spec(icc_false=("front",))
    assert failing(report_of(facts(sound()), apart)) == {"net.reach"}
    rooms = {**reach("c1", c2=SILENT), "c2": reach("c2", c1=SILENT)["c2"]}
    assert report_of(facts(rooms), apart)["exit_code"] == 0


def test_a_container_without_any_network_is_blocked_from_all() -> None:
    rooms = sound()
    unreachable = {o: {ip: ("ENETUNREACH", 0.0)} for o, ip in (("c1", A[0]), ("c2", B[0]))}
    alone = replace(
        room("c3", C),
        addresses=(),
        interfaces=(),
        reach={**unreachable, "c3": {}},
        names=dict.fromkeys(("c1", "c2", "c3"), ("ECONNREFUSED", ())),
    )
    rooms["c3"] = alone
    for name in ("c1", "c2"):
        one = rooms[name]
        assert isinstance(one, Room)
        rooms[name] = replace(one, reach={**one.reach, "c3": {}})
    none = spec()
    bare = replace(none.containers[2], networks=())
    made = report_of(facts(rooms), replace(none, containers=(*none.containers[:2], bare)))
    assert made["exit_code"] == 0, made["summary"]
    assert {one["status"] for one in rows(made, "net.self")} == {"pass", "not_applicable"}
    declared = report_of(facts(rooms), spec())
    assert failing(declared, "error") == {"net.self", "net.dns"}
    assert failing(declared) == {"net.link"}


def test_a_loopback_that_answers_in_two_containers_fails() -> None:
    one = sound()["c1"]
    assert isinstance(one, Room)
    for other in ("c3", HOST):
        made = report_of(facts(bent("c1", loopback={**one.loopback, other: OK})), spec())
        assert failing(made) == {"net.loopback"}
        assert other in str(rows(made, "net.loopback"))


def test_a_loopback_that_does_not_answer_to_itself_proves_nothing() -> None:
    one = sound()["c1"]
    assert isinstance(one, Room)
    made = report_of(facts(bent("c1", loopback={**one.loopback, "c1": SILENT})), spec())
    assert (made["exit_code"], failing(made, "error")) == (3, {"net.loopback"})


def names(**answers: tuple[str, tuple[str, ...]]) -> dict[str, Room | Unread]:
    one = sound()["c1"]
    assert isinstance(one, Room)
    return bent("c1", names={**one.names, **answers})


@pytest.mark.parametrize(
    ("answers", "code", "bad"),
    [
        ({"c3": ("OK", (C[0],))}, 1, {"net.dns"}),
        ({"c3": ("OK", ("203.0.113.9",))}, 0, set()),
        ({"c2": ("NXDOMAIN", ())}, 1, {"net.dns"}),
        ({"c2": ("OK", ("203.0.113.9",))}, 1, {"net.dns"}),
        ({"c3": ("TIMEOUT", ())}, 0, set()),
        ({"c1": ("TIMEOUT", ()), "c3": ("TIMEOUT", ())}, 3, set()),
        ({"c3": ("EMFILE", ())}, 3, set()),
        ({"c3": ("not asked", ())}, 3, set()),
    ],
)
def test_names_are_judged_by_the_addresses_they_give(
    answers: dict[str, tuple[str, tuple[str, ...]]], code: int, bad: set[str]
) -> None:
    made = report_of(facts(names(**answers)), spec())
    assert (made["exit_code"], failing(made)) == (code, bad)


def test_a_room_that_could_not_be_entered_is_an_error_with_its_remedy() -> None:
    made = report_of(facts({**sound(), "c2": Unread("EPERM")}), spec())
    assert (made["exit_code"], failing(made)) == (3, set())
    assert "SYS_ADMIN" in str(rows(made, "net.loopback"))


def test_containers_that_share_a_network_namespace_by_declaration_are_one() -> None:
    shared = with_ns(target(2), "net", target(1).ns["net"])
    both = room("c1", A)
    rooms: dict[str, Room | Unread] = {
        HOST: sound()[HOST],
        "c1": replace(both, loopback={**both.loopback, "c2": OK}),
        "c2": replace(both, loopback={**both.loopback, "c2": OK}),
        "c3": sound()["c3"],
    }
    for name in ("c1", "c2"):
        rooms[name] = replace(rooms[name], reach={**both.reach, "c2": {A[0]: OK}})  # type: ignore[type-var]
    third = rooms["c3"]
    assert isinstance(third, Room)
    rooms["c3"] = replace(third, reach={**third.reach, "c2": {A[0]: SILENT}})
    made = replace(lab(target(1), shared, target(3)), rooms=rooms)
    allowed = spec(allow_shared=frozenset({("net", "c1", "c2")}))
    assert report_of(made, allowed)["exit_code"] == 0
    assert {"net.peer", "net.loopback"} <= failing(report_of(made, spec()))
