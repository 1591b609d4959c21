"""`make report`: the files of the last verification, from the state alone."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as xml

import pytest
from unit.report.sample_reports import Report, lab_of
from unit.toolchain.test_verbs_both_checks import CONTAINER

from report.reading import load
from toolchain.paths import Paths
from toolchain.verbs import parse, report
from toolchain.verbs.backend import FileBackend
from toolchain.verbs.errors import VerbError
from toolchain.verbs.session import Session


def checkpoint(made: Report, newer: Report | None = None) -> Report:
    """A state in which the program put out `made`, and the last container printed `newer`."""
    logs = json.dumps(newer or made)
    outputs = {"report": json.dumps(made), "verdict": "isolated: MNT"}
    return {
        "resources": [
            {"urn": "stack", "type": "pulumi:pulumi:Stack", "outputs": outputs},
            {
                "urn": CONTAINER,
                "type": "t",
                "custom": True,
                "outputs": {"exitCode": 0, "containerLogs": logs},
            },
        ]
    }


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """Of stack `try`, which has a file and no state."""
    paths = Paths(root=tmp_path, home=tmp_path / ".docklab")
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "Pulumi.try.yaml").write_text("config: {}\n")
    return Session(paths=paths, env={}, stack="try", backend=FileBackend(str(tmp_path / "state")))


@pytest.fixture
def no_pulumi(session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Where Pulumi is asked all the same, the test fails."""
    monkeypatch.setenv("PATH", "")
    return session


def keep(session: Session, deployment: Report) -> None:
    assert session.checkpoint_file
    file = session.checkpoint_file
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"version": 3, "checkpoint": {"latest": deployment}}))


def test_the_three_files_are_written_and_named(
    no_pulumi: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(no_pulumi, checkpoint(lab_of(4)))
    assert report.report(no_pulumi, ()) == 0
    html, kept, junit = (Path(line) for line in capsys.readouterr().out.splitlines())
    assert html.parent == no_pulumi.paths.home / "reports" / "try"
    assert load(kept.read_text("utf-8"))["run_id"] == "run-1"
    assert "<bdi>try</bdi>" in html.read_text("utf-8")
    assert xml.parse(junit).getroot().get("name") == "docklab.try"
    assert {file.name for file in html.parent.iterdir()} == {html.name, kept.name, junit.name}


def test_written_again_it_replaces_what_was_there(no_pulumi: Session) -> None:
    keep(no_pulumi, checkpoint(lab_of(4)))
    for _ in range(2):
        assert report.report(no_pulumi, ()) == 0
    folder = no_pulumi.paths.reports / "try"
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize(
    ("deployment", "why"),
    [
        ({}, r"the lab of stack try is not up\. `make up STACK=try` brings it up"),
        ({"resources": [{"custom": True, "type": "t"}]}, "has no report of a verification"),
        (
            checkpoint(lab_of(4), {**lab_of(4), "run_id": "run-2"}),
            "has no report of a verification",
        ),
        (checkpoint({**lab_of(4), "checks": 3}), "left no readable report: .*checks is missing"),
    ],
)
def test_where_there_is_none_it_says_so_and_the_way_out(
    no_pulumi: Session, deployment: Report, why: str
) -> None:
    keep(no_pulumi, deployment)
    with pytest.raises(VerbError, match=why):
        report.report(no_pulumi, ())
    assert not no_pulumi.paths.reports.exists()


def test_a_wrong_argument_is_named(no_pulumi: Session) -> None:
    with pytest.raises(VerbError, match="report: '--opne' is unknown; there is --open"):
        report.report(no_pulumi, ("--opne",))


def test_the_page_is_opened_only_when_asked(
    no_pulumi: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: bool(opened.append(url)))
    keep(no_pulumi, checkpoint(lab_of(4)))
    report.report(no_pulumi, ())
    assert opened == []
    assert report.report(no_pulumi, ("--open",)) == 0
    assert opened == [(no_pulumi.paths.reports / "try" / "report.html").as_uri()]
    assert "No browser was found" in capsys.readouterr().err


def test_up_shows_the_report_writes_it_and_names_the_page(
    no_pulumi: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    report.show(no_pulumi, checkpoint(lab_of(4)))
    out = capsys.readouterr().out
    page = no_pulumi.paths.reports / "try" / "report.html"
    assert "verdict: ISOLATED" in out
    assert out.endswith(f"\nThe same as a page: {page}\n")
    assert page.is_file()


def test_a_page_that_cannot_be_written_hides_no_verdict(
    no_pulumi: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    no_pulumi.paths.home.mkdir()
    no_pulumi.paths.reports.write_text("in the way")
    report.show(no_pulumi, checkpoint(lab_of(4)))
    said = capsys.readouterr()
    assert "verdict: ISOLATED" in said.out
    assert "The report was not written to a file: " in said.err


def test_report_is_a_verb_with_a_stack_and_arguments() -> None:
    asked = parse(["report", "--stack", "try", "--", "--open"])
    assert (asked.verb, asked.stack, asked.extra) == ("report", "try", ("--open",))
