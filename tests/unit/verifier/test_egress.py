"""net.egress on hand-made facts: c3 is on an internal network, c1 and c2 have a way out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from unit.verifier.facts_of_a_lab import failing, report_of, rows
from unit.verifier.rooms_of_a_lab import HOST, HOST_ROOM, OK, REFUSED, SILENT, facts, sound, spec

from verifier.facts import Result, Room, Unread, Uplink
from verifier.net.errands import Errands
from verifier.net.plan import CONTROLS
from verifier.spec import Container

GATEWAY = "198.51.100.1:80"
FAR = "203.0.113.9:443"
INSIDE = {"internal": ("back",)}


def egress(
    mine: dict[str, Result],
    theirs: dict[str, Result],
    host: dict[str, Any] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """The report of a run in which c3 and c1 got these answers."""
    rooms = sound()
    for name, found in (("c3", mine), ("c1", theirs)):
        one = rooms[name]
        assert isinstance(one, Room)
        rooms[name] = replace(one, elsewhere={"172.30.2.1:9": REFUSED, **all_silent(), **found})
    rooms[HOST] = replace(HOST_ROOM, **(host or {}))
    return report_of(facts(rooms), spec(**{**INSIDE, **changes}))


def all_silent() -> dict[str, Result]:
    return {f"198.51.100.1:{port}": SILENT for port in (53, 80, 443)}


def row(made: dict[str, Any]) -> dict[str, Any]:
    (found,) = rows(made, "net.egress")
    return found


def test_silence_beside_an_answered_container_is_no_way_out() -> None:
    made = egress({}, {GATEWAY: OK})
    assert made["exit_code"] == 0, made["summary"]
    found = row(made)
    assert (found["subject"], found["status"], found["required"]) == ("c3", "pass", True)
    assert found["evidence"]["blocked"] == {"TIMEOUT": [GATEWAY]}
    assert found["control"] == {"c1: OK": 1, "slowest_ms": 0.5}


def test_the_hosts_own_address_is_told_to_be_reachable() -> None:
    told = row(egress({}, {GATEWAY: OK}))["evidence"]["host_gateway"]
    assert told == {"172.30.2.1": "reachable (ECONNREFUSED)"}


@pytest.mark.parametrize("answer", ["OK", "ECONNREFUSED", "ECONNRESET"])
def test_any_answer_from_beyond_the_host_is_a_way_out(answer: str) -> None:
    made = egress({GATEWAY: (answer, 0.3)}, {GATEWAY: OK})
    assert failing(made) == {"net.egress"}
    assert row(made)["evidence"]["reached"] == {GATEWAY: answer}


def test_a_way_out_needs_no_control_to_be_one() -> None:
    assert failing(egress({GATEWAY: OK}, {})) == {"net.egress"}


def test_what_was_chosen_automatically_and_answers_nobody_is_told_and_not_required() -> None:
    made = egress({}, {})
    assert made["exit_code"] == 0
    found = row(made)
    assert (found["status"], found["required"]) == ("error", False)
    assert "verification.egress: [192.0.2.1:443]" in found["remedy"]


def test_a_declared_address_that_answers_nobody_is_inconclusive() -> None:
    made = egress({FAR: SILENT}, {FAR: SILENT}, egress=(FAR,))
    assert (made["exit_code"], failing(made, "error")) == (3, {"net.egress"})
    assert f"{FAR} answered nobody" in row(made)["remedy"]


def test_each_declared_address_needs_its_own_control() -> None:
    other = "203.0.113.9:80"
    found = {FAR: SILENT, other: SILENT}
    both = (FAR, other)
    assert egress(found, {**found, FAR: OK}, egress=both)["exit_code"] == 3
    assert egress(found, dict.fromkeys(both, OK), egress=both)["exit_code"] == 0


def test_silence_that_was_listened_to_for_no_longer_than_the_control_took_proves_nothing() -> None:
    slow = {FAR: ("OK", 200.0)}
    assert egress({FAR: SILENT}, slow, egress=(FAR,))["exit_code"] == 3
    assert egress({FAR: ("TIMEOUT", 400.0)}, slow, egress=(FAR,))["exit_code"] == 0


@pytest.mark.parametrize("what", ["EMFILE", "ENOBUFS", "not tried"])
def test_an_attempt_that_was_not_made_proves_nothing(what: str) -> None:
    assert egress({FAR: (what, 0.0)}, {FAR: OK}, egress=(FAR,))["exit_code"] == 3


def test_an_address_of_the_host_itself_proves_nothing() -> None:
    own = "198.51.100.2:80"
    made = egress({own: SILENT}, {own: OK}, egress=(own,))
    assert made["exit_code"] == 3
    assert row(made)["evidence"]["not_beyond_the_host"] == [own]


def test_an_address_in_the_containers_own_network_is_not_beyond_it() -> None:
    near = "172.30.2.77:80"
    made = egress({near: OK}, {near: OK}, egress=(near,))
    assert (made["exit_code"], failing(made)) == (3, set())


def test_a_host_without_a_default_route_has_nothing_to_try() -> None:
    made = egress({}, {}, {"uplink": Uplink()})
    assert made["exit_code"] == 0
    found = row(made)
    assert (found["status"], found["required"]) == ("not_applicable", False)
    assert found["evidence"]["default_route"] is False


def test_a_host_without_a_default_route_is_still_held_to_what_is_declared() -> None:
    made = egress({FAR: ("ENETUNREACH", 0.0)}, {FAR: OK}, {"uplink": Uplink()}, egress=(FAR,))
    assert row(made)["status"] == "pass"


def test_routes_that_could_not_be_read_are_told() -> None:
    found = row(egress({}, {}, {"uplink": Uplink(problem="its routes: EACCES")}))
    assert (found["status"], found["required"]) == ("error", False)
    assert found["evidence"]["unread"] == "its routes: EACCES"


def test_where_no_container_has_a_way_out_the_host_is_the_control() -> None:
    made = egress(
        {GATEWAY: SILENT},
        {GATEWAY: SILENT},
        {"elsewhere": {GATEWAY: OK}},
        internal=("back", "front"),
    )
    found = next(one for one in rows(made, "net.egress") if one["subject"] == "c3")
    assert (found["status"], found["control"]) == ("pass", {"the host: OK": 1, "slowest_ms": 0.5})


def test_a_host_that_could_not_be_looked_at_is_never_isolated() -> None:
    rooms = {**sound(), HOST: Unread("EPERM")}
    made = report_of(facts(rooms), spec(**INSIDE))
    assert made["exit_code"] == 3
    assert failing(made, "error") == {"net.egress", "net.link"}


def test_only_closed_containers_and_some_controls_go_out() -> None:
    many = spec(**INSIDE).containers
    more = [
        Container(name=f"x{n}", id=f"{n:064x}", networks=("front",)) for n in range(50, 50 + 20)
    ]
    errands = Errands(spec(**INSIDE, containers=(*many, *more)))
    out = Uplink(default_route=True, gateways=("198.51.100.1",))
    tries = [
        one.name for one in (*many, *more) if errands.of(one.name, out, HOST_ROOM.addresses, ())
    ]
    assert "c3" in tries
    assert len(tries) == 1 + CONTROLS


def test_where_every_network_has_a_way_out_nobody_tries_any() -> None:
    errands = Errands(spec())
    out = Uplink(default_route=True, gateways=("198.51.100.1",))
    assert not errands.of("c1", out, HOST_ROOM.addresses, ())
    assert not rows(report_of(facts(sound()), spec()), "net.egress")
