"""Files left in /dev/mqueue and /dev/shm, and the host names inside containers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from unit.verifier.facts_of_a_lab import (
    HOST,
    failing,
    lab,
    report_of,
    rows,
    spec_for,
    target,
    with_ns,
)

from verifier.facts import SeenBy, Unread
from verifier.queues import HOST as THE_HOST
from verifier.spec import Container, Volume

QUEUES, MEMORY = "/dev/mqueue", "/dev/shm"


@pytest.mark.parametrize(
    ("seen", "code"),
    [(("c1",), 0), (("c1", "c2"), 1), (("c1", THE_HOST), 1), (("c2",), 1), ((), 3)],
)
@pytest.mark.parametrize("folder", [QUEUES, MEMORY])
def test_a_file_must_be_found_where_it_was_left_and_nowhere_else(
    folder: str, seen: tuple[str, ...], code: int
) -> None:
    posix = lab().posix
    made = report_of(replace(lab(), posix={**posix, "c1": {**posix["c1"], folder: seen}}))
    assert made["exit_code"] == code
    assert failing(made) == ({"ipc.shm"} if code == 1 else set())


@pytest.mark.parametrize("why", ["EACCES", "deadline", "no process", "ENOSPC"])
def test_a_folder_that_could_not_be_tried_is_an_error(why: str) -> None:
    folders: dict[str, SeenBy] = {QUEUES: ("c1",), MEMORY: Unread(why)}
    made = report_of(replace(lab(), posix={**lab().posix, "c1": folders}))
    assert (made["exit_code"], failing(made, "error")) == (3, {"ipc.shm"})


@pytest.mark.parametrize("why", ["not mounted", "EROFS"])
def test_a_container_in_which_nothing_can_be_left_has_nothing_to_share(why: str) -> None:
    folders: dict[str, SeenBy] = dict.fromkeys((QUEUES, MEMORY), Unread(why))
    made = report_of(replace(lab(), posix={**lab().posix, "c1": folders}))
    assert made["exit_code"] == 0
    assert rows(made, "ipc.shm")[0]["status"] == "not_applicable"


def test_a_container_that_was_not_tried_is_an_error() -> None:
    assert report_of(replace(lab(), posix={"c2": lab().posix["c2"]}))["exit_code"] == 3


def test_an_allowed_partner_may_find_it_and_a_third_may_not() -> None:
    shared = target(1).ns["ipc"]
    folders: dict[str, SeenBy] = dict.fromkeys((QUEUES, MEMORY), ("c1", "c2"))
    facts = lab(target(1), with_ns(target(2), "ipc", shared), target(3))
    facts = replace(facts, posix={**facts.posix, "c1": folders, "c2": folders})
    facts = replace(facts, queues={**facts.queues, "c1": ("c1", "c2"), "c2": ("c1", "c2")})
    spec = spec_for(facts, allow_shared=frozenset({("ipc", "c1", "c2")}))
    assert failing(report_of(facts, spec)) == set()
    third: dict[str, SeenBy] = {**folders, MEMORY: ("c1", "c2", "c3")}
    facts = replace(facts, posix={**facts.posix, "c1": third})
    assert failing(report_of(facts, spec)) == {"ipc.shm"}


def test_a_declared_volume_in_its_place_is_left_to_vol_share() -> None:
    facts = lab()
    volume = Volume(path=MEMORY, mode="rw", key="memory")
    one, other = spec_for(facts).containers
    declared = Container(name=one.name, id=one.id, volumes=(volume,))
    seen: dict[str, SeenBy] = {QUEUES: ("c1",), MEMORY: ("c1", "c2")}
    facts = replace(facts, posix={**facts.posix, "c1": seen})
    made = report_of(facts, spec_for(facts, containers=(declared, other)))
    assert "ipc.shm" not in failing(made)


def test_equal_host_names_in_different_namespaces_prove_nothing() -> None:
    made = report_of(replace(lab(), host_names={"the host": "vm", "c1": "vm", "c2": "vm"}))
    assert made["verdict"] == "isolated"
    assert rows(made, "uts.name")[0]["evidence"] == {"name": "vm", "host": "vm"}
    assert {row["status"] for row in rows(made, "uts.name")} == {"info"}


def test_the_hosts_own_namespace_fails_whatever_the_name() -> None:
    made = report_of(lab(target(1), with_ns(target(2), "uts", HOST["uts"])))
    assert [row["status"] for row in rows(made, "uts.name")] == ["info", "fail"]


def test_a_host_name_that_was_not_read_is_said_to_be_unread() -> None:
    made = report_of(replace(lab(), host_names={"the host": Unread("EPERM")}))
    assert rows(made, "uts.name")[0]["evidence"] == {
        "name": "unread: no answer",
        "host": "unread: EPERM",
    }
