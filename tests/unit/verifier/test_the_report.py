"""The JSON line: its size, its words and its schema."""

from __future__ import annotations

import json

import jsonschema
import pytest
from unit.verifier.facts_of_a_lab import (
    HOST,
    VALIDATOR,
    failing,
    lab,
    report_of,
    rows,
    target,
    with_ns,
)

from verifier.report import MAX_BYTES, failed, line


def test_ten_containers_fit_in_64_kib_with_nothing_summed_up() -> None:
    made = report_of(lab(*(target(n) for n in range(1, 11))))
    assert "summarised" not in made
    assert len(rows(made, "net.host")) == 10


def test_a_hundred_containers_sum_up_passes_and_keep_every_failure() -> None:
    many = [target(n) for n in range(1, 101)]
    bent = [with_ns(one, "ipc", HOST["ipc"]) if n % 10 == 0 else one for n, one in enumerate(many)]
    made = report_of(lab(*bent))
    assert made["summarised"] is True
    assert {row["subject"] for row in rows(made, "ipc.host") if row["status"] == "fail"} == {
        f"c{n}" for n in range(1, 101, 10)
    }
    assert rows(made, "net.host")[0]["evidence"]["summarised"] == 100
    assert failing(made) == {"ipc.host", "ipc.peer"}
    assert made["counts"]["fail"] == 11


def test_a_thousand_unknown_containers_are_all_named() -> None:
    facts = lab(*(target(n) for n in range(1, 41)))
    made = report_of(lab(*facts.targets, capabilities=0))
    assert made["exit_code"] == 3


def test_the_line_is_plain_ascii_whatever_the_words() -> None:
    text = line(failed("bad_spec", "ä\u2028\x1b", "r", "r", ""))
    assert text.isascii()
    assert "\x1b" not in text
    assert json.loads(text)["summary"] == "ä\u2028\x1b"


def test_the_schema_refuses_an_isolated_report_about_fewer_than_two_containers() -> None:
    made = report_of(lab())
    made["targets"] = made["targets"][:1]
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(made)


def test_the_schema_refuses_an_exit_code_that_is_not_the_verdicts() -> None:
    made = report_of(lab())
    made["exit_code"] = 1
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(made)


def test_the_schema_refuses_a_failure_without_a_remedy() -> None:
    made = report_of(lab(target(1), with_ns(target(2), "ipc", HOST["ipc"])))
    for row in made["checks"]:
        row.pop("remedy", None)
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(made)


def test_the_limit_is_64_kib() -> None:
    assert MAX_BYTES == 65536
