"""The review's verbs where a stack's file, or its name, is none."""

import re

import pytest
from program.checkouts import git
from unit.review.lab_files import lab, stack_text

from review.commands import check, diff, write

ODD = "Pulumi.<b>x|`@octocat`\n## no stack changes.yaml"


def put(root, name, *changes):
    file = root / "stacks" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(stack_text(lab("local", *changes)))


def commit(root):
    git(root, "add", "-A")
    git(root, "commit", "-qm", "x")


@pytest.fixture
def checkout(tmp_path, capsys):
    put(tmp_path, "Pulumi.local.yaml")
    git(tmp_path, "init", "-q", "-b", "main")
    assert write(tmp_path) == 0
    commit(tmp_path)
    capsys.readouterr()
    return tmp_path


def test_a_file_that_names_no_stack_ends_no_verb_and_is_told_once(checkout, capsys):
    put(checkout, ODD)
    put(checkout, "Pulumi.local.yaml", ("containers.web.memory", "96MiB"))
    assert write(checkout) == 1
    [told] = capsys.readouterr().err.splitlines()
    assert told.startswith(f"stacks holds {ODD!r}, and no stack can be called so")
    assert "96" in (checkout / "review/stacks/local/resources.yaml").read_text()
    assert check(checkout) == 1
    said = capsys.readouterr()
    assert said.err.splitlines() == [told]
    assert said.out == ""


def test_a_file_that_names_no_stack_is_on_the_page_and_breaks_none_of_it(checkout, capsys):
    put(checkout, ODD)
    put(checkout, "Pulumi.local.yaml", ("containers.web.memory", "96MiB"))
    assert diff("main", None, checkout) == 1
    said = capsys.readouterr().out
    assert "**REFUSED**" in said
    assert "no stack can be called so" in said
    assert "1 risky change in 2 stacks" in said
    assert "## no stack changes" not in said.splitlines()
    outside_of_code = re.sub(r"(`+).*?\1", "", said)
    assert "<b>" not in outside_of_code
    assert "@octocat" not in outside_of_code
    assert "memory" in said


def test_a_file_of_the_base_that_names_no_stack_is_no_stack_of_it(checkout, capsys):
    put(checkout, ODD)
    put(checkout, "Pulumi.a b.yaml")
    folder = checkout / "review/stacks/a b"
    folder.mkdir()
    (folder / "resources.yaml").write_text("nonsense")
    commit(checkout)
    git(checkout, "rm", "-rq", "--", f"stacks/{ODD}", "stacks/Pulumi.a b.yaml", "review/stacks/a b")
    assert diff("main", None, checkout) == 0
    assert "no stack changes" in capsys.readouterr().out


@pytest.mark.parametrize("verb", [write, check])
def test_what_is_no_yaml_is_told_with_its_file_once(checkout, capsys, verb):
    (checkout / "stacks/Pulumi.local.yaml").write_text("config: [")
    assert verb(checkout) == 1
    said = capsys.readouterr().err
    assert said.count("Pulumi.local.yaml") == 1
    assert said.startswith("stacks/Pulumi.local.yaml, line ")
    assert "is not YAML: did not find expected node content" in said


@pytest.mark.parametrize("content", [b"config: \xff", b"config: &a [*a]", b"? [a]\n"])
def test_a_stack_file_that_cannot_be_read_is_refused_beside_the_others(checkout, capsys, content):
    put(checkout, "Pulumi.other.yaml")
    (checkout / "stacks/Pulumi.local.yaml").write_bytes(content)
    assert write(checkout) == 1
    assert "stacks/Pulumi.local.yaml, line 1" in capsys.readouterr().err
    assert (checkout / "review/stacks/other/resources.yaml").is_file()
    assert diff("main", None, checkout) == 1
    assert "other (added)" in capsys.readouterr().out
