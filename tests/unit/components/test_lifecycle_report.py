"""The volume check's answer and the one report: isolated only where both parts say so."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.lifecycle_report import CLAIMS, answered, merged, question
from components.verdict import judge
from lifecycle import judge as lifecycle_judge

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "verifier" / "report_schema.json").read_text())
ABOUT = {"docker_host": "unix:///run/x.sock", "lab": "1", "program": "2"}
TARGET = {"name": "a", "id": "a" * 64, "pid": 1, "starttime": 1, "ns": {}}
STATUSES = ("pass", "fail", "error")


def row(check, status="pass", **more):
    return {
        "id": check,
        "subject": "*",
        "required": True,
        "status": status,
        "claim": CLAIMS[check],
        "method": "behaviour",
        "evidence": {"written_to_volume": 8388608},
        "control": {"layer_grew": 1048576},
        **({} if status == "pass" else {"remedy": "another engine"}),
        **more,
    }


def answer(*rows, run_id="v1"):
    return json.dumps({"run_id": run_id, "checks": list(rows), "timing_ms": {"total": 800.0}})


def both(outlives="pass", layer="pass"):
    return [row("vol.outlives", outlives), row("vol.layer", layer)]


def own(verdict="isolated", **more):
    """A verifier's report as the schema has it."""
    status = {"isolated": "pass", "not_isolated": "fail"}.get(verdict, "error")
    remedy = {} if status == "pass" else {"remedy": "remove ipc_mode"}
    check = {"id": "ipc.host", "subject": "a", "required": True, "status": status, **remedy}
    codes = {"isolated": 0, "not_isolated": 1, "bad_spec": 2, "inconclusive": 3}
    return {
        "schema": "nsv/1",
        "run_id": "r1",
        "verdict": verdict,
        "exit_code": codes.get(verdict, 4),
        "summary": f"{verdict}: as the verifier put it",
        "counts": {status: 70},
        "host": {"kernel": "6", "cgroup": "v2", "baseline": {"pid": 1, "comm": "s", "ns": {}}},
        "policy": {},
        "targets": [TARGET, TARGET],
        "checks": [{**check, "claim": "a is apart", "method": "inode", "evidence": {}}],
        "timing_ms": {},
        **more,
    }


@pytest.mark.parametrize("verdict", ["isolated", "not_isolated", "inconclusive", "bad_spec"])
@pytest.mark.parametrize("outlives", STATUSES)
@pytest.mark.parametrize("layer", STATUSES)
def test_every_combination_is_one_report_of_the_schema_with_one_verdict(verdict, outlives, layer):
    report = merged(own(verdict), answered(answer(*both(outlives, layer)), "v1"))
    jsonschema.Draft202012Validator(SCHEMA).validate(report)
    found = {outlives, layer}
    expected = verdict
    if verdict != "bad_spec" and "fail" in found:
        expected = "not_isolated"
    elif verdict == "isolated" and "error" in found:
        expected = "inconclusive"
    assert report["verdict"] == expected
    assert [check["id"] for check in report["checks"]] == ["ipc.host", "vol.outlives", "vol.layer"]
    assert sum(report["counts"].values()) == 70 + 2


def test_a_report_that_stays_isolated_keeps_the_verifiers_own_words():
    report = merged(own(), both())
    assert report["summary"] == "isolated: as the verifier put it"
    assert report["counts"] == {"pass": 72}


def test_the_summary_of_a_changed_verdict_names_check_claim_and_remedy():
    report = merged(own(), both("error", "fail"))
    assert report["summary"] == (
        "not isolated: vol.layer: 'what is written to a volume does not grow the container's own "
        "layer' does not hold (and 1 more); another engine"
    )
    assert report["exit_code"] == 1


