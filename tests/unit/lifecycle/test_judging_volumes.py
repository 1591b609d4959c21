"""From what the trial saw to two rows: what was not seen, or not controlled, is never a pass."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.inside import LAYER_BYTES, VOLUME_BYTES
from lifecycle.judge import LAYER, OUTLIVES, layer, outlives, rows
from lifecycle.observed import Observed, Problem

MIB = 1 << 20
FILE = {"bytes": VOLUME_BYTES, "allocated": VOLUME_BYTES, "sha256": "ab"}


def seen(**changes):
    """A trial in which everything went as it should."""
    sound = Observed(
        driver="overlay2",
        writer="a" * 64,
        reader="b" * 64,
        layer_before=0,
        layer_filled=0,
        layer_grown=LAYER_BYTES,
        written=FILE,
        control={"bytes": LAYER_BYTES, "allocated": LAYER_BYTES, "sha256": "cd"},
        writer_gone=True,
        read=FILE,
        layer_seen={},
    )
    return dataclasses.replace(sound, **changes)


def statuses(observed):
    return {row["id"]: row["status"] for row in rows(observed)}


def test_a_sound_trial_passes_both_with_sizes_as_evidence():
    assert statuses(seen()) == {OUTLIVES: "pass", LAYER: "pass"}
    assert layer(seen())["evidence"] == {
        "written_to_volume": 8 * MIB,
        "allocated_in_volume": 8 * MIB,
        "layer_before": 0,
        "layer_after": 0,
        "layer_grew": 0,
        "driver": "overlay2",
    }
    assert layer(seen())["control"] == {"written_to_layer": MIB, "layer_grew": MIB}
    assert outlives(seen())["evidence"] == {
        "bytes_written": 8 * MIB,
        "sha256_written": "ab",
        "bytes_read": 8 * MIB,
        "sha256_read": "ab",
        "writer": "a" * 12,
        "writer_gone": True,
        "reader": "b" * 12,
    }


@pytest.mark.parametrize("grew", [1, VOLUME_BYTES])
def test_a_layer_that_grew_fails_whatever_the_control_says(grew):
    found = layer(seen(layer_filled=grew, layer_grown=grew))
    assert found["status"] == "fail"
    assert found["evidence"]["layer_grew"] == grew
    assert "storage driver overlay2" in found["remedy"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"layer_grown": 0}, "the control failed: the engine does not see"),
        ({"layer_grown": LAYER_BYTES - 1}, "the control failed"),
        ({"layer_before": MIB, "layer_filled": 0, "layer_grown": MIB}, "shrank by 1048576 bytes"),
        ({"written": {**FILE, "bytes": 7}}, "the volume does not hold what was written"),
        ({"layer_before": None}, "overlay2 does not say how large"),
        ({"layer_filled": None, "problem": Problem("engine gone", "start it")}, "engine gone"),
    ],
)
def test_a_layer_that_was_not_measured_is_an_error_with_the_reason(changes, why):
    found = layer(seen(**changes))
    assert found["status"] == "error"
    assert why in found["evidence"]["problem"]
    assert found["remedy"]


@pytest.mark.parametrize(
    "read", [{}, {**FILE, "sha256": "ac"}, {**FILE, "bytes": 1}, {"bytes": VOLUME_BYTES}]
)
def test_data_that_is_gone_or_changed_fails(read):
    found = outlives(seen(read=read))
    assert found["status"] == "fail"
    assert "Docker Root Dir" in found["remedy"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"writer_gone": False}, "was not removed"),
        ({"reader": "a" * 64}, "was not removed"),
        ({"layer_seen": {"bytes": MIB}}, "the control failed: the new container has a file"),
        ({"written": {}, "read": {}}, "wrote nothing"),
        ({"control": {}}, "wrote nothing"),
        ({"read": None, "problem": Problem("engine gone", "start it")}, "engine gone"),
        ({"writer_gone": None, "problem": Problem("engine gone", "start it")}, "engine gone"),
    ],
)
def test_a_container_that_did_not_go_or_left_its_layer_proves_nothing(changes, why):
    found = outlives(seen(**changes))
    assert found["status"] == "error"
    assert why in found["evidence"]["problem"]
    assert found["remedy"]


def test_a_trial_that_never_began_says_so_twice():
    observed = Observed(problem=Problem("no engine", "start it"))
    assert statuses(observed) == {OUTLIVES: "error", LAYER: "error"}
    assert {row["remedy"] for row in rows(observed)} == {"start it"}


def test_what_was_shown_before_the_engine_went_stays_shown():
    broke_off = seen(writer_gone=None, read=None, layer_seen=None, problem=Problem("gone"))
    assert statuses(broke_off) == {OUTLIVES: "error", LAYER: "pass"}


PARTS = [f.name for f in dataclasses.fields(Observed) if f.name not in ("driver", "problem", "ms")]


@given(st.sets(st.sampled_from(PARTS), min_size=1))
def test_whatever_is_missing_no_row_needs_it_and_passes(missing):
    found = statuses(seen(**dict.fromkeys(missing)))
    if missing & {"layer_before", "layer_filled", "layer_grown", "written", "control"}:
        assert found[LAYER] != "pass"
    if missing & {"written", "control", "writer_gone", "read", "layer_seen", "writer", "reader"}:
        assert found[OUTLIVES] != "pass"


sizes = st.one_of(st.none(), st.integers(0, 1 << 30))
files = st.one_of(
    st.none(),
    st.just({}),
    st.fixed_dictionaries(
        {"bytes": st.sampled_from([0, MIB, VOLUME_BYTES]), "sha256": st.sampled_from(["a", "b"])}
    ),
)


@given(sizes, sizes, sizes, files, files, files, st.sampled_from([None, True, False]))
def test_a_pass_means_what_it_claims(before, filled, grown, written, control, read, gone):
    observed = seen(
        layer_before=before,
        layer_filled=filled,
        layer_grown=grown,
        written=written,
        control=control,
        read=read,
        writer_gone=gone,
    )
    found = statuses(observed)
    if found[LAYER] == "pass":
        assert before == filled
        assert grown >= filled + LAYER_BYTES
        assert written["bytes"] == VOLUME_BYTES
    if found[OUTLIVES] == "pass":
        assert gone
        assert written
        assert read == written
        assert control
    json.dumps(rows(observed), allow_nan=False)
