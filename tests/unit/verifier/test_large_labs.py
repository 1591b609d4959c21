"""What a hundred containers need: many open files, fewer questions, room in the kernel's tables."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from unit.verifier.facts_of_a_lab import lab as isolated_lab
from unit.verifier.facts_of_a_lab import report_of, rows, spec_for, target

from verifier.child import Child, readable
from verifier.facts import Room, Unread
from verifier.judge import judge
from verifier.net import crowding, plan
from verifier.procfs import ProcFs
from verifier.spec import Container, Spec

HEADING = b"entries  allocs   unresolved_discards table_fulls\n"


@pytest.fixture
def many_files() -> Iterator[None]:
    """Numbers up to 1,100 are taken, as the namespace files of a hundred containers take them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 1200:
        pytest.skip("needs 1,200 open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1200), hard))
    taken: list[int] = []
    while not taken or taken[-1] < 1100:
        taken.append(os.open("/dev/null", os.O_RDONLY))
    yield
    for file in taken:
        os.close(file)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
def test_a_child_answers_through_a_file_above_number_1023() -> None:
    assert Child(lambda: "here").answer(10) == "here"


@pytest.mark.usefixtures("many_files")
def test_a_silent_child_behind_such_a_file_is_late_and_not_waited_for() -> None:
    began = time.monotonic()
    assert Child(lambda: time.sleep(60)).answer(0.1) == Unread("deadline")
    assert time.monotonic() - began < 5


def test_a_pipe_that_its_writer_closed_is_readable_at_once() -> None:
    read, write = os.pipe()
    assert not readable(read, 0.01)
    os.close(write)
    assert readable(read, 60)
    os.close(read)


def lab(size: int, networks: int = 10) -> Spec:
    containers = [
        Container(name=f"c{n}", id=f"{n:064x}", networks=(f"net{n % networks}",))
        for n in range(size)
    ]
    names = tuple(f"net{n}" for n in range(networks))
    return Spec(run_id="r", containers=tuple(containers), dns_networks=names)


def test_in_a_small_lab_everybody_asks_for_everybody() -> None:
    spec = lab(30)
    names = {container.name for container in spec.containers}
    assert all(asked == names for asked in plan.questions(spec).values())


def test_in_a_large_lab_whoever_should_know_a_name_asks_for_it() -> None:
    spec = lab(100)
    asked = plan.questions(spec)
    for one, other in permutations(spec.containers, 2):
        if plan.resolves(spec, one, other):
            assert other.name in asked[one.name]
    assert all(name in names for name, names in asked.items())


def test_in_a_large_lab_each_name_is_asked_for_on_each_network_it_should_not_be_on() -> None:
    spec = lab(100)
    asked = plan.questions(spec)
    for other in spec.containers:
        askers = [one for one in spec.containers if other.name in asked[one.name]]
        assert {network for one in askers for network in one.networks or ()} == set(
            spec.dns_networks
        )
    assert sum(map(len, asked.values())) < 100 * 25


def test_a_container_of_no_declared_network_asks_for_everybody() -> None:
    spec = lab(100)
    lone = Container(name="lone", id="f" * 64, networks=())
    asked = plan.questions(Spec(run_id="r", containers=(*spec.containers, lone)))
    assert len(asked["lone"]) == 101


def test_refused_neighbours_are_counted_over_all_processors(tmp_path: Path) -> None:
    file = tmp_path / "2" / crowding.STATISTICS
    file.parent.mkdir(parents=True)
    file.write_bytes(HEADING + b"00000356 00000ce0 00000000 0000a485\n00000356 1 0 0000000f\n")
    assert crowding.refusals(ProcFs(str(tmp_path))) == 0xA485 + 0xF


@pytest.mark.parametrize("text", [b"", b"entries allocs\n1 2\n", HEADING + b"zz\n"])
def test_another_table_tells_nothing(text: bytes) -> None:
    assert crowding.counted(text) is None


def test_where_the_table_is_not_shown_nothing_is_told(tmp_path: Path) -> None:
    assert crowding.refusals(ProcFs(str(tmp_path))) is None


def test_silence_while_neighbours_were_refused_is_doubt_and_an_answer_stays_one() -> None:
    found = {"10.0.0.2": ("TIMEOUT", 250.0), "10.0.0.3": ("EHOSTUNREACH", 9.0)}
    assert {what for what, _ in crowding.doubted(found).values()} == {"ENOBUFS"}
    answers = {"10.0.0.4": ("OK", 0.2), "10.0.0.5": ("ECONNREFUSED", 0.1)}
    assert crowding.doubted(answers) == answers


ADDRESSES = {"c1": ("172.30.1.2", 24), "c2": ("172.30.1.3", 24), "c3": ("172.30.2.2", 24)}
ON = {"c1": "front", "c2": "front", "c3": "back"}


def judged(silence: str, linked: str) -> dict[str, str]:
    """Status of net.reach by container, with these words for what is apart and what is not."""
    facts = isolated_lab(*(target(n) for n in (1, 2, 3)))
    rooms: dict[str, Room | Unread] = {
        name: Room(
            addresses=(mine,),
            reach={
                other: {
                    address[0]: (
                        "OK" if other == name else linked if ON[other] == ON[name] else silence,
                        1.0,
                    )
                }
                for other, address in ADDRESSES.items()
            },
        )
        for name, mine in ADDRESSES.items()
    }
    containers = tuple(
        Container(name=one.name, id=one.id, networks=(ON[one.name],)) for one in facts.targets
    )
    spec = spec_for(facts, containers=containers)
    made = report_of(replace(facts, rooms=rooms), spec)
    return {row["subject"]: row["status"] for row in rows(made, "net.reach")}


def test_blocked_pairs_pass_where_the_kernel_had_room_for_neighbours() -> None:
    assert judged("TIMEOUT", "OK") == {"c1": "pass", "c2": "pass", "c3": "pass"}


def test_no_pair_is_called_blocked_or_cut_off_where_the_kernel_had_no_room() -> None:
    assert judged(crowding.FULL, "OK") == {"c1": "error", "c2": "error", "c3": "error"}
    assert judged("TIMEOUT", crowding.FULL) == {"c1": "error", "c2": "error", "c3": "pass"}
    assert judged("TIMEOUT", "TIMEOUT")["c1"] == "fail"


def test_a_leak_is_a_failure_even_where_the_kernel_had_no_room_for_others() -> None:
    assert judged("OK", crowding.FULL)["c1"] == "fail"


def test_in_a_large_lab_the_names_not_asked_for_are_counted_and_no_doubt() -> None:
    many = [target(n) for n in range(1, 41)]
    facts = isolated_lab(*many)
    containers = tuple(
        Container(name=one.name, id=one.id, networks=(f"net{n % 4}",)) for n, one in enumerate(many)
    )
    names = tuple(f"net{n}" for n in range(4))
    spec = spec_for(facts, containers=containers, dns_networks=names)
    asked, place = plan.questions(spec), {one.name: n for n, one in enumerate(many)}
    rooms: dict[str, Room | Unread] = {
        one.name: Room(
            addresses=((f"10.0.{place[one.name] % 4}.{place[one.name]}", 24),),
            names={
                other: ("OK", (f"10.0.{place[other] % 4}.{place[other]}",))
                if place[other] % 4 == place[one.name] % 4
                else ("NXDOMAIN", ())
                for other in asked[one.name]
            },
        )
        for one in many
    }
    found = judge(spec, replace(facts, rooms=rooms)).checks
    own = [check for check in found if check.id == "net.dns"]
    assert {check.status for check in own} == {"pass"}
    assert all(check.evidence["answers"]["not asked"] > 10 for check in own)
    first = rooms["c1"]
    assert isinstance(first, Room)
    rooms["c1"] = replace(first, names={**first.names, "c5": ("not asked", ())})
    again = judge(spec, replace(facts, rooms=rooms)).checks
    [doubtful] = [check for check in again if check.id == "net.dns" and check.status != "pass"]
    assert (doubtful.subject, doubtful.status) == ("c1", "error")
