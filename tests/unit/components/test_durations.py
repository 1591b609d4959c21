"""Durations: what a lab may write, and the one form that the engine answers in."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.durations import go_duration, parse_duration


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("1m", "1m0s"),
        ("90s", "1m30s"),
        ("30s", "30s"),
        ("2h", "2h0m0s"),
        ("1500ms", "1.5s"),
        ("500ms", "500ms"),
        ("1h1s", "1h0m1s"),
        ("0s", "0s"),
        ("1.25s", "1.25s"),
    ],
)
def test_a_duration_is_rendered_as_go_renders_it(written, canonical):
    assert go_duration(parse_duration(written)) == canonical


@pytest.mark.parametrize("text", ["", "30", "s", "30 s", "1d", "-5s", "1m 30s", "30s!"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match="is not a duration; write a number and ms, s, m or h"):
        parse_duration(text)


@given(st.integers(0, 10**9).map(lambda ms: timedelta(milliseconds=ms)))
def test_the_canonical_form_reads_back_as_the_same_duration(value):
    assert parse_duration(go_duration(value)) == value
    assert go_duration(parse_duration(go_duration(value))) == go_duration(value)
