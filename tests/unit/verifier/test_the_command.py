"""`python -m verifier` as it is run: one line on standard output, nothing on standard error."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
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
    assert _main_with(monkeypatch, _raising(ZeroDivisionError("oops"))) == 4
    made = _printed(capfd)
    assert made["verdict"] == "internal_error"
    assert "ZeroDivisionError: oops at test_the_command.py:" in made["summary"]


def test_a_read_that_never_returns_is_inconclusive(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert _main_with(monkeypatch, _raising(OutOfTime())) == 3
    made = _printed(capfd)
    assert (made["verdict"], made["run_id"]) == ("inconclusive", "run-7")


def test_work_that_not_even_its_alarm_clock_ends_is_given_up(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def deaf() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM, signal.SIGTERM})
        time.sleep(60)

    monkeypatch.setattr(cli, "HARD_SECONDS", 0.3)
    began = time.monotonic()
    assert _main_with(monkeypatch, deaf) == 3
    assert time.monotonic() - began < 10
    made = _printed(capfd)
    assert (made["verdict"], made["run_id"]) == ("inconclusive", "run-7")
    assert "it was still at work" in made["summary"]


def test_work_that_is_killed_is_inconclusive(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert _main_with(monkeypatch, lambda: os.kill(os.getpid(), signal.SIGKILL)) == 3
    made = _printed(capfd)
    assert "killed by signal 9" in made["summary"]
    assert "too little memory" in made["checks"][0]["remedy"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_told_to_stop_cleans_up_and_is_inconclusive(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    number: signal.Signals,
) -> None:
    marker = tmp_path / "marker"

    def told() -> None:
        marker.touch()
        try:
            # The supervisor is told, and passes it on.
            os.kill(os.getppid(), number)
            time.sleep(60)
        finally:
            marker.unlink()

    assert _main_with(monkeypatch, told) == 3
    assert not marker.exists()
    assert "stopped by a signal" in _printed(capfd)["summary"]


def _raising(error: Exception) -> Callable[[], None]:
    def broken() -> None:
        raise error

    return broken


def _main_with(monkeypatch: pytest.MonkeyPatch, work: Callable[[], None]) -> int:
    """Exit code of a run that does this instead of gathering: in a process of its own, for it
    gives away its powers.
    """
    monkeypatch.setattr(cli, "gather", lambda *_: work())
    monkeypatch.setenv("NSV_SPEC", json.dumps(SPEC))
    child = os.fork()
    if child == 0:
        code = 70
        try:
            code = cli.main([])
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _printed(capfd: pytest.CaptureFixture[str]) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(capfd.readouterr().out)
    VALIDATOR.validate(made)
    return made


def test_a_sound_report_renders_through_the_command() -> None:
    done = run("render", spec=None, stdin=json.dumps(report_of(lab())))
    assert done.returncode == 0
    assert "verdict: ISOLATED" in done.stdout
