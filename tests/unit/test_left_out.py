"""Tests that cannot run are counted with the reason, and make a run red where it must be proof."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SAMPLE = """
import pytest

@pytest.mark.browser
def test_a_page(): pass

@pytest.mark.e2e
def test_a_lab(): pass

def test_a_function(): pass
"""
LEAVING = """
from left_out import leave_out

def test_a_browser():
    leave_out("without a browser")
"""


def run(folder: Path, text: str = SAMPLE, **variables: str) -> tuple[int, str]:
    (folder / "test_sample.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  browser\n  e2e\n")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DOCKLAB_", "PYTEST_", "CI"))}
    env = {**kept, "PYTHONPATH": str(TESTS), **variables}
    command = [sys.executable, "-m", "pytest", "-p", "left_out", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("variable", "what"),
    [("DOCKLAB_TEST_NO_ENGINE", "a Docker engine"), ("DOCKLAB_TEST_NO_BROWSER", "a browser")],
)
def test_what_is_left_out_is_counted_with_its_reason_and_red_in_ci(
    tmp_path: Path, variable: str, what: str
) -> None:
    code, said = run(tmp_path, **{variable: "the moon is full"})
    assert code == 0
    assert "2 passed, 1 skipped" in said
    assert f"\n1 tests were left out: without {what}: the moon is full\n" in said
    assert run(tmp_path, **{variable: "the moon is full", "CI": "true"})[0] == 1


def test_a_run_that_leaves_nothing_out_is_green_in_ci(tmp_path: Path) -> None:
    code, said = run(tmp_path, CI="true")
    assert code == 0
    assert "3 passed" in said
    assert "left out" not in said


def test_a_test_that_leaves_itself_out_counts_too(tmp_path: Path) -> None:
    code, said = run(tmp_path, LEAVING)
    assert code == 0
    assert "1 tests were left out: without a browser" in said
    assert run(tmp_path, LEAVING, CI="true")[0] == 1
