"""What must hold of the workflows: who may write, whose code runs beside what, what is pinned."""

from __future__ import annotations

import json
import re

import pytest
import workflow_files
from workflow_files import FILES, ROOT, Job, job, jobs, scripts

from review.page.build import MARKER
from toolchain.setup import steps

JOBS = list(jobs())
MAY_WRITE = {
    ("review", "comment"): {"pull-requests"},
    ("deploy", "preview"): {"id-token"},
    ("deploy", "up"): {"id-token"},
}
SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository"
_USES = re.compile(r"(?m)^ *(?:- )?uses: *(\S+)(.*)$")
_PINNED = re.compile(r"([\w.-]+/[\w./-]+)@([0-9a-f]{40})")


def place(value: object) -> str:
    return "-".join(value.place) if isinstance(value, Job) else ""


def has_secrets(one: Job) -> bool:
    return "secrets." in json.dumps(one.data)


def writes(one: Job) -> set[str]:
    return {scope for scope, level in one.data["permissions"].items() if level != "read"}


def test_there_are_workflows() -> None:
    assert [file.stem for file in FILES] == ["ci", "deploy", "review"]
    assert len(_USES.findall("".join(file.read_text() for file in FILES))) > 12


def test_every_action_is_pinned_to_one_commit_with_its_version_beside_it() -> None:
    pins: dict[str, set[tuple[str, str]]] = {}
    for file in FILES:
        for used, comment in _USES.findall(file.read_text(encoding="utf-8")):
            found = _PINNED.fullmatch(used)
            assert found, f"{file.name}: {used} is no commit"
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), f"{file.name}: {used}{comment}"
            pins.setdefault(found[1], set()).add((found[2], comment))
    assert {name: found for name, found in pins.items() if len(found) > 1} == {}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_nothing_is_permitted_to_a_workflow_as_a_whole(file) -> None:
    assert workflow_files.workflow(file.stem)["permissions"] == {}


@pytest.mark.parametrize("one", JOBS, ids=place)
def test_only_these_jobs_may_write_and_only_this(one: Job) -> None:
    assert writes(one) == MAY_WRITE.get(one.place, set())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_workflow_runs_a_pull_request_with_the_rights_of_main(file) -> None:
    triggers = set(workflow_files.workflow(file.stem)["on"])
    assert triggers <= {"push", "pull_request"}


@pytest.mark.parametrize("one", [o for o in JOBS if writes(o) or has_secrets(o)], ids=place)
def test_a_fork_reaches_no_job_with_rights_or_secrets(one: Job) -> None:
    condition = " ".join(one.data["if"].split())
    assert SAME_REPOSITORY in condition or "github.event_name == 'push'" in condition
    assert "||" not in condition


@pytest.mark.parametrize("one", [o for o in JOBS if has_secrets(o)], ids=place)
def test_secrets_are_off_by_default_and_behind_an_environment(one: Job) -> None:
    assert "vars.DOCKLAB_DEPLOY == 'true' &&" in one.data["if"]
    assert one.data["environment"].startswith("docklab-")


def test_the_job_that_comments_runs_nothing_of_the_repository() -> None:
    comment = job("review", "comment")
    assert not comment.uses("actions/checkout")
    assert not any(word in json.dumps(comment.data) for word in ("python", "make ", "docklab/"))


@pytest.mark.parametrize("one", JOBS, ids=place)
def test_no_token_stays_in_the_checkout(one: Job) -> None:
    for step in one.steps:
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] == "false"


@pytest.mark.parametrize(("one", "script"), scripts(), ids=place)
def test_no_expression_is_pasted_into_a_script(one: Job, script: str) -> None:
    assert "${{" not in script, one.place


@pytest.mark.parametrize(("one", "script"), scripts(), ids=place)
def test_a_script_names_verbs_and_arguments_that_there_are(one: Job, script: str) -> None:
    verbs = set(re.findall(r"(?m)^([a-z-]+):.* ## ", (ROOT / "Makefile").read_text()))
    assert set(re.findall(r"(?m)\bmake ([a-z-]+)", script)) <= verbs, one.place
    for arguments in re.findall(r"-m toolchain setup(.*)", script):
        steps.parse(arguments.split())


@pytest.mark.parametrize("one", JOBS, ids=place)
def test_no_job_runs_without_an_end(one: Job) -> None:
    assert int(one.data["timeout-minutes"]) <= 90


def test_a_newer_push_ends_an_older_review_and_never_an_up() -> None:
    review = workflow_files.workflow("review")["concurrency"]
    assert review["cancel-in-progress"] == "true"
    assert job("deploy", "up").data["concurrency"]["cancel-in-progress"] == "false"


def test_the_review_has_the_history_that_the_base_is_read_from() -> None:
    checkout = next(s for s in job("review", "review").steps if "checkout@" in s.get("uses", ""))
    assert checkout["with"]["fetch-depth"] == "0"


def test_the_integration_lab_is_destroyed_whatever_happens() -> None:
    last = job("deploy", "integration").steps[-1]
    assert (last["run"], last["if"]) == ("make down", "always()")


def test_what_goes_up_is_what_the_integration_lab_was_proven_with() -> None:
    assert job("deploy", "up").data["needs"] == "integration"


@pytest.mark.parametrize("name", ["preview", "up"])
def test_the_real_pulumi_runs_under_the_policy_pack(name: str) -> None:
    deploy = job("deploy", name)
    step = next(s for s in deploy.steps if "pulumi/actions@" in s.get("uses", ""))
    assert (step["with"]["command"], step["with"]["policyPacks"]) == (name, "policy")
    assert steps.parse(deploy.step("Get the packages")["run"].split()[4:]).policy
    assert (ROOT / "policy" / "PulumiPolicy.yaml").is_file()


def test_the_comment_is_found_by_the_mark_that_the_page_begins_with() -> None:
    script = job("review", "comment").step("Comment, or edit the comment")["run"]
    assert f'startswith("{MARKER}")' in script
