"""What a change is compared with: which base there is, and what is said where there is none."""

import re

import pytest
from program.checkouts import STACKS, git, make, put

from review.commands import diff, write


@pytest.fixture
def checkout(tmp_path, capsys):
    made = make(tmp_path)
    capsys.readouterr()
    return made


@pytest.mark.parametrize(
    ("ref", "why"),
    [
        ("", "which base.*BASE=origin/main"),
        ("nope", "nope is no commit of this clone"),
        ("--all", "is no commit of this clone"),
    ],
)
def test_a_base_that_is_none_ends_with_two(checkout, capsys, ref, why):
    assert diff(ref, None, checkout) == 2
    assert re.search(why, capsys.readouterr().err)


def test_the_page_names_the_commit_and_whether_there_is_more(checkout, capsys):
    commit = git(checkout, "rev-parse", "HEAD")[:12]
    diff("main", None, checkout)
    assert f"`, at `{commit}`. Unchanged" in capsys.readouterr().out
    (checkout / "notes.txt").write_text("new")
    diff("main", None, checkout)
    assert f"`, at `{commit}` and uncommitted changes." in capsys.readouterr().out


def test_a_head_that_is_none_ends_with_two(checkout, capsys):
    assert diff("main", None, checkout, "nope") == 2
    assert "nope is no commit of this clone" in capsys.readouterr().err


def test_a_base_without_a_review_is_told(checkout, capsys):
    git(checkout, "rm", "-rq", "review")
    git(checkout, "commit", "-qm", "none")
    assert diff("HEAD", None, checkout) == 2
    assert "run `make review` on HEAD" in capsys.readouterr().err


def test_a_base_in_which_one_stack_was_refused_is_compared_all_the_same(checkout, capsys):
    put(checkout, "dev", ("host.admin_cidr", "0.0.0.0/0"))
    assert write(checkout) == 1
    git(checkout, "add", "-A")
    git(checkout, "commit", "-qm", "dev is refused")
    put(checkout, "dev")
    capsys.readouterr()
    assert diff("HEAD", None, checkout) == 1
    said = capsys.readouterr().out
    assert "dev (added)" in said
    assert "**NO BASE** the base has its file and no review of it" in said
    (checkout / "stacks/Pulumi.dev.yaml").unlink()
    assert diff("HEAD", None, checkout) == 0
    assert "no stack changes" in capsys.readouterr().out


def test_a_base_that_cannot_be_read_is_told(checkout, capsys):
    (checkout / "review/stacks/local/resources.yaml").write_text("nonsense")
    git(checkout, "commit", "-qam", "x")
    assert diff("HEAD", None, checkout) == 2
    assert "is not what `make review` writes" in capsys.readouterr().err


def test_where_no_git_is_there_is_no_base(tmp_path, capsys):
    put(tmp_path, "local")
    assert diff("main", None, tmp_path) == 2
    assert "no git checkout" in (said := capsys.readouterr().err)
    assert "fatal: not a git repository" in said


def test_why_git_does_not_read_a_checkout_is_said_in_its_words(checkout, capsys, monkeypatch):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert diff("main", None, checkout) == 2
    said = capsys.readouterr().err
    assert "dubious ownership" in said
    assert f"git config --global --add safe.directory {checkout}" in said


def test_a_lab_in_a_folder_of_a_larger_repository_is_compared(tmp_path, capsys):
    lab_folder = tmp_path / "labs" / "first"
    for stack in STACKS:
        lab_folder.mkdir(parents=True, exist_ok=True)
        put(lab_folder, stack)
    assert write(lab_folder) == 0
    for folder in (tmp_path, lab_folder):
        (folder / "infra").mkdir()
        (folder / "infra" / "guard.py").write_text("x = 1\n")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "base")
    put(lab_folder, "local", ("containers.web.memory", "96MiB"))
    for folder in (tmp_path, lab_folder):
        (folder / "infra" / "guard.py").write_text("x = 2\n")
        (folder / "infra" / "new.py").write_text("x = 1\n")
    capsys.readouterr()
    assert diff("main", None, lab_folder) == 0
    said = capsys.readouterr().out
    assert "1 stack changed, nothing risky" in said
    assert "Unchanged: prod." in said
    assert "This change edits `infra/guard.py`, `infra/new.py`: " in said
