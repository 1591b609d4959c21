"""What the guide quotes and cannot run: refusals of the model, another machine's shell, YAML."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import guide_pages as guide
import pulumi
import pytest
import yaml

from infra.config import parse

ROOT = Path(__file__).parents[3]
PAGES = {page.name: page.read_text() for page in sorted((ROOT / "docs" / "guide").glob("*.md"))}
NOT_RUN = {"aws.md": 3, "continuous-integration.md": 3, "docker-on-amazon-linux.md": 7}
"""How many blocks of shell are for another machine, by page: a new one is written down here."""


def of_kind(kind: str) -> list[tuple[str, guide.Block]]:
    return [
        (name, one)
        for name, page in PAGES.items()
        for one in guide.blocks(page)
        if one.kind == kind
    ]


def place(value: object) -> str:
    return value if isinstance(value, str) else f"line {value.line}" if value else ""  # type: ignore[attr-defined]


def lab_with(containers: str) -> object:
    """The default lab with more containers, as YAML reads it."""
    lab = yaml.safe_load((ROOT / "stacks" / "Pulumi.local.yaml").read_text())
    found = lab["config"]["docklab:lab"]
    found["containers"].update(yaml.safe_load(containers))
    return found


@pytest.mark.parametrize("name", PAGES)
def test_every_page_can_be_read(name: str) -> None:
    guide.commands(PAGES[name])


def test_commands_that_are_not_run_are_counted() -> None:
    left_out = [name for name, _ in of_kind(guide.NOT_HERE)]
    assert {name: left_out.count(name) for name in left_out} == NOT_RUN
    for name in NOT_RUN:
        assert "cannot be run on yours" in PAGES[name]


@pytest.mark.parametrize(("name", "block"), of_kind(guide.NOT_HERE), ids=place)
def test_commands_that_are_not_run_are_at_least_shell(name: str, block: guide.Block) -> None:
    done = subprocess.run(["bash", "-n"], input=block.text, text=True, capture_output=True)
    assert (done.returncode, done.stderr) == (0, ""), name


@pytest.mark.parametrize(("name", "block"), of_kind("yaml"), ids=place)
def test_pieces_of_yaml_are_yaml_and_their_commands_shell(name: str, block: guide.Block) -> None:
    found = yaml.safe_load(block.text)
    assert isinstance(found, dict), name
    for command in found.get("runcmd", []):
        assert command[:2] == ["bash", "-euxc"]
        done = subprocess.run(["bash", "-n", "-c", command[2]], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("name", "block"), of_kind(guide.BREAK), ids=place)
def test_a_container_that_breaks_the_lab_is_one_that_the_model_takes(
    name: str, block: guide.Block
) -> None:
    assert parse(lab_with(block.text)), name


@pytest.mark.parametrize(
    ("name", "line"), [(name, block.line) for name, block in of_kind(guide.REFUSED)]
)
def test_the_model_refuses_in_the_words_of_the_page(name: str, line: int) -> None:
    found = list(guide.blocks(PAGES[name]))
    number = next(i for i, block in enumerate(found) if block.line == line)
    refused, refusal = found[number : number + 2]
    assert refusal.kind == guide.REFUSAL
    with pytest.raises(pulumi.RunError) as error:
        parse(lab_with(refused.text))
    assert guide.matches(("…", *refusal.lines), str(error.value)), str(error.value)


def test_every_quoted_block_has_what_it_is_compared_with() -> None:
    for kind, other in ((guide.BREAK, guide.REPORT), (guide.REFUSED, guide.REFUSAL)):
        assert [name for name, _ in of_kind(kind)] == [name for name, _ in of_kind(other)]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_short_enough_to_be_read(name: str) -> None:
    assert len(PAGES[name].splitlines()) <= 150
    assert not re.search(r"[ \t]$", PAGES[name], re.M)
