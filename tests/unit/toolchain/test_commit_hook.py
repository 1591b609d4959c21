"""What a commit runs, by pre-commit and by `make hooks`: with a stand-in for `make review`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from commit_clone import MAKE_HOOKS, PRE_COMMIT, ROOT, Clone

MAKE = """#!/bin/sh
echo "$*" >>../made
mkdir -p review/stacks
cat stacks/* >review/stacks/all 2>/dev/null
[ ! -e stacks/broken ] || exit 2
"""
OUT_OF_DATE = "review/stacks was out of date"


def bare(folder: Path, name: str = "clone") -> Clone:
    """A repository with the hook's own files and one stack, its text up to date."""
    root, tools = folder / name, folder / "tools"
    for part in (".ci/pre-commit", ".pre-commit-config.yaml", "toolchain"):
        (root / part).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / part).is_dir():
            skip = shutil.ignore_patterns("__pycache__", "*_go", "standin")
            shutil.copytree(ROOT / part, root / part, ignore=skip)
        else:
            shutil.copy2(ROOT / part, root / part)
    for file in ("stacks/one", "review/stacks/all"):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text("a lab\n")
    tools.mkdir()
    (tools / "make").write_text(MAKE)
    (tools / "make").chmod(0o755)
    clone = Clone(root, folder / "home", str(tools))
    clone.git("init", "--quiet")
    assert clone.commit().code == 0
    return clone


@pytest.fixture(params=["pre-commit", "make hooks"])
def clone(tmp_path: Path, request: pytest.FixtureRequest) -> Clone:
    made = bare(tmp_path)
    made.install(request.param)
    return made


def times_made(clone: Clone) -> int:
    file = clone.root.parent / "made"
    return len(file.read_text().splitlines()) if file.exists() else 0


def test_a_stale_text_stops_the_commit_and_is_written_anew(clone: Clone) -> None:
    (clone.root / "stacks/one").write_text("another lab\n")
    done = clone.commit()
    assert done.code != 0
    assert OUT_OF_DATE in done.said
    assert (clone.root / "review/stacks/all").read_text() == "another lab\n"
    assert clone.commit().code == 0
    assert clone.git("status", "--porcelain") == ""


def test_a_text_that_is_new_and_unknown_to_git_stops_the_commit_too(clone: Clone) -> None:
    clone.git("rm", "--quiet", "--cached", "review/stacks/all")
    clone.run("git", "commit", "--quiet", "--no-verify", "--message", "without it")
    (clone.root / "stacks/two").write_text("a second lab\n")
    done = clone.commit("stacks")
    assert done.code != 0
    assert OUT_OF_DATE in done.said


def test_a_stack_file_that_goes_is_seen(clone: Clone) -> None:
    (clone.root / "stacks/two").write_text("a second lab\n")
    clone.commit()
    assert clone.commit().code == 0
    (clone.root / "stacks/two").unlink()
    done = clone.commit()
    assert done.code != 0
    assert OUT_OF_DATE in done.said


def test_the_texts_of_stacks_that_git_does_not_know_are_not_asked_for(clone: Clone) -> None:
    for file in ("stacks/Pulumi.mine.yaml", "review/stacks/mine/resources.yaml"):
        (clone.root / file).parent.mkdir(exist_ok=True)
        (clone.root / file).write_text("a lab of one's own\n")
    (clone.root / "infra").mkdir()
    (clone.root / "infra/one.py").write_text("# words\n")
    (clone.root / "stacks/one").write_text("another lab\n")
    done = clone.commit("infra", "stacks/one")
    assert done.code != 0
    [advice] = [line for line in done.said.splitlines() if "git add review/stacks" in line]
    assert advice.strip() == "git add review/stacks ':!review/stacks/mine' && git commit"
    clone.run("bash", "-c", advice.split("&&")[0])
    assert clone.run("git", "commit", "--quiet", "--message", "all").code == 0
    assert "review/stacks/mine" not in clone.git("ls-files")


def test_only_what_git_knows_is_made(clone: Clone) -> None:
    (clone.root / "stacks/one").write_text("another lab\n")
    clone.commit()
    assert "ARGS=--tracked" in (clone.root.parent / "made").read_text()


def test_a_commit_of_words_alone_makes_nothing(clone: Clone) -> None:
    (clone.root / "README.md").write_text("words\n")
    assert clone.commit().code == 0
    assert times_made(clone) == 0


def test_a_commit_that_leaves_the_text_as_it_is_passes(clone: Clone) -> None:
    (clone.root / "infra").mkdir()
    (clone.root / "infra/one.py").write_text("# words\n")
    assert clone.commit().code == 0
    assert times_made(clone) == 1


def test_a_review_that_fails_stops_the_commit(clone: Clone) -> None:
    (clone.root / "stacks/broken").touch()
    assert clone.commit().code != 0
    assert (clone.commit().code, times_made(clone)) == (1, 2)


def test_a_commit_from_a_folder_below_is_checked_as_well(clone: Clone) -> None:
    (clone.root / "stacks/one").write_text("another lab\n")
    below = clone._replace(root=clone.root / "stacks")
    assert below.commit().code != 0


def test_with_nothing_staged_the_whole_is_looked_at(tmp_path: Path) -> None:
    clone = bare(tmp_path)
    (clone.root / "review/stacks/all").write_text("old\n")
    clone.run("git", "commit", "--quiet", "--all", "--no-verify", "--message", "stale")
    done = clone.run(*PRE_COMMIT, "run", "--all-files")
    assert done.code == 1
    assert OUT_OF_DATE in done.said


def test_a_hook_of_the_users_own_is_left_alone(tmp_path: Path) -> None:
    clone = bare(tmp_path)
    hook = clone.root / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 0\n")
    done = clone.run(*MAKE_HOOKS)
    assert done.code == 1
    assert "pre-commit is there and not ours. Way out: let it run .ci/pre-commit" in done.said
    assert hook.read_text() == "#!/bin/sh\nexit 0\n"


def test_hooks_that_are_kept_elsewhere_are_left_alone(tmp_path: Path) -> None:
    clone = bare(tmp_path)
    clone.git("config", "core.hooksPath", str(tmp_path / "shared"))
    done = clone.run(*MAKE_HOOKS)
    assert done.code == 1
    assert "core.hooksPath leads to" in done.said
    assert not (tmp_path / "shared").exists()


def test_make_hooks_may_be_said_twice(tmp_path: Path) -> None:
    clone = bare(tmp_path)
    clone.install("make hooks")
    clone.install("make hooks")


def test_the_hook_lets_a_commit_of_a_time_before_it_pass(tmp_path: Path) -> None:
    clone = bare(tmp_path)
    clone.install("make hooks")
    clone.git("rm", "--quiet", "--cached", ".ci/pre-commit")
    (clone.root / ".ci/pre-commit").unlink()
    assert clone.run("git", "commit", "--quiet", "--message", "before").code == 0
