"""The question, the owner of scratch things, and the end of a run by time or signal."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lifecycle import fingerprint
from lifecycle.limits import Stopped, limited, undisturbed
from lifecycle.question import BadQuestion, Question, question, ssh_options
from lifecycle.scratch import Owner, abandoned, process_start, this_process

ROOT = Path(__file__).parents[3]
GOOD = {"run_id": "r", "image": "i", "stack": "local"}
HOST = "unix:///run/x.sock"


def environment(spec, host=HOST):
    return {"DOCKER_HOST": host, "LIFECYCLE_SPEC": json.dumps(spec)}


def test_a_good_question_is_read_with_the_engine_s_address():
    assert question(environment(GOOD)) == (Question(**GOOD), HOST)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "DOCKER_HOST is not set"),
        ({"DOCKER_HOST": HOST}, "LIFECYCLE_SPEC is no JSON"),
        (environment([]), "exactly the keys run_id, image, stack"),
        (environment({**GOOD, "more": "x"}), "exactly the keys run_id, image, stack"),
        (environment({**GOOD, "image": ""}), r"LIFECYCLE_SPEC\.image: '' must be a text"),
        (environment({**GOOD, "image": 1}), r"LIFECYCLE_SPEC\.image: 1 must be a text"),
        (environment({**GOOD, "stack": "a/../b"}), r"\.stack: 'a/../b' is no stack's name"),
    ],
)
def test_a_bad_question_names_key_value_and_the_way_out(given, said):
    with pytest.raises(BadQuestion, match=said):
        question(given)


def test_options_for_ssh_are_a_list_of_texts():
    assert ssh_options({}) == []
    assert ssh_options({"LIFECYCLE_SSH_OPTIONS": '["-i", "/key"]'}) == ["-i", "/key"]


@pytest.mark.parametrize("text", ["-i /key", '"-i"', "[1]", "{}"])
def test_other_options_for_ssh_are_refused(text):
    with pytest.raises(BadQuestion, match=r"LIFECYCLE_SSH_OPTIONS: .* must be a JSON list"):
        ssh_options({"LIFECYCLE_SSH_OPTIONS": text})


def test_a_bad_question_runs_nothing_and_ends_with_two():
    done = subprocess.run(
        [sys.executable, "-m", "lifecycle"],
        cwd=ROOT,
        env={**os.environ, "DOCKER_HOST": "unix:///nowhere", "LIFECYCLE_SPEC": "{"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "LIFECYCLE_SPEC is no JSON" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_engine_that_is_not_there_is_two_rows_of_error_and_a_good_end():
    done = subprocess.run(
        [sys.executable, "-m", "lifecycle"],
        cwd=ROOT,
        env={**os.environ, **environment(GOOD, "unix:///nowhere/docker.sock")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert answer["run_id"] == "r"
    assert {row["status"] for row in answer["checks"]} == {"error"}
    assert {row["id"] for row in answer["checks"]} == {"vol.outlives", "vol.layer"}
    assert all("docker info" in row["remedy"] for row in answer["checks"])


@pytest.fixture
def mine():
    return this_process(60).label()


def label(**changes):
    owner = {"machine": "here", "pid": 7, "started": "100", "until": 1000, **changes}
    return Owner(**owner).label()


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        (label(), False),
        (label(pid=8), True),
        (label(started="99"), True),
        (label(until=499), True),
        (label(machine="elsewhere", pid=8), False),
        (label(machine="elsewhere", until=499), True),
        (label(started="", pid=8), False),
        (label(machine="a/b", pid=8), False),
        ("nonsense", True),
        ("", True),
        ("here/x/100/1000", True),
    ],
)
def test_only_what_a_dead_or_late_run_made_is_abandoned(text, gone):
    assert abandoned(text, "here", 500.0, {7: "100"}.get) is gone


def test_this_process_is_alive_and_its_dead_child_is_not(mine):
    machine = mine.rsplit("/", 3)[0]
    assert not abandoned(mine, machine, time.time())
    child = subprocess.Popen(["sleep", "60"])
    started = process_start(child.pid)
    child.kill()
    child.wait()
    until = int(time.time()) + 60
    dead = Owner(machine=machine, pid=child.pid, started=started, until=until)
    assert abandoned(dead.label(), machine, time.time())


def test_time_that_is_up_ends_what_is_under_way():
    with pytest.raises(Stopped) as stopped, limited(0.05):
        time.sleep(30)
    assert stopped.value.number == signal.SIGALRM


def sent(number):
    os.kill(os.getpid(), number)
    time.sleep(30)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_end_ends_it_but_not_the_cleaning(number):
    with pytest.raises(Stopped) as stopped, limited(30):
        sent(number)
    assert stopped.value.number == number
    with limited(30, endings=False):
        os.kill(os.getpid(), number)
        time.sleep(0.01)


def test_what_must_not_be_cut_short_is_ended_after_it():
    came_through = []

    def creating():
        with undisturbed():
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.05)
            came_through.append(True)
        came_through.append("too far")

    with pytest.raises(Stopped), limited(30):
        creating()
    assert came_through == [True]


def test_no_exception_handler_swallows_an_end():
    assert not issubclass(Stopped, Exception)


def test_handlers_and_clock_are_as_before_afterwards():
    before = signal.getsignal(signal.SIGTERM)
    with limited(30):
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_the_fingerprint_is_the_programs_text():
    assert fingerprint() == fingerprint()
    assert len(fingerprint()) == 16
