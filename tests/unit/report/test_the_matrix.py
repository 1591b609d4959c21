"""Who reaches whom: what the matrix says of each pair, and what fits which terminal."""

from __future__ import annotations

from unit.report.sample_reports import Report, check_of, failing, lab_of, shown
from unit.report.test_any_report import ESCAPES, on_terminal

from report import reach, terminal
from report.cells import BAD, DOUBT


def words(report: Report) -> dict[tuple[str, str], str]:
    made = reach.matrix(report)
    assert made is not None
    return {pair: cell.word for pair, cell in made.cells.items()}


def leak(made: Report) -> None:
    one = check_of(made, "net.reach", "box00")
    one |= {"status": "fail", "remedy": "r"}
    one["evidence"] = {
        "wrong": [{"to": "box01", "expected": "blocked", "got": "ECONNREFUSED"}],
        "row": {**one["evidence"]["row"], "box01": "ECONNREFUSED"},
    }


def cut_off(made: Report) -> None:
    one = check_of(made, "net.reach", "box00")
    one |= {"status": "fail", "remedy": "r"}
    one["evidence"]["wrong"] = [{"to": "box03", "expected": "OK", "got": "TIMEOUT"}]


def unread(made: Report) -> None:
    one = check_of(made, "net.reach", "box00")
    one |= {"status": "error", "remedy": "r", "evidence": {"unread": "EPERM"}}


def test_neighbours_on_one_bridge_talk_and_others_are_blocked() -> None:
    found = words(shown(lab_of(4)))
    assert found["box00", "box03"] == found["box03", "box00"] == reach.TALKS
    assert found["box00", "box01"] == found["box02", "box03"] == reach.BLOCKED


def test_members_of_one_network_stand_side_by_side() -> None:
    made = reach.matrix(shown(lab_of(6)))
    assert made is not None
    assert made.names == ("box01", "box04", "box00", "box03", "box02", "box05")


def test_a_connection_that_should_not_be_is_a_leak_though_it_was_refused() -> None:
    made = reach.matrix(failing(leak))
    assert made is not None
    cell = made.cells["box00", "box01"]
    assert (cell.word, cell.tone, cell.detail) == (reach.LEAK, BAD, "ECONNREFUSED")
    assert made.cells["box01", "box00"].word == reach.BLOCKED


def test_a_neighbour_that_is_silent_is_cut_off() -> None:
    assert words(failing(cut_off))["box00", "box03"] == reach.LOST


def test_what_was_not_read_is_unknown_and_never_blocked() -> None:
    made = reach.matrix(failing(unread))
    assert made is not None
    row = [made.cells["box00", other] for other in made.names if other != "box00"]
    assert {(cell.word, cell.tone) for cell in row} == {(reach.UNKNOWN, DOUBT)}


def test_a_summed_up_row_counts_only_when_it_passed() -> None:
    def sum_up(made: Report) -> None:
        for name in ("box00", "box01"):
            check_of(made, "net.reach", name)["evidence"] = {"summary": {"OK": 1, "TIMEOUT": 2}}
        check_of(made, "net.reach", "box01").update(status="fail", remedy="r")

    found = words(failing(sum_up))
    assert found["box00", "box03"] == reach.TALKS
    assert found["box00", "box01"] == reach.BLOCKED
    assert found["box01", "box00"] == reach.UNKNOWN


def test_a_summed_up_row_without_the_lab_is_unknown() -> None:
    made = lab_of(4)
    del made["lab"]
    check_of(made, "net.reach", "box00")["evidence"] = {"summary": {"OK": 3}}
    assert words(shown(made))["box00", "box03"] == reach.UNKNOWN


def test_containers_in_one_network_namespace_are_no_wall() -> None:
    def join(made: Report) -> None:
        for number, allowed in ((0, True), (1, True), (2, False), (3, False)):
            cell = made["targets"][number]["ns"]["net"]
            cell |= {"state": "shared_with_peer", "ns": f"net:[{number // 2}]"}
            cell["allowed"] = allowed

    found = words(failing(join))
    assert found["box00", "box01"] == reach.SAME
    assert found["box02", "box03"] == reach.LEAK


def test_a_report_that_says_nothing_of_networks_has_no_matrix() -> None:
    made = lab_of(4)
    made["checks"] = [one for one in made["checks"] if one["id"] != "net.reach"]
    assert reach.matrix(shown(made)) is None
    assert "who reaches whom" not in terminal.plain(shown(made), whole=True)


def test_four_containers_are_words_ten_are_signs_and_forty_are_lines() -> None:
    four, ten, forty = (ESCAPES.sub("", on_terminal(shown(lab_of(n)), 80)) for n in (4, 10, 40))
    assert "box00 blocked -       talks   blocked" in four
    assert "+ talks  . blocked" in ten
    assert " 4 box00  .  .  .  \\  +  +  +  .  .  ." in ten
    assert "blocked" in forty
    assert "+ talks" not in forty
    assert "26 blocked" in forty