def test_sizes_reach_the_report_as_evidence():
    report = json.loads(judge(0, json.dumps(own()), "r1", answered(answer(*both()), "v1")).report)
    [found] = [check for check in report["checks"] if check["id"] == "vol.layer"]
    assert found["evidence"] == {"written_to_volume": 8388608}
    assert found["control"] == {"layer_grew": 1048576}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (None, "gave no answer"),
        ("", "gave no answer"),
        ("Traceback (most recent call last):", "gave no answer"),
        ('{"run_id": "v1"}', "gave no answer"),
        (answer(*both(), run_id="v0"), r"is of another run \(v0\) than this one \(v1\)"),
        (answer(run_id="v1"), "has 0 rows of it"),
        (answer(*both(), *both()), "has 2 rows of it"),
        (answer(*both("skipped", None)), "calls it 'skipped'"),
        ('{"run_id": "v1", "checks": "all fine"}', "has 0 rows of it"),
        (f"[{'[' * 100000}", "gave no answer"),
    ],
)
def test_an_answer_that_is_missing_old_or_unreadable_is_inconclusive_and_says_why(said, why):
    verdict = judge(0, json.dumps(own()), "r1", answered(said, "v1"))
    assert verdict.line.startswith("inconclusive: vol.outlives")
    with pytest.raises(ValueError, match=why):
        raise ValueError(verdict.problem)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(verdict.report))


@pytest.mark.parametrize("given", [[], both()[:1], both()[1:]])
def test_a_row_that_is_not_there_is_no_pass(given):
    assert merged(own(), given)["verdict"] == "inconclusive"


def test_a_row_cannot_make_itself_optional_or_speak_for_another_check():
    rows = answered(answer(row("vol.outlives", "fail", required=False), row("vol.layer")), "v1")
    assert [found["required"] for found in rows] == [True, True]
    rows = answered(answer(row("vol.outlives", id="ipc.host"), row("vol.layer")), "v1")
    assert [found["status"] for found in rows] == ["error", "pass"]


def test_an_answer_is_found_beside_other_lines():
    assert {r["status"] for r in answered(f"a\n{answer(*both())}\nb\n", "v1")} == {"pass"}


def test_equal_questions_have_equal_ids_and_any_change_another():
    same = question("sha256:1", "test", ABOUT)
    assert same == question("sha256:1", "test", dict(reversed(ABOUT.items())))
    others = [
        question("sha256:2", "test", ABOUT),
        question("sha256:1", "other", ABOUT),
        *(question("sha256:1", "test", {**ABOUT, key: "else"}) for key in ABOUT),
    ]
    assert len({same["run_id"], *(other["run_id"] for other in others)}) == 1 + len(others)


def test_the_claims_are_those_of_the_program():
    assert CLAIMS == lifecycle_judge.CLAIMS


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["id", "status", "run_id", "checks"]), inner),
    ),
    max_leaves=8,
)
statuses = st.sampled_from(["pass", "fail", "error", "skipped", "info", "PASS", None, True])
rows_of_any_kind = st.lists(
    st.one_of(
        st.builds(row, st.sampled_from(sorted(CLAIMS)), statuses),
        st.builds(row, st.sampled_from(sorted(CLAIMS)), statuses, required=anything),
        anything,
    ),
    max_size=4,
)
answers = st.one_of(
    st.none(),
    st.text(max_size=40),
    anything.map(json.dumps),
    st.builds(lambda rows, run: answer(*rows, run_id=run), rows_of_any_kind, st.just("v1")),
    st.builds(lambda rows, run: answer(*rows, run_id=run), rows_of_any_kind, anything),
)


@given(answers, st.sampled_from(["isolated", "not_isolated", "inconclusive", "bad_spec"]))
def test_it_is_never_isolated_unless_both_parts_say_pass(said, verdict):
    found = judge(0, json.dumps(own(verdict)), "r1", answered(said, "v1"))
    try:
        value = json.loads(said.splitlines()[-1]) if said else None
    except ValueError:
        value = None
    given_rows = value.get("checks") if isinstance(value, dict) else None
    listed = given_rows if isinstance(given_rows, list) else []
    rows = [r for r in listed if isinstance(r, dict) and r.get("status") == "pass"]
    passes = [check for check in CLAIMS if [r for r in rows if r.get("id") == check]]
    proven = isinstance(value, dict) and value.get("run_id") == "v1" and passes == list(CLAIMS)
    if found.problem is None:
        assert proven
        assert verdict == "isolated"
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(found.report))


@given(st.one_of(anything, st.just("isolated")), anything, anything)
def test_merging_never_raises_and_never_isolates_what_the_verifier_did_not(name, checks, counts):
    report = merged({"verdict": name, "checks": checks, "counts": counts}, both())
    assert report["verdict"] == name
    assert merged({"verdict": name, "checks": checks}, both("fail"))["verdict"] != "isolated"
