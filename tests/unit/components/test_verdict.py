"""From exit code and log to a verdict: anything but a fresh, whole, isolated report is none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.lifecycle_report import CLAIMS
from components.verdict import judge as judge_both
from components.verdict import refusal


def check(id_, status="pass", subject="web", required=True, remedy=None):
    return {
        "id": id_,
        "subject": subject,
        "status": status,
        "required": required,
        "claim": f"{subject} is apart",
        "method": "inode",
        "evidence": {},
        **({"remedy": remedy} if remedy else {}),
    }


def report(verdict="isolated", run_id="r1", checks=(), **more):
    return json.dumps(
        {
            "schema": "nsv/1",
            "run_id": run_id,
            "verdict": verdict,
            "host": {"kernel": "6.1.0"},
            "checks": list(checks),
            **more,
        }
    )


VOLUMES = [check(id_, subject="*") for id_ in CLAIMS]


def judge(exit_code, logs, run_id, volume_rows=VOLUMES):
    """As the program does, with volumes that are in order unless a test says otherwise."""
    return judge_both(exit_code, logs, run_id, volume_rows)


PROVEN = [check("mnt.host"), check("mnt.peer", subject="lab"), check("ipc.host")]


def test_a_fresh_isolated_report_with_exit_code_zero_is_isolated():
    verdict = judge(0, report(checks=PROVEN) + "\n", "r1")
    assert verdict.problem is None
    assert verdict.line == "isolated: MNT IPC (5 checks passed, kernel 6.1.0)"
    assert json.loads(verdict.report)["verdict"] == "isolated"


def test_a_namespace_is_not_claimed_that_no_required_check_proved():
    checks = [*PROVEN, check("user.host", required=False), check("user.map", required=False)]
    assert "USER" not in judge(0, report(checks=checks), "r1").line


def test_a_namespace_is_not_claimed_when_one_of_its_checks_did_not_pass():
    checks = [*PROVEN, check("mnt.host", status="info", subject="keeper")]
    assert judge(0, report(checks=checks), "r1").line.startswith("isolated: IPC (")


@pytest.mark.parametrize("code", [1, 2, 3, 4, 137, None])
def test_isolated_with_another_exit_code_is_no_verdict(code):
    problem = judge(code, report(checks=PROVEN), "r1").problem
    assert problem == f"the report says isolated, yet the exit code is {code}"


def test_isolated_without_a_single_check_is_no_verdict():
    problem = judge(0, report(checks=[]), "r1").problem
    assert problem == "the report says isolated, yet holds no check"


def test_a_stale_report_is_no_verdict():
    problem = judge(0, report(run_id="r0", checks=PROVEN), "r1").problem
    assert problem == "the report is of another run (r0) than this one (r1)"


@pytest.mark.parametrize(
    ("logs", "said"),
    [
        (None, "it said nothing"),
        ("", "it said nothing"),
        ("exec: python3: not found", "it said: exec: python3: not found"),
        ('{"schema": "nsv/2", "verdict": "isolated"}', "it said: {"),
        ("[]", "it said: []"),
    ],
)
def test_no_report_is_no_verdict_and_what_was_said_is_shown(logs, said):
    verdict = judge(127, logs, "r1")
    assert f"the verification gave no report (exit code 127, {said}" in verdict.problem
    assert verdict.line.startswith("none: ")


def test_a_report_is_found_beside_a_warning_of_the_engine():
    assert judge(0, "warning: swap\n" + report(checks=PROVEN), "r1").problem is None


def test_a_failure_names_check_subject_claim_and_remedy_failures_first():
    checks = [
        check("net.host", "error"),
        check("pid.host"),
        check("ipc.host", "fail", remedy="remove ipc_mode"),
        check("time.host", "fail", required=False),
    ]
    verdict = judge(1, report("not_isolated", checks=checks), "r1")
    assert verdict.line == "not_isolated: ipc.host, net.host"
    assert verdict.problem.splitlines() == [
        "it is not isolated:",
        "  ipc.host web: does not hold: web is apart; remedy: remove ipc_mode",
        "  net.host web: could not be told: web is apart",
    ]


def test_an_inconclusive_run_is_a_problem_of_its_own():
    verdict = judge(3, report("inconclusive", checks=[check("map", "skipped")]), "r1")
    assert verdict.problem.startswith("whether it is isolated could not be told:\n  map web: was")


def test_a_bad_spec_says_what_the_verifier_said():
    verdict = judge(2, report("bad_spec", message="containers is empty"), "r1")
    assert verdict.problem == "the verdict is bad_spec:\n  containers is empty"


def test_many_failures_are_counted_not_all_told():
    checks = [check("ipc.host", "fail", subject=f"c{i}") for i in range(30)]
    problem = judge(1, report("not_isolated", checks=checks), "r1").problem
    assert problem.splitlines()[-1] == "  and 18 more in the report"


def test_a_refusal_says_how_to_verify_again():
    verdict = judge(1, report("not_isolated", checks=[check("ipc.host", "fail")]), "r1")
    lines = refusal(verdict, ["make verify STACK=test", "pulumi up --replace 'urn'"]).splitlines()
    assert lines[0] == "the lab is up, but it is not isolated:"
    assert lines[-2:] == ["  make verify STACK=test", "  pulumi up --replace 'urn'"]


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["id", "status"]), inner)
    ),
    max_leaves=6,
)
broken_reports = st.fixed_dictionaries(
    {"schema": st.just("nsv/1"), "run_id": st.sampled_from(["r1", None])},
    optional={
        "verdict": st.sampled_from(["not_isolated", "inconclusive", None, 0]),
        "checks": anything,
        "counts": anything,
        "host": anything,
    },
).map(json.dumps)


@given(
    st.one_of(st.none(), st.integers(0, 255)),
    st.one_of(st.none(), st.text(max_size=60), anything.map(json.dumps), broken_reports),
)
def test_nothing_arbitrary_is_ever_called_isolated(code, logs):
    assert judge(code, logs, "r1").problem is not None


@given(st.sampled_from(["fail", "error", "skipped"]), st.sampled_from(["isolated", "not_isolated"]))
def test_a_required_check_that_did_not_pass_outweighs_the_verdict(status, verdict):
    checks = [*PROVEN, check("uts.host", status)]
    assert judge(0, report(verdict, checks=checks), "r1").problem is not None
