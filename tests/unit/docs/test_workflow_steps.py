"""The scripts of review.yml, run as a runner runs them, with stand-ins for what they call."""

from __future__ import annotations

from pathlib import Path

import pytest
from workflow_files import job
from workflow_runs import Ran, program, run, temporary

from review.page.build import MARKER, Pictures, page
from review.page.section import MOST_BYTES

REVIEW = job("review", "review").step("Review")
HEAD = "0123456789abcdef" * 2 + "01234567"
COMMENT = job("review", "comment").step("Comment, or edit the comment")
CALM = page([], "origin/main (0123456789ab)", Pictures())
RISKY = CALM.replace("no stack changes", "1 risky change in 1 stack")


def review(folder: Path, code: int, text: str | None) -> Ran:
    """The step, where the review ends with `code` and writes `text`."""
    if text is not None:
        (folder / "page").write_text(text)
    program(
        folder / ".docklab/venv/bin/python",
        f'echo "$*" >asked\nif [ -e page ]; then cp page "$9"; fi\nexit {code}',
    )
    return run(REVIEW, folder, BASE="origin/main", NUMBER="7", HEAD=HEAD)


def test_a_page_without_risks_is_the_summary_and_nothing_more(tmp_path: Path) -> None:
    ran = review(tmp_path, 0, CALM.replace("no stack changes", "1 stack changed, nothing risky"))
    assert (ran.code, ran.outputs) == (0, {"risky": "false", "changed": "true"})
    assert ran.summary.startswith(MARKER)
    assert "::" not in ran.said
    asked = (tmp_path / "asked").read_text()
    folder = temporary(tmp_path) / "review-page"
    assert (
        asked == f"-m review diff --base origin/main --head {HEAD} --out {folder / 'review.md'}\n"
    )
    assert (folder / "pull-request").read_text() == "7\n"


def test_no_change_at_all_is_said_as_such(tmp_path: Path) -> None:
    assert review(tmp_path, 0, CALM).outputs == {"risky": "false", "changed": "false"}


def test_only_the_verdict_says_that_nothing_changes(tmp_path: Path) -> None:
    verdict = CALM.splitlines()[1]
    assert verdict == "## Infrastructure review: no stack changes"
    for more in (f"{RISKY}\n{verdict}\n", RISKY.replace("\n\n", f"\n\n{verdict}\n\n", 1)):
        assert verdict in more.splitlines()
        assert review(tmp_path, 1, more).outputs["changed"] == "true"


def test_a_risky_change_passes_with_a_warning(tmp_path: Path) -> None:
    ran = review(tmp_path, 1, RISKY)
    assert (ran.code, ran.outputs["risky"]) == (0, "true")
    assert "::warning title=Risky infrastructure change::" in ran.said
    assert "1 risky change" in ran.summary


@pytest.mark.parametrize(("code", "text"), [(2, None), (2, CALM), (1, None), (0, None), (0, "")])
def test_a_review_that_did_not_come_about_fails(
    tmp_path: Path, code: int, text: str | None
) -> None:
    ran = review(tmp_path, code, text)
    assert ran.code == 2
    assert "::error title=No review::" in ran.said
    assert ran.outputs == {"risky": "unknown", "changed": "unknown"}
    written = (temporary(tmp_path) / "review-page" / "review.md").read_text()
    assert written.splitlines()[:2] == [MARKER, "## Infrastructure review: could not be made"]
    assert f"`{HEAD[:12]}`" in written
    assert ran.summary == written


def test_no_line_of_what_was_said_ends_the_fence_and_all_of_it_fits(tmp_path: Path) -> None:
    words = r"yes '~~~' | head -c 90000; printf 'no\r~~~\n# A heading\nlast\n'"
    program(tmp_path / ".docklab/venv/bin/python", f"({words}) >&2; exit 2")
    ran = run(REVIEW, tmp_path, BASE="origin/main", NUMBER="7", HEAD=HEAD)
    assert ran.code == 2
    *_, first, last = [line for line in ran.summary.splitlines() if line.strip()]
    assert (first, last) == ("    last", "~~~")
    begin = ran.summary.splitlines().index("~~~text")
    inside = ran.summary.splitlines()[begin + 1 : -1]
    assert [line for line in inside if line and not line.startswith("    ")] == []
    assert len(ran.summary.encode()) < MOST_BYTES


def test_a_base_with_a_strange_name_is_one_word_and_no_command(tmp_path: Path) -> None:
    program(tmp_path / ".docklab/venv/bin/python", 'echo "$5" >base\necho page >"$9"')
    base = "origin/$(touch taken);touch taken"
    ran = run(REVIEW, tmp_path, BASE=base, NUMBER="7", HEAD=HEAD)
    assert ran.code == 0, ran.said
    assert not (tmp_path / "taken").exists()
    assert (tmp_path / "base").read_text() == f"{base}\n"


def comment(folder: Path, ids: str, changed: str) -> list[str]:
    """The calls of gh, where `ids` are the comments with our mark."""
    page = temporary(folder) / "review-page" / "review.md"
    page.parent.mkdir()
    page.write_text(CALM)
    program(
        folder / "bin" / "gh",
        f'echo "$*" >>calls\ncase "$*" in *--paginate*) printf "{ids}";; esac',
    )
    ran = run(COMMENT, folder, GH_TOKEN="t", NUMBER="7", CHANGED=changed)
    assert ran.code == 0, ran.said
    return (folder / "calls").read_text().splitlines()


def test_the_first_review_of_a_pull_request_is_a_new_comment(tmp_path: Path) -> None:
    _, post = comment(tmp_path, "", "true")
    assert "--method POST repos/someone/docklab/issues/7/comments" in post
    assert post.endswith(f"--field body=@{temporary(tmp_path)}/review-page/review.md")


@pytest.mark.parametrize("changed", ["true", "false", "unknown"])
def test_a_later_review_edits_the_first_comment_of_ours(tmp_path: Path, changed: str) -> None:
    look, patch = comment(tmp_path, "41\\n42\\n", changed)
    assert "github-actions[bot]" in look
    assert "--method PATCH repos/someone/docklab/issues/comments/41 " in patch


@pytest.mark.parametrize("changed", ["false", "unknown"])
def test_a_pull_request_that_changes_no_stack_gets_no_comment(tmp_path: Path, changed: str) -> None:
    assert len(comment(tmp_path, "", changed)) == 1


def test_comments_that_cannot_be_read_fail_the_step(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "gh", "echo no rights >&2; exit 1")
    ran = run(COMMENT, tmp_path, GH_TOKEN="t", NUMBER="7", CHANGED="true")
    assert ran.code == 1
