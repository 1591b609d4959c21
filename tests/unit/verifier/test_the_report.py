"""The JSON line: its size, its words and its schema."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from unit.verifier.facts_of_a_lab import (
    HOST,
    VALIDATOR,
    failing,
    lab,
    report_of,
    rows,
    spec_for,
    target,
    with_ns,
)

from verifier.facts import Mount, Target, Unread
from verifier.folding import IN_TARGETS, KEPT, fit
from verifier.judge import judge
from verifier.report import FAILURES_BYTES, MAX_BYTES, build, failed, line

OWN_DISK = Mount(device="8:1", root="/", at="/host", writable=True, fs="ext4")


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


def bent(number: int) -> Target:
    """Each tenth container fails in a way of its own, the ways taking turns."""
    way, sound = (number // 10) % 5, target(number)
    if number % 10:
        return sound
    if way == 0:
        return with_ns(sound, "net", HOST["net"])
    if way == 1:
        return replace(sound, sockets=("/run/docker.sock",))
    if way == 2:
        return replace(sound, root=(60, 2))
    if way == 3:
        return replace(sound, status=Unread("EACCES"))
    return replace(sound, mounts=(*sound.mounts, OWN_DISK))


def test_a_hundred_containers_with_failures_of_every_kind_keep_each_of_them_whole() -> None:
    facts = lab(*(bent(n) for n in range(1, 101)))
    whole = build(judge(spec_for(facts), facts), "{}", {})
    made = report_of(facts)
    assert {"net.host", "mnt.socket", "mnt.root", "mnt.undeclared"} <= failing(made)
    assert {"confine", "pid.view"} <= failing(made, "error")
    assert not_held(made["checks"]) == not_held(whole["checks"])
    assert made["summarised"] is True
    assert len(json.dumps(made["checks"])) < MAX_BYTES


def test_what_is_not_required_is_summed_up_first_then_what_targets_say_as_well() -> None:
    checks = judged(12)
    extra = sum(len(json.dumps(row)) for row in checks if not row["required"])
    optional = {row["id"] for row in checks if not row["required"] and row["subject"] != "*"}
    assert {"uts.name", "time.host"} <= optional
    assert folded(fit(checks, 1)) < optional
    assert optional < folded(fit(checks, extra)) < optional | IN_TARGETS
    assert {"confine", "map", "pid.view"} <= folded(fit(checks, 1 << 20))


def test_no_more_is_summed_up_than_it_takes() -> None:
    checks = judged(13)
    one_row = len(json.dumps(checks[0])) // 2
    assert len(folded(fit(checks, one_row))) == 1
    assert fit(checks, -1000) == checks


def test_a_check_that_is_not_required_and_could_not_be_told_is_not_summed_up_either() -> None:
    doubtful = [{**row, "required": False, "status": "error"} for row in judged(3)]
    assert fit(doubtful, 1 << 20) == doubtful


def test_ten_thousand_failures_are_counted_by_check_and_name_every_container() -> None:
    names = [f"c{n}" for n in range(500)]
    checks = [
        {**failed_row(check_id), "subject": name}
        for check_id in (f"a{n}.b" for n in range(20))
        for name in names
    ]
    made = {**failed("bad_spec", "m", "r", "r", ""), "checks": checks}
    assert len(json.dumps(made)) > 4 * FAILURES_BYTES
    short = json.loads(line(made))
    VALIDATOR.validate(short)
    assert len(line(made)) < FAILURES_BYTES
    for check_id in (f"a{n}.b" for n in range(20)):
        found = rows(short, check_id)
        assert all(row["status"] == "fail" and row["remedy"] for row in found)
        named = [row["subject"] for row in found if row["subject"] != "*"]
        [rest] = [row["evidence"] for row in found if row["subject"] == "*"]
        assert len(named) == KEPT
        assert sorted([*named, *rest["subjects"]]) == sorted(names)
        assert rest["summarised"] == len(names) - KEPT


def test_a_hundred_failures_stay_as_they_are_however_long() -> None:
    checks = [{**failed_row("a.b"), "subject": f"c{n}"} for n in range(100)]
    long = {**failed("bad_spec", "m", "r", "r", ""), "checks": checks}
    long["checks"][0]["evidence"] = {"words": "x" * MAX_BYTES}
    assert json.loads(line(long))["checks"] == sorted(checks, key=lambda row: row["subject"])


def folded(checks: list[dict[str, Any]]) -> set[str]:
    return {row["id"] for row in checks if "summarised" in row["evidence"]}


def judged(containers: int) -> list[dict[str, Any]]:
    facts = lab(*(target(n) for n in range(1, containers + 1)))
    made: list[dict[str, Any]] = build(judge(spec_for(facts), facts), "{}", {})["checks"]
    return made


def failed_row(check_id: str) -> dict[str, Any]:
    return {
        "id": check_id,
        "subject": "c1",
        "required": True,
        "status": "fail",
        "claim": "nothing of it is anybody else's",
        "method": "inode",
        "evidence": {"ns": "mnt:[4026531841]", "host": "mnt:[4026531841]"},
        "remedy": "take the mount away",
    }


def not_held(checks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in checks if row["status"] in ("fail", "error", "skipped")]


def test_forty_containers_of_which_little_could_be_read_are_all_named() -> None:
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
