"""`python -m verifier` as it is run: one line on standard output, nothing on standard error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from unit.verifier.facts_of_a_lab import VALIDATOR, container_id, lab, report_of

from verifier import cli
from verifier.procfs import OutOfTime

ROOT = Path(__file__).parents[3]
SPEC = {
    "run_id": "run-7",
    "containers": [{"name": name, "id": container_id(n)} for n, name in enumerate("ab")],
}


def run(
    *arguments: str, spec: str | bytes | None, stdin: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    env: dict[str | bytes, str | bytes] = {"PATH": os.environ["PATH"], **environment}
    if spec is not None:
        env["NSV_SPEC"] = spec
    command = [sys.executable, "-m", "verifier", *arguments]
    return subprocess.run(
        command, env=env, cwd=ROOT, input=stdin, capture_output=True, text=True, timeout=60
    )


def the_line(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    made: dict[str, Any] = json.loads(done.stdout)
    VALIDATOR.validate(made)
    assert made["exit_code"] == done.returncode
    return made


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (None, "NSV_SPEC is not set"),
        ("{}", "run_id: null is not a name"),
        (b'{"run_id": "\xff\xfe"}', "is not a name"),
        (json.dumps({**SPEC, "run_id": "run-7", "x": 1}), 'unknown key "x"'),
    ],
)
def test_a_bad_spec_is_exit_2_and_one_clear_line(spec: str | bytes | None, message: str) -> None:
    made = the_line(run(spec=spec))
    assert made["verdict"] == "bad_spec"
    assert message in made["summary"]


def test_unknown_arguments_are_a_bad_spec_too() -> None:
    assert the_line(run("rendr", spec=None))["exit_code"] == 2


def test_the_run_id_of_a_bad_spec_is_given_back() -> None:
    assert the_line(run(spec=json.dumps({**SPEC, "x": 1})))["run_id"] == "run-7"


def test_ids_that_no_container_has_are_inconclusive_and_render() -> None:
    done = run(spec=json.dumps(SPEC))
    made = the_line(done)
    assert made["verdict"] == "inconclusive"
    text = run("render", spec=None, stdin=done.stdout).stdout
    assert "UNKNOWN  map  a" in text
    assert "verdict: INCONCLUSIVE" in text


def test_a_procfs_that_does_not_exist_is_inconclusive(tmp_path: Path) -> None:
    made = the_line(run(spec=json.dumps(SPEC), NSV_PROC=str(tmp_path / "none")))
    assert made["exit_code"] == 3


def test_rendering_something_else_is_refused_in_one_line() -> None:
    for text in ("", "[]", "{}", '{"targets": 1}', "\x1b"):
        done = run("render", spec=None, stdin=text)
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
        assert "not a report" in done.stderr


def test_a_defect_of_the_verifier_is_exit_4_with_its_place(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert _main_with(monkeypatch, ZeroDivisionError("oops")) == 4
    made = json.loads(capfd.readouterr().out)
    VALIDATOR.validate(made)
    assert made["verdict"] == "internal_error"
    assert "ZeroDivisionError: oops at test_the_command.py:" in made["summary"]


def test_a_read_that_never_returns_is_inconclusive(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert _main_with(monkeypatch, OutOfTime()) == 3
    made = json.loads(capfd.readouterr().out)
    VALIDATOR.validate(made)
    assert (made["verdict"], made["run_id"]) == ("inconclusive", "run-7")


def _main_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> int:
    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr(cli, "gather", broken)
    monkeypatch.setenv("NSV_SPEC", json.dumps(SPEC))
    return cli.main([])


def test_a_sound_report_renders_through_the_command() -> None:
    done = run("render", spec=None, stdin=json.dumps(report_of(lab())))
    assert done.returncode == 0
    assert "verdict: ISOLATED" in done.stdout
