"""A commit, with pre-commit and without, has `make review` bring review/stacks up to date."""

from __future__ import annotations

from pathlib import Path

import pytest
from commit_clone import Clone
from e2e.cloning import copy_tree, furnish

from toolchain.paths import paths

STACK, TEXT = "stacks/Pulumi.local.yaml", "review/stacks/local"


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """This tree with its texts up to date, whatever state they are in here."""
    folder = tmp_path_factory.mktemp("commit")
    clone = Clone(folder / "origin", folder / "home")
    clone.root.mkdir()
    copy_tree(clone.root)
    furnish(clone.home, paths())
    written = clone.run("make", "review")
    assert written.code == 0, written.said
    clone.git("add", "--all")
    clone.git("commit", "--quiet", "--allow-empty", "--message", "texts")
    return clone


@pytest.fixture
def clone(origin: Clone, tmp_path: Path) -> Clone:
    origin.git("clone", "--quiet", str(origin.root), str(tmp_path / "clone"))
    return origin._replace(root=tmp_path / "clone")


@pytest.mark.parametrize("way", ["pre-commit", "make hooks"])
def test_a_commit_that_changes_a_stack_brings_its_text_along(clone: Clone, way: str) -> None:
    clone.install(way)
    file = clone.root / STACK
    file.write_text(file.read_text().replace("172.30.20.0/24", "172.30.21.0/24"))
    first = clone.commit()
    assert first.code != 0
    assert "git add review/stacks" in first.said
    changed = clone.git("diff", "--name-only").splitlines()
    assert [name for name in changed if not name.startswith(TEXT)] == []
    assert "172.30.21.0/24" in clone.git("diff", "--", TEXT)
    assert clone.commit().code == 0
    assert clone.run("make", "review-check").code == 0


def test_a_stack_of_ones_own_is_in_nobodys_way(clone: Clone) -> None:
    clone.install("make hooks")
    (clone.root / "stacks/Pulumi.mine.yaml").write_text("config: {docklab:lab: {host: nowhere}}\n")
    file = clone.root / "infra" / "explain.py"
    file.write_text(file.read_text() + "\n# words\n")
    done = clone.commit("infra")
    assert done.code == 0, done.said
    assert not (clone.root / "review/stacks/mine").exists()


def test_a_commit_that_changes_no_stack_passes(clone: Clone) -> None:
    clone.install("pre-commit")
    file = clone.root / "infra" / "explain.py"
    file.write_text(file.read_text() + "\n# words\n")
    done = clone.commit()
    assert done.code == 0, done.said


def test_a_stack_that_the_program_refuses_stops_the_commit(clone: Clone) -> None:
    clone.install("make hooks")
    file = clone.root / STACK
    file.write_text(file.read_text().replace("172.30.20.0/24", "172.30.10.0/24"))
    done = clone.commit()
    assert done.code != 0
    assert STACK in done.said
