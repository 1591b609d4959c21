"""What the verbs make of a verification in two parts: the container's and the one about volumes."""

import json
from typing import Any

import pytest

from toolchain.verbs import deployment as state
from toolchain.verbs import engine, orphans, report, up, verified
from toolchain.verbs.orphans import Process

PREFIX = "urn:pulumi:local::docklab::docklab:verification:"
CONTAINER = f"{PREFIX}NamespaceCheck${state.CONTAINER}::isolation-container"
VOLUMES = f"{PREFIX}VolumeCheck$command:local:Command::isolation-lifecycle"
BOTH = ("--replace", CONTAINER, "--replace", VOLUMES)
RUN = {"schema": "nsv/1", "run_id": "r", "spec_sha256": "s", "timing_ms": {"total": 300.1}}

PROVEN = json.dumps({"checks": [{"id": "vol.layer", "status": "pass"}]})


def lab(
    code: int | None = 0, verdict: str | None = "isolated: MNT", **whole: Any
) -> dict[str, Any]:
    """A checkpoint: the container's own word is "isolated", the program's is `verdict`."""
    logs = json.dumps({**RUN, "verdict": "isolated"})
    outputs = {"report": json.dumps({**RUN, **whole})}
    if verdict is not None:
        outputs["verdict"] = verdict
    return {
        "resources": [
            {"urn": "stack", "type": "pulumi:pulumi:Stack", "outputs": outputs},
            {"urn": CONTAINER, "type": "t", "outputs": {"exitCode": code, "containerLogs": logs}},
            {"urn": VOLUMES, "type": "t", "outputs": {"stdout": PROVEN}},
        ]
    }


@pytest.mark.parametrize(
    ("code", "verdict", "failed"),
    [
        (0, "isolated: MNT", False),
        (0, None, False),
        (0, "not_isolated: vol.layer", True),
        (0, "inconclusive: vol.outlives", True),
        (0, "none: the report is of another run", True),
        (1, "isolated: MNT", True),
        (None, "isolated: MNT", False),
    ],
)
def test_a_verification_failed_if_either_part_or_the_program_says_so(
    code: int | None, verdict: str | None, failed: bool
) -> None:
    assert verified.failed_check(lab(code, verdict)) is failed


def test_a_failed_proof_about_volumes_is_run_again_with_the_verification() -> None:
    assert up.verify_again(lab(0, "not_isolated: vol.layer"), ()) == BOTH
    assert up.verify_again(lab(None), ()) == BOTH
    assert up.verify_again(lab(), (), outdated=True) == BOTH
    assert up.verify_again(lab(), ()) == ()


def test_a_proof_about_volumes_of_a_run_that_never_verified_is_made_anew() -> None:
    found = lab()
    alone = {"resources": [one for one in found["resources"] if one["urn"] == VOLUMES]}
    assert up.verify_again(alone, ()) == ("--replace", VOLUMES)


@pytest.mark.parametrize(
    "answer",
    [
        json.dumps({"checks": [{"status": "pass"}, {"status": "error"}]}),
        json.dumps({"checks": [{"status": "fail"}]}),
        json.dumps({"checks": []}),
        json.dumps({"checks": [{}]}),
        "{}",
        "",
        "cut sho",
    ],
)
def test_a_proof_that_a_cut_run_left_without_a_pass_is_made_anew(answer: str) -> None:
    found = lab()
    (part,) = [one for one in found["resources"] if one["urn"] == VOLUMES]
    part["outputs"] = {"stdout": answer}
    assert up.verify_again(found, ()) == BOTH


def test_a_part_on_its_way_out_is_not_the_verification() -> None:
    leaving = {"urn": VOLUMES, "type": "t", "delete": True, "outputs": {"stdout": "old"}}
    found = lab()
    found["resources"].insert(0, leaving)
    check = verified.volume_check(found)
    assert check is not None
    assert check.answer == PROVEN
    assert verified.volume_check({"resources": [leaving]}) is None


def test_the_report_that_is_shown_is_the_program_s_of_the_same_run() -> None:
    shown = report.latest_report(lab(verdict="not_isolated: vol.layer", summary="not isolated"))
    assert shown is not None
    assert json.loads(shown)["summary"] == "not isolated"


@pytest.mark.parametrize("older", [{"timing_ms": {"total": 1}}, {"run_id": "q"}])
def test_a_report_older_than_the_container_s_last_run_is_not_shown(older: dict[str, Any]) -> None:
    assert report.latest_report(lab(**older)) is None


def test_without_a_report_of_the_program_none_is_shown() -> None:
    found = lab()
    found["resources"][0]["outputs"] = {"report": "", "verdict": "none: no report"}
    assert report.latest_report(found) is None
    found["resources"][0]["outputs"] = {"report": "no json"}
    assert report.latest_report(found) is None
    assert report.latest_report({}) is None


def test_a_volume_check_that_outlived_its_pulumi_is_an_orphan() -> None:
    home = "/srv/clone/.docklab"
    left = Process(9, 1, f"{home}/venv/bin/python\0-m\0lifecycle\0")
    other = Process(10, 1, "/usr/bin/python3\0-m\0lifecycle\0")
    assert orphans.orphans({9: left, 10: other}, home) == (9,)


class Client:
    """Lists as the engine does: with a filter, what carries the label; without, all there is."""

    def __init__(self) -> None:
        self.api = self

    def containers(self, **_: Any) -> list[Any]:
        return []

    def networks(self, **_: Any) -> list[Any]:
        return []

    def volumes(self, filters: dict[str, str] | None = None) -> dict[str, Any]:
        names = ["scratch"] if filters else ["scratch", "data", "other"]
        made = {"CreatedAt": "2026-11-24T00:00:00Z", "Labels": {}}
        return {"Volumes": [{"Name": name, **made} for name in names]}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [((), ["scratch"]), (("data",), ["scratch", "data"]), (("scratch",), ["scratch"])],
)
def test_volumes_with_the_label_are_listed_with_those_asked_for(
    wanted: tuple[str, ...], found: list[str]
) -> None:
    assert [thing.name for thing in engine.things(Client(), "local", wanted)] == found
