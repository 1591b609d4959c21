"""The pure parts of timing the review. No time is asserted anywhere."""

from __future__ import annotations

import json

import pytest

from bench.reviewing import CHECK, DIFF, PREVIEW, SIZES, WRITE, Reviewed, lab
from bench.reviewing_table import lines
from infra.config import parse
from review.recorder import record
from review.stacks import StackFile


@pytest.mark.parametrize("containers", SIZES)
def test_each_lab_is_one_that_the_program_takes(containers):
    assert len(parse(lab(containers)).containers) == containers


def test_the_largest_registers_three_hundred_resources():
    config = {"docklab:lab": json.dumps(lab(max(SIZES)))}
    file = StackFile(name="large", config=config, secrets=())
    assert len(record(file).resources) >= 300


def seconds(check: float, preview: float | None = None) -> dict[str, list[float]]:
    found = {CHECK: [check], WRITE: [1.0], DIFF: [2.0]}
    return found if preview is None else {**found, PREVIEW: [preview]}


def test_the_table_has_ratios_and_goals():
    small = Reviewed(name="all 4 stacks here", resources=100, seconds=seconds(3.5))
    large = Reviewed(name="128 containers", resources=310, seconds=seconds(4.0, preview=12.0))
    text = lines([small, large], 1)
    assert "3.0x" in text
    assert "all 4 stacks here, review-check: 3.50 s (goal 3 s at most: NOT met)" in text
    assert "128 containers, review-check: 4.00 s (goal 5 s at most: met)" in text


def test_a_lab_of_fewer_resources_has_no_goal():
    small = Reviewed(name="all", resources=100, seconds=seconds(1.0))
    other = Reviewed(name="10 containers", resources=40, seconds=seconds(1.0, preview=2.0))
    assert "10 containers, review" not in lines([small, other], 1)
