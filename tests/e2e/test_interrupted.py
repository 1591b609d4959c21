"""`up` cut short at several moments, by ^C and by SIGKILL, and run again."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from e2e.harness import Lab, Started

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
CONTAINER = "docker:index/container:Container"
VERIFICATION = f"NamespaceCheck${CONTAINER}"


def is_put_right(lab: Lab) -> None:
    """`up` again ends isolated, with nothing twice and nothing unknown; `down` takes it all."""
    lab.up()
    things = lab.things()
    recorded = [one for one in lab.deployment()["resources"] if one.get("id")]
    for kind, there in (
        (CONTAINER, set(things.containers().values())),
        ("docker:index/network:Network", set(things.networks().values())),
    ):
        assert {one["id"] for one in recorded if one["type"] == kind} == there
    named = {name for name in things.volumes() if name.startswith(lab.volume)}
    assert len(named) == 1
    volumes = things.volumes()
    assert lab.verb("down").code == 0
    assert things.nothing()
    assert things.still_there(volumes) == set()


def pulumi_of(started: Started) -> int:
    """The one Pulumi below a verb, by its process id."""
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = file.read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue
        if name == "pulumi" and rest.split()[1] == str(started.process.pid):
            return int(file.parent.name)
    raise AssertionError("no Pulumi runs")


@pytest.mark.parametrize(
    ("kind", "delay"),
    [
        ("docker:index/network:Network", 0.0),
        ("docker:index/volume:Volume", 0.05),
        (CONTAINER, 0.2),
        (VERIFICATION, 0.1),
    ],
    ids=["network", "volume", "container", "verification"],
)
def test_all_killed_while_it_makes_a(lab: Lab, kind: str, delay: float) -> None:
    lab.write(lab.small())
    started = lab.start(lab.argv("up"))
    lab.wait_for(started, kind)
    time.sleep(delay)
    os.killpg(started.process.pid, signal.SIGKILL)
    started.end()
    is_put_right(lab)


def test_pulumi_alone_killed_is_said_and_put_right(lab: Lab) -> None:
    lab.write(lab.small())
    started = lab.start(lab.argv("up"))
    lab.wait_for(started, CONTAINER)
    os.kill(pulumi_of(started), signal.SIGKILL)
    run = started.end(30)
    assert run.code != 0
    assert run.said(f"run `make up STACK={lab.stack}` again")
    is_put_right(lab)


def test_an_interrupt_from_the_terminal_ends_it_in_order(lab: Lab) -> None:
    lab.write(lab.small())
    started = lab.start(lab.argv("up"))
    lab.wait_for(started, CONTAINER)
    os.killpg(started.process.pid, signal.SIGINT)
    run = started.end(60)
    assert run.code == 130
    assert run.said(f"Interrupted. Run `make up STACK={lab.stack}` again")
    assert "Traceback" not in run.text, run.text
    is_put_right(lab)


def test_attributes_of_the_state_file_cut_short_do_not_lock_the_state(lab: Lab) -> None:
    lab.write(lab.small())
    lab.verb("preview")
    (attributes,) = lab.state_file().parent.glob(f"{lab.stack}.json.attrs")
    attributes.write_text("")
    assert lab.pulumi("stack", "export", "--stack", lab.stack).said(
        "failed to load checkpoint: EOF"
    )
    run = lab.verb("preview")
    assert run.code == 0, run.text
