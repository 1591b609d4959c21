"""What is to do for the virtual environment is decided from its stamp alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolchain.setup import venv
from toolchain.setup.console import SetupError

BASE = {"place": "/x/.docklab/venv", "version": "3.11.7"}
FILES = {"requirements.txt": "aa"}


def test_a_finished_environment_needs_nothing() -> None:
    assert venv.plan({**BASE, **FILES}, BASE, FILES) == "nothing"


def test_an_environment_with_the_tests_packages_too_still_serves_without_them() -> None:
    assert venv.plan({**BASE, **FILES, "requirements-lint.txt": "bb"}, BASE, FILES) == "nothing"


def test_a_changed_requirement_is_installed_into_what_is_there() -> None:
    assert venv.plan({**BASE, "requirements.txt": "old"}, BASE, FILES) == "install"


def test_no_stamp_means_an_interrupted_run_and_a_new_environment() -> None:
    assert venv.plan({}, BASE, FILES) == "create"


@pytest.mark.parametrize("change", [{"place": "/y/.docklab/venv"}, {"version": "3.12.1"}])
def test_a_moved_clone_or_another_python_gets_a_new_environment(change: dict[str, str]) -> None:
    assert venv.plan({**BASE, **FILES, **change}, BASE, FILES) == "create"


def test_a_clone_without_its_requirements_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"requirements\.txt is missing: the clone is not whole"):
        venv.wanted_files(tmp_path, frozenset())


def test_two_requirement_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    for name in ("requirements.txt", "tests/requirements.txt"):
        (tmp_path / name).write_text(f"# {name}\n")
    files = venv.wanted_files(tmp_path, frozenset({"tests"}))
    before = venv.digests(tmp_path, files)
    assert list(before) == ["requirements.txt", "tests/requirements.txt"]
    files[0].write_text("pulumi==9\n")
    assert venv.plan({**BASE, **before}, BASE, venv.digests(tmp_path, files)) == "install"
