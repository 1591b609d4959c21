"""The pure parts of the bench: ratios, rows, goals. No time is asserted anywhere."""

from bench.table import OPERATIONS, aligned, comparison, differences, goal, ratio, spread

SAMPLES = {
    "ours": {"up, cold": [12.0, 11.0, 30.0], "preview": [3.0]},
    "bare": {"up, cold": [10.0, 9.0, 10.0], "destroy": [2.0]},
}


def test_a_ratio_is_of_medians_so_that_one_slow_round_does_not_count():
    assert ratio(SAMPLES, "ours", "bare", "up, cold") == 1.2


def test_there_is_no_ratio_where_either_has_not_been_measured():
    assert ratio(SAMPLES, "ours", "bare", "preview") is None
    assert ratio(SAMPLES, "ours", "bare", "destroy") is None
    assert ratio(SAMPLES, "ours", "compose", "up, cold") is None


def test_ratios_come_before_seconds_in_every_row():
    rows = comparison(SAMPLES, ["ours", "bare"], ["bare"])
    assert rows[0][2:] == ["to bare", "seconds", "least to most"]
    assert rows[1] == ["up, cold", "ours", "1.20x", "12.00", "11.00 to 30.00"]
    assert rows[2] == ["", "bare", "1.00x", "10.00", "9.00 to 10.00"]


def test_a_contender_that_is_not_there_keeps_its_rows_and_shows_no_number():
    rows = comparison(SAMPLES, ["ours", "compose"], ["compose"])
    assert len(rows) == 1 + 2 * len(OPERATIONS)
    assert all(row[2:] == ["-", "-", "-"] for row in rows[2::2])


def test_differences_are_taken_within_a_round():
    found = differences(SAMPLES, "ours", "bare")
    assert found == {"up, cold": 2.0}


def test_no_seconds_are_shown_as_a_dash():
    assert spread([]) == ["-", "-"]


def test_a_goal_says_what_was_measured_and_whether_it_is_met():
    assert goal("start", 2.5, 3.0, " s") == "start: 2.50 s (goal 3 s at most: met)"
    assert goal("start", 3.01, 3.0, " s") == "start: 3.01 s (goal 3 s at most: NOT met)"


def test_a_goal_without_a_measurement_is_not_called_met():
    assert goal("start", None, 3.0, " s") == "start: not measured (goal 3 s at most)"


def test_columns_line_up_names_to_the_left_and_numbers_to_the_right():
    assert aligned([["a", "bb", "1"], ["ccc", "d", "22"]]) == "a    bb   1\nccc  d   22"
