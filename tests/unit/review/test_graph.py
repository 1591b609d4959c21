"""`make graph`: two files, or one text, from a stack file alone."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as xml

import pytest
from unit.report.test_mermaid import assert_sound
from unit.report.test_the_picture import overlaps
from unit.review.labs import lab_of

from report.topology_layout import WIDTH, layout
from review import graph
from review.__main__ import main
from review.graph import svg
from review.stacks import names
from review.topology import wiring_of

Said = pytest.CaptureFixture[str]


def test_both_files_are_written_where_the_report_is_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setenv("DOCKLAB_HOME", str(tmp_path))
    assert main(["graph", "--stack", "local"]) == 0
    folder = tmp_path / "reports" / "local"
    files = sorted(folder.iterdir())
    assert files == [folder / "topology.mmd", folder / "topology.svg"]
    assert sorted(capsys.readouterr().out.split()) == [str(file) for file in files]
    assert_sound(files[0].read_text("utf-8"))


def test_another_folder_can_be_named(tmp_path: Path, capsys: Said) -> None:
    assert graph.main(["--stack", "local", "--to", str(tmp_path / "a" / "b")]) == 0
    assert (tmp_path / "a" / "b" / "topology.svg").is_file()
    assert str(tmp_path / "a" / "b" / "topology.svg") in capsys.readouterr().out


@pytest.mark.parametrize("stack", names())
def test_every_stack_has_a_picture_that_needs_nothing_else(stack: str, capsys: Said) -> None:
    assert graph.main(["--stack", stack, "--svg"]) == 0
    text = capsys.readouterr().out
    root = xml.fromstring(text)
    assert not re.search(r"href|url\(|@import|<image|<script", text)
    title = next(one.text for one in root if one.get("id") == "topology-title")
    assert title
    assert title.startswith(f"The lab that stack {stack} declares, not a running one: 4 containers")
    assert f"Stack {stack} as declared, not a running lab: " in text


@pytest.mark.parametrize("stack", names())
def test_the_mermaid_text_is_printed_and_nothing_is_written(
    stack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setenv("DOCKLAB_HOME", str(tmp_path))
    assert graph.main(["--stack", stack, "--mermaid"]) == 0
    assert_sound(capsys.readouterr().out)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_stack_is_answered_with_those_there_are(capsys: Said) -> None:
    assert graph.main(["--stack", "nope"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        f"graph: there is no stacks/Pulumi.nope.yaml; the stacks are: {', '.join(names())}\n"
    )


def test_a_stack_that_the_model_refuses_is_told_as_a_run_would(
    tmp_path: Path, capsys: Said
) -> None:
    (tmp_path / "stacks").mkdir()
    file = tmp_path / "stacks" / "Pulumi.bad.yaml"
    file.write_text("config: {'docklab:lab': {host: {kind: moon}}}\n", "utf-8")
    assert graph.main(["--stack", "bad"], root=tmp_path) == 1
    said = capsys.readouterr().err
    assert said.startswith("stacks/Pulumi.bad.yaml: ")
    assert "lab.host.kind: moon is not one of local, ssh, ec2, lightsail" in said


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: Said) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert graph.main(["--stack", "local", "--to", str(tmp_path / "file" / "x")]) == 1
    assert "Not a directory" in capsys.readouterr().err


@pytest.mark.parametrize("count", [1, 4, 12, 40])
def test_no_label_lies_on_another_in_a_declared_lab(count: int) -> None:
    picture = layout(wiring_of(lab_of(count)), "Stack x", {})
    assert overlaps(picture) == []
    for label in picture.labels:
        left, top, right, bottom = label.area
        assert min(left, top) >= 0
        assert right <= WIDTH
        assert bottom <= picture.height


def test_nothing_is_said_of_what_only_a_run_makes() -> None:
    text = svg(lab_of(12), "x")
    assert "veth" not in text
    assert "not read" not in text
    assert "eth0" not in text


def test_what_nobody_uses_and_who_shares_are_in_the_picture() -> None:
    made = lab_of(1)
    texts = {one.text for one in xml.fromstring(svg(made, "x")).iter() if one.text}
    assert {"net-2", "data-2", "no network", "uses net of box-000", "uses net of the host"} <= texts


def test_a_declared_lab_has_nothing_of_the_green_that_says_proven() -> None:
    text = svg(lab_of(4), "x")
    assert 'class="card plan"' in text
    assert 'class="card"' not in text
    assert 'class="card open"' in text
