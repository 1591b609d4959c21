"""The pure parts of timing the verification by size. No time is asserted anywhere."""

from __future__ import annotations

import json

import pytest

from bench.__main__ import _options
from bench.by_exec import ByExec
from bench.crowd import SIZES, Crowd, specification
from bench.scaling import Size, Verified
from bench.scaling_table import lines
from verifier.parse import parse


def crowd(containers: int) -> Crowd:
    return Crowd(run="0a1b2c3d", containers=containers)


@pytest.mark.parametrize("containers", SIZES)
def test_what_the_verifier_is_asked_is_a_spec_that_it_takes(containers):
    one = crowd(containers)
    ids = {name: f"{n:064x}" for n, name in enumerate(one.names)}
    spec = parse(json.dumps(specification(one, ids)))
    assert len(spec.containers) == containers
    assert {network for c in spec.containers for network in c.networks or ()} == set(one.networks)
    modes = [volume.mode for c in spec.containers for volume in c.volumes]
    assert modes.count("rw") == 1
    assert len(modes) == containers


@pytest.mark.parametrize("containers", SIZES)
def test_each_crowd_has_containers_apart_and_from_ten_on_some_together(containers):
    one = crowd(containers)
    used = [one.network_of(name) for name in one.names]
    assert len(set(used)) >= 2
    assert containers < 10 or all(used.count(network) > 1 for network in one.networks)


def test_all_pairs_are_measured_where_they_are_few_and_otherwise_the_same_draw_each_time():
    assert len(set(crowd(10).sample(100))) == 90
    drawn = crowd(30).sample(100)
    assert len(set(drawn)) == 100
    assert drawn == crowd(30).sample(100)
    assert all(one != other for one, other in drawn)


def test_what_a_crowd_makes_bears_the_mark_of_the_run():
    assert "0a1b2c3d" in crowd(2).on_engine("c0")
    assert "0a1b2c3d" in crowd(2).volume


def size(containers: int, measured: int, **run: float) -> Size:
    found = {"inside_ms": 300.0, "whole_seconds": 0.5, "report_bytes": 32 * 1024, **run}
    pairs = containers * (containers - 1)
    return Size(
        containers=containers,
        pairs=pairs,
        bridges=2,
        runs=[Verified(verdict="isolated", **found)],
        alternative=ByExec(containers=[0.1] * containers, measured=[0.2] * measured, pairs=pairs),
    )


def test_the_whole_cost_of_the_alternative_is_extrapolated_and_says_so():
    text = lines([size(2, 2), size(30, 100)], 1)
    [small, large] = [line for line in text.splitlines() if line.endswith("isolated")]
    assert small.split()[-3:-1] == ["0.6", "1x"]
    assert large.split()[-3:-1] == ["177.0*", "354x*"]
    assert "extrapolated from 100 of 870 pairs" in text
    assert "of 2 pairs" not in text


def test_goals_are_told_for_ten_and_a_hundred_containers_alone():
    text = lines([size(2, 2), size(10, 90, inside_ms=351.0), size(100, 100)], 1)
    assert "10 containers, inside: 351.00 ms (goal 350 ms at most: NOT met)" in text
    assert "10 containers, the whole run: 0.50 s (goal 1 s at most: met)" in text
    assert "100 containers, inside: 300.00 ms (goal 3000 ms at most: met)" in text
    assert "\n2 containers, inside" not in text


def test_sizes_are_read_from_one_word():
    assert _options(["--sizes", "2,10"]).sizes == [2, 10]
    assert _options([]).sizes == list(SIZES)


@pytest.mark.parametrize("text", ["1", "2,101", "2,x", ""])
def test_sizes_that_are_none_are_refused(text, capsys):
    with pytest.raises(SystemExit):
        _options(["--sizes", text])
    assert "--sizes" in capsys.readouterr().err
