"""Runs of `python -m lifecycle` that are ended, killed, late, or lose their engine."""

from __future__ import annotations

import json
import signal
import time

import pytest
from engine.lifecycle.things import Bench, by_id, cut_off, under_way

import lifecycle.__main__ as program
from lifecycle.engine import Engine
from lifecycle.judge import LAYER, OUTLIVES, rows
from lifecycle.scratch import SCRATCH_LABEL, STACK_LABEL

pytestmark = [pytest.mark.engine, pytest.mark.timeout(120)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_told_to_end_removes_everything(one: Bench, number: int) -> None:
    process = one.start()
    under_way(one, process)
    process.send_signal(number)
    said, complaint = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert said == ""
    assert "Traceback" not in complaint
    assert one.scratch() == ([], [])


def test_what_a_killed_run_left_goes_with_the_next(one: Bench) -> None:
    process = one.start()
    under_way(one, process)
    process.kill()
    process.communicate()
    left = one.scratch()
    assert left[0]
    assert left[1]
    assert {row["status"] for row in one.run().values()} == {"pass"}
    assert one.scratch() == ([], [])


def test_a_run_beside_another_of_the_same_stack_leaves_its_things_alone(one: Bench) -> None:
    processes = [one.start() for _ in range(3)]
    for process in processes:
        said, complaint = process.communicate(timeout=90)
        assert {row["status"] for row in json.loads(said)["checks"]} == {"pass"}, complaint


def test_a_stack_with_another_name_is_none_of_its_business(one: Bench) -> None:
    name = f"{one.stack}-other"
    labels = {STACK_LABEL: name, SCRATCH_LABEL: "long/1/1/1"}
    one.api.create_volume(name=name, labels=labels)
    try:
        one.run()
        assert one.api.inspect_volume(name)["Labels"] == labels
    finally:
        one.api.remove_volume(name)


def test_time_that_is_up_is_an_error_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, one: Bench
) -> None:
    class Slow(Engine):
        def layer_bytes(self, container: str) -> int | None:  # noqa: ARG002
            time.sleep(30)
            return None

    monkeypatch.setattr(program, "Engine", Slow)
    found = by_id(rows(program.prove(one.asked(), one.host, seconds=2)))
    assert {row["status"] for row in found.values()} == {"error"}
    assert "longer than 2 s" in found[LAYER]["evidence"]["problem"]


def test_an_engine_that_goes_in_the_middle_is_an_error_and_no_traceback(one: Bench) -> None:
    gone: list[bool] = []
    with cut_off(one.host, lambda: bool(gone)) as address:
        process = one.start(DOCKER_HOST=address)
        under_way(one, process)
        gone.append(True)
        said, complaint = process.communicate(timeout=90)
    assert process.returncode == 0, complaint
    assert "Traceback" not in complaint
    found = by_id(json.loads(said)["checks"])
    assert found[OUTLIVES]["status"] == "error"
    assert "could not remove everything" in complaint
    one.run()
