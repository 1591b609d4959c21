"""The proof about volumes as a part of `up` and `verify`: in the one report, and able to fail."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from e2e.cloning import commit
from e2e.harness import Lab, Started

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def lab(lab: Lab) -> Lab:
    """A lab that is up."""
    lab.write(lab.small())
    lab.up()
    return lab


def report(lab: Lab) -> dict[str, Any]:
    [stack] = [r for r in lab.deployment()["resources"] if r["type"] == "pulumi:pulumi:Stack"]
    found: dict[str, Any] = json.loads(stack["outputs"]["report"])
    return found


def row(lab: Lab, check: str) -> dict[str, Any]:
    [found] = [one for one in report(lab)["checks"] if one["id"] == check]
    return found


@contextmanager
def spoiled(lab: Lab, old: str, new: str) -> Iterator[None]:
    """The clone's program with a line changed in what it does inside the containers."""
    file = lab.root / "lifecycle" / "inside.py"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    commit(lab.root)
    try:
        yield
    finally:
        file.write_text(text)
        commit(lab.root)


def test_both_checks_are_in_the_report_with_sizes(lab: Lab) -> None:
    assert report(lab)["verdict"] == "isolated"
    layer, outlives = row(lab, "vol.layer"), row(lab, "vol.outlives")
    assert (layer["status"], outlives["status"]) == ("pass", "pass")
    assert layer["evidence"]["written_to_volume"] == 8 * 1024 * 1024
    assert layer["evidence"]["layer_grew"] == 0
    assert layer["control"]["layer_grew"] >= 1024 * 1024
    assert outlives["evidence"]["sha256_read"] == outlives["evidence"]["sha256_written"]
    assert lab.things().scratch() == set()


def test_up_again_tries_nothing_again(lab: Lab) -> None:
    before = row(lab, "vol.outlives")
    lab.up("--expect-no-changes")
    lab.up("--refresh", "--expect-no-changes")
    assert row(lab, "vol.outlives") == before


def test_verify_tries_again(lab: Lab) -> None:
    before = row(lab, "vol.outlives")["evidence"]
    run = lab.verb("verify")
    assert run.isolated, run.text
    after = row(lab, "vol.outlives")["evidence"]
    assert after["sha256_written"] != before["sha256_written"]
    assert not {after["writer"], after["reader"]} & {before["writer"], before["reader"]}


def test_a_changed_lab_is_tried_again(lab: Lab) -> None:
    before = row(lab, "vol.outlives")["evidence"]["sha256_written"]
    lab.write(lab.small(two={"memory": "40MiB"}))
    lab.up()
    assert row(lab, "vol.outlives")["evidence"]["sha256_written"] != before


def test_writes_that_reach_the_layer_fail_the_up_and_a_sound_one_puts_it_right(lab: Lab) -> None:
    with spoiled(lab, 'IN_VOLUME = f"{VOLUME}/data"', 'IN_VOLUME = "/not-the-volume"'):
        for verb in ("up", "verify"):
            run = lab.verb(verb)
            assert run.code != 0, run.text
            assert run.said("vol.layer *: does not hold: what is written to a volume"), run.text
            assert run.said("vol.outlives *: does not hold", "NOT verified as isolated"), run.text
            assert run.said("storage driver", f"make verify STACK={lab.stack}")
            assert "verdict: ISOLATED" not in run.text
            assert report(lab)["verdict"] == "not_isolated"
            assert row(lab, "vol.layer")["evidence"]["layer_grew"] == 8 * 1024 * 1024
    lab.up()
    assert report(lab)["verdict"] == "isolated"
    assert lab.things().scratch() == set()


def test_plain_pulumi_fails_too_and_says_how_to_verify_again(lab: Lab) -> None:
    words = ("up", "--yes", "--skip-preview", "--stack", lab.stack)
    with spoiled(lab, "VOLUME_BYTES = 8 << 20", "VOLUME_BYTES = 7 << 20"):
        assert lab.pulumi(*words).code == 0
    with spoiled(lab, '"bytes": found.st_size', '"bytes": 0'):
        run = lab.pulumi(*words)
        assert run.code != 0
        assert run.said("vol.layer *: could not be told", "VolumeCheck$command:local:Command")
    lab.up()


def test_a_volume_check_that_is_killed_fails_the_up_and_down_leaves_nothing(lab: Lab) -> None:
    lab.write(lab.small(two={"memory": "48MiB"}))
    started = lab.start(lab.argv("up"))
    os.kill(running(lab, started), signal.SIGKILL)
    run = started.end()
    assert run.code != 0
    assert run.said("signal: killed", "did not finish"), run.text
    assert "verdict: ISOLATED" not in run.text
    assert lab.verb("down").code == 0
    assert lab.things().scratch() == set()
    assert lab.things().nothing()


def running(lab: Lab, started: Started) -> int:
    """The program's process, once its container is there."""
    while not lab.things().scratch():
        assert started.running, started.end().text
        time.sleep(0.005)
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        words = entry.read_bytes().split(b"\0")
        if words[0].startswith(str(lab.home).encode()) and words[-2:] == [b"lifecycle", b""]:
            return int(entry.parent.name)
    raise AssertionError("the program has ended already")
