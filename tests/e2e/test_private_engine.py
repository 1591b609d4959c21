"""A lab on an engine of the clone's own: its death, its restart, and what stays when it goes."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.harness import Lab, NewLab
from e2e.things import OnEngine

from toolchain.setup import engine_leftovers
from toolchain.setup.engine import PrivateEngine
from toolchain.setup.engine_choice import obstacles

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(240),
    pytest.mark.skipif(bool(obstacles()), reason="no private engine can run here"),
]


def machine() -> dict[str, set[str]]:
    """What an engine could leave in the machine's own namespaces."""
    links = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True)
    rules = subprocess.run(["iptables-save"], capture_output=True, text=True, check=True)
    return {
        "links": {line.split(":")[1].strip() for line in links.stdout.splitlines()},
        "rules": {line for line in rules.stdout.splitlines() if line.startswith("-A")},
        "mounts": {
            line.split(" ")[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()
        },
    }


@pytest.fixture(scope="module")
def before() -> dict[str, set[str]]:
    return machine()


@pytest.fixture(scope="module")
def engine(before: dict[str, set[str]], new_lab: NewLab) -> Iterator[tuple[Lab, PrivateEngine]]:
    """A clone whose engine runs and has the base image; no lab yet."""
    assert before
    lab = new_lab(None)
    engine = PrivateEngine(lab.home)
    try:
        engine.start()
        ready = lab.verb("setup")
        assert ready.code == 0, ready.text
        lab.write(lab.small())
        yield lab, engine
    finally:
        lab.sweep()
        engine.stop()


def things_of(lab: Lab, engine: PrivateEngine) -> OnEngine:
    return OnEngine(engine.docker_host, lab.stack, lab.volume)


def test_an_engine_killed_during_up_is_told_and_up_again_is_isolated(
    engine: tuple[Lab, PrivateEngine],
) -> None:
    lab, private = engine
    started = lab.start(lab.argv("up"))
    lab.wait_for(started, "container:Container")
    private.kill()
    run = started.end(60)
    assert run.code != 0
    assert "Traceback" not in run.text, run.text
    assert re.search("Docker daemon|[Cc]onnection", run.text), run.text
    assert run.said("did not finish", f"run `make up STACK={lab.stack}` again"), run.text
    assert not private.running()

    assert "USER" in lab.up().isolated
    assert private.running()
    things = things_of(lab, private)
    assert {"one", "two"} <= things.containers().keys()
    assert len({name for name in things.volumes() if name.startswith(lab.volume)}) == 1


def test_data_outlives_a_restart_of_the_engine(engine: tuple[Lab, PrivateEngine]) -> None:
    lab, private = engine
    things = things_of(lab, private)
    things.shell("one", "echo precious > /data/kept")
    private.stop()
    private.start()
    lab.up()
    assert things.shell("one", "cat /data/kept") == "precious"
    assert things.shell("two", "cat /data/kept") == "precious"


def test_down_and_clean_leave_nothing_on_the_machine(
    engine: tuple[Lab, PrivateEngine], before: dict[str, set[str]]
) -> None:
    lab, private = engine
    bridges = [f"br-{one[:12]}" for one in things_of(lab, private).networks().values()]
    ours = re.compile("|".join(map(re.escape, [*bridges, lab.subnet, private.engine_id])))
    assert bridges
    assert private.runtime.exists()
    assert engine_leftovers.processes(private.engine_id)
    assert lab.verb("down").code == 0
    assert engine_leftovers.processes(private.engine_id) == []
    assert not private.runtime.exists()
    groups = Path("/sys/fs/cgroup").rglob(engine_leftovers.cgroup_name(private.engine_id))
    assert list(groups) == []
    after = machine()
    left = {what: after[what] - before[what] for what in before}
    if not os.environ["DOCKER_HOST"].startswith(f"unix://{engine_leftovers.RUNTIME_ROOT}/"):
        # That engine is in the machine's own network, and other tests are using it.
        left = {what: {one for one in left[what] if ours.search(one)} for what in left}
    assert left == {what: set() for what in before}
    assert lab.verb("clean").code == 0
    assert not lab.home.exists()
