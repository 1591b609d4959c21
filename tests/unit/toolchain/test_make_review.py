"""The review's verbs of the Makefile: what each sets up, and which program it then runs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SETUP = "setup | -m toolchain setup --only-packages"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A setup whose Pythons only write down what they are asked to run."""
    said = tmp_path / "said"
    for name, file in (("setup", tmp_path / "python"), ("venv", tmp_path / "venv/bin/python")):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            f'#!/bin/sh\nprintf "{name} |" >>"{said}"\n'
            f'for word; do printf " %s" "${{word:-<empty>}}" >>"{said}"; done\n'
            f'echo >>"{said}"\nexit "${{{name.upper()}_CODE:-0}}"\n'
        )
        file.chmod(0o755)
    return tmp_path


def make(home: Path, *words: str, **more: str) -> tuple[int, list[str]]:
    """make's exit code, and what was run."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    environment = {**kept, "DOCKLAB_HOME": str(home), **more}
    command = ["make", "-C", str(ROOT), f"PYTHON={home / 'python'}", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    said = home / "said"
    return done.returncode, said.read_text().splitlines() if said.exists() else []


@pytest.mark.parametrize(
    ("words", "run"),
    [
        (["review"], "write"),
        (["review-check"], "check"),
        (["review-diff", "BASE=origin/main"], "diff --base origin/main"),
        (["review-diff", "BASE=v1", "ARGS=--out page.md"], "diff --base v1 --out page.md"),
        (["graph"], "graph --stack local"),
        (["graph", "STACK=prod"], "graph --stack prod"),
    ],
)
def test_a_verb_gets_the_packages_alone_and_runs_the_review(
    home: Path, words: list[str], run: str
) -> None:
    assert make(home, *words) == (0, [SETUP, f"venv | -m review {run}"])


def test_a_diff_without_a_base_reaches_the_program_which_says_so_itself(home: Path) -> None:
    assert make(home, "review-diff")[1][-1] == "venv | -m review diff --base <empty>"


def test_a_base_with_a_space_is_one_word_for_the_program() -> None:
    command = ["make", "-n", "-C", str(ROOT), "review-diff", "BASE=main --out x"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ' --base "main --out x"' in done.stdout


@pytest.mark.parametrize("verb", ["review", "review-check", "review-diff", "graph"])
@pytest.mark.parametrize("broken", ["SETUP_CODE", "VENV_CODE"])
def test_a_failure_of_either_half_fails_the_verb(home: Path, verb: str, broken: str) -> None:
    code, said = make(home, verb, **{broken: "1"})
    assert code == 2
    assert len(said) == (1 if broken == "SETUP_CODE" else 2)


def test_help_lists_the_verbs_with_a_dash_in_their_names_too() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    for verb in ("review", "review-check", "review-diff", "graph"):
        assert f"  make {verb} " in listed.stdout
    assert "fails when the change is risky" in listed.stdout


def test_the_reference_is_written_with_the_packages_alone(home: Path) -> None:
    assert make(home, "config-docs", "ARGS=--check") == (
        0,
        [SETUP, "venv | -m review.reference --check"],
    )
