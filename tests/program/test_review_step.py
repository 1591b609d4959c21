"""The Review step of review.yml, run with the real review in a real checkout."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest
from program.checkouts import git, make, put
from workflow_files import ROOT, job
from workflow_runs import Ran, program, run

REVIEW = job("review", "review").step("Review")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """All committed; the review in it is this clone's, as it is here."""
    root = tmp_path / "checkout"
    root.mkdir()
    make(root)
    words = f'cd {shlex.quote(str(ROOT))} && exec {sys.executable} "$@" --root {root}'
    program(root / ".docklab/venv/bin/python", words)
    (root / ".gitignore").write_text(".docklab\nbin\noutputs\nsummary\n")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "what a runner has")
    return root


def review(root: Path, base: str = "main") -> Ran:
    return run(REVIEW, root, BASE=base, NUMBER="7", HEAD=git(root, "rev-parse", "HEAD").strip())


def test_the_checkout_is_as_clean_after_the_review_as_before(checkout: Path) -> None:
    put(checkout, "local", ("containers.web.memory", "96MiB"))
    git(checkout, "commit", "-qam", "more memory")
    ran = review(checkout)
    assert ran.code == 0, ran.said
    assert git(checkout, "status", "--porcelain") == ""
    assert "1 stack changed" in ran.summary
    assert "This change edits" not in ran.summary


def test_a_review_that_cannot_be_made_is_a_page_that_says_why(checkout: Path) -> None:
    ran = review(checkout, "origin/nothing")
    assert ran.code == 2
    assert ran.outputs["changed"] == "unknown"
    assert "    review: origin/nothing is no commit of this clone" in ran.summary
    assert git(checkout, "rev-parse", "HEAD")[:12] in ran.summary


def test_the_page_names_the_commit_that_the_pull_request_ends_with(checkout: Path) -> None:
    head = git(checkout, "rev-parse", "HEAD")[:12]
    git(checkout, "commit", "-q", "--allow-empty", "-m", "what a runner merges")
    ran = run(REVIEW, checkout, BASE="main", NUMBER="7", HEAD=head)
    assert f", at `{head}`. " in ran.summary
