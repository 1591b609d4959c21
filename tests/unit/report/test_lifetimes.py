"""The proofs about volumes are told with their sizes, and only when they passed."""

import pytest
from unit.report.sample_reports import lab_of, row, shown

from report.cells import BAD, DOUBT, GOOD
from report.lifetimes import lifetimes, size

SIZES = {"written_to_volume": 8 << 20, "layer_grew": 0}
CONTROL = {"written_to_layer": 1 << 20, "layer_grew": 1 << 20}


def told(check_id, status, **more):
    made = lab_of(2)
    made["checks"] = [{**row(check_id, "*", status), **more}]
    (cell,) = lifetimes(shown(made))
    return cell


def test_a_layer_that_did_not_grow_is_told_beside_one_that_did():
    cell = told("vol.layer", "pass", evidence=SIZES, control=CONTROL)
    assert cell.tone is GOOD
    assert "8 MiB written to a volume grew the container's own layer by 0 bytes" in cell.word
    assert "1 MiB written to the layer grew it by 1 MiB" in cell.word


def test_bytes_that_outlived_their_writer_are_told():
    evidence = {"bytes_written": 8 << 20, "bytes_read": 8 << 20}
    assert (
        "another container read the same 8 MiB"
        in told("vol.outlives", "pass", evidence=evidence).word
    )


@pytest.mark.parametrize(("status", "tone"), [("fail", BAD), ("error", DOUBT), ("skipped", DOUBT)])
def test_what_did_not_pass_is_never_told_as_if_it_had(status, tone):
    cell = told("vol.layer", status, evidence=SIZES, control=CONTROL)
    assert cell.tone is tone
    assert "grew the container's own layer by 0" not in cell.word


@pytest.mark.parametrize(
    ("value", "said"),
    [
        *((0, "0 bytes"), (1 << 20, "1 MiB"), (1536, "1,536 bytes"), (3 << 10, "3 KiB")),
        *((value, "an unknown size") for value in (None, True, "8")),
    ],
)
def test_sizes_are_told_in_the_largest_unit_that_divides_them(value, said):
    assert size(value) == said
