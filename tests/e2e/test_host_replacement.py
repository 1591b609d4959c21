"""A lab whose machine is replaced: two private engines behind one SSH address, the real CLI."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
from e2e.cloning import commit
from e2e.harness import Lab, NewLab, Run
from e2e.rack import LAB_DIR, Machine, Rack
from e2e.things import OnEngine

from components.ssh_access import SshAccess, command
from toolchain.paths import paths
from toolchain.setup import base_image
from toolchain.setup.engine_choice import obstacles

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
BIND = {"source": "${lab_dir}/notes", "target": "/notes", "mode": "rw", "missing": "create"}
PROGRAM = "tests/e2e/replaced_host"


@pytest.fixture(scope="module")
def rack() -> Iterator[Rack]:
    if why := obstacles():
        pytest.skip(f"no private engine here: {why}")
    folder = Path(tempfile.mkdtemp(prefix="docklab-rack-"))
    folder.chmod(0o755)
    rack = Rack(folder)
    try:
        rack.start()
        for machine in rack.machines.values():
            base_image.ensure(paths(), machine.docker_host)
        yield rack
    finally:
        rack.stop()


@pytest.fixture(scope="module")
def old(rack: Rack) -> Machine:
    return rack.machines["old"]


@pytest.fixture(scope="module")
def new(rack: Rack) -> Machine:
    return rack.machines["new"]


@pytest.fixture(scope="module")
def lab(rack: Rack, old: Machine, new_lab: NewLab) -> Lab:
    """A clone whose program is the one with a machine that can be replaced."""
    lab = new_lab(old.docker_host)
    project = lab.root / "Pulumi.yaml"
    project.write_text(project.read_text().replace("main: infra/", f"main: {PROGRAM}/"))
    commit(lab.root)
    wants(lab, rack, "old", protect_data=True)
    return lab


def wants(lab: Lab, rack: Rack, machine: str, **changes: Any) -> None:
    """Writes the stack: the small lab, with a folder besides, on one of the machines."""
    made = {**lab.small(one={"binds": [BIND]}), "host": rack.host_config(), **changes}
    lab.write(made, machine=machine, rack=str(rack.folder))


def has(lab: Lab, machine: Machine) -> dict[str, Any]:
    """All that a machine has of the lab, each by its id."""
    on = OnEngine(machine.docker_host, lab.stack, lab.volume)
    return {
        "containers": on.containers(),
        "networks": on.networks(),
        "volumes": on.volumes(),
        "folders": machine.shell(f"ls {LAB_DIR}"),
        "data": on.shell("one", "cat /data/kept /notes/kept 2>&1") if on.containers() else "",
    }


def events(machine: Machine, since: float) -> list[str]:
    """What has happened on a machine's engine."""
    client = docker.DockerClient(base_url=machine.docker_host, timeout=30)
    found = client.events(since=since, until=time.time(), decode=True)
    return [f"{one['Type']} {one['Action']}" for one in found]


def shared(rack: Rack, script: str) -> str:
    """What a command says over the connection that a run's commands share."""
    access = SshAccess(
        user="root",
        address="127.0.0.1",
        port=rack.port,
        host_key=rack.host_key,
        identity_file=rack.identity,
    )
    ssh = [*command(access, shared=True), script]
    return subprocess.run(ssh, capture_output=True, text=True, check=True, timeout=30).stdout


@pytest.fixture(scope="module")
def up(lab: Lab, old: Machine) -> Run:
    """The lab on the old machine, with data."""
    run = lab.up()
    on = OnEngine(old.docker_host, lab.stack, lab.volume)
    on.shell("one", "echo precious > /data/kept; echo noted > /notes/kept")
    return run


def test_a_lab_comes_up_on_the_first_machine_alone(
    lab: Lab, old: Machine, new: Machine, up: Run
) -> None:
    assert up.isolated >= {"MNT", "IPC", "UTS", "PID", "NET"}
    there = has(lab, old)
    assert {"one", "two"} <= set(there["containers"])
    assert there["data"] == "precious\nnoted"
    assert not any(has(lab, new).values())


def on_the_machine(lab: Lab) -> set[str]:
    """Names of what the state has on the machine: every Docker resource, folder and proof."""
    resources = lab.deployment()["resources"]
    named = {one["urn"].rsplit("::", 1)[-1]: one["type"] for one in resources}
    return {
        name
        for name, kind in named.items()
        if kind.startswith("docker:") or name.endswith(("-mkdir", "-lifecycle"))
    }


def test_with_protected_data_the_preview_of_a_replacement_fails(
    lab: Lab, rack: Rack, old: Machine, new: Machine, up: Run
) -> None:
    del up
    before = has(lab, old)
    wants(lab, rack, "new", protect_data=True)
    run = lab.verb("preview")
    assert run.code != 0
    assert run.said("DATA LOSS: the machine is replaced", f"({lab.volume})"), run.text
    assert run.said(f"Pulumi refuses it as long as {lab.volume} are protected"), run.text
    assert run.said("Nothing of what is protected was lost"), run.text
    assert has(lab, old) == before
    assert not any(has(lab, new).values())


def test_a_preview_shows_that_all_is_replaced_and_whose_data_go_and_changes_nothing(
    lab: Lab, rack: Rack, old: Machine, new: Machine, up: Run
) -> None:
    del up
    wants(lab, rack, "old")
    lab.up()
    before = has(lab, old)
    [volume] = {name for name in before["volumes"] if name.startswith(f"{lab.volume}-")}
    wants(lab, rack, "new")
    run = lab.verb("preview")
    assert run.code == 0, run.text
    assert run.said("DATA LOSS: the machine is replaced", f"{volume} ({lab.volume})"), run.text
    told = lab.pulumi("preview", "--json", "--stack", lab.stack).text
    steps = json.loads(told[told.index("{") :])["steps"]
    replaced = {s["urn"].rsplit("::", 1)[-1] for s in steps if "replace" in s["op"]}
    assert replaced >= on_the_machine(lab) | {"host-instance", "host-association", "host-ready"}
    assert has(lab, old) == before
    assert not any(has(lab, new).values())
    assert not old.terminated


@pytest.fixture(scope="module")
def replaced(lab: Lab, rack: Rack, old: Machine, up: Run) -> dict[str, Any]:
    """The `up` that replaces the machine, while a connection to the old one is held open."""
    del up
    wants(lab, rack, "old")
    lab.up()
    assert shared(rack, "cat /srv/machine") == "old"
    before = {"had": has(lab, old), "at": time.time()}
    wants(lab, rack, "new")
    return {**before, "run": lab.up()}


def test_a_new_machine_has_the_whole_lab_isolated(
    lab: Lab, new: Machine, replaced: dict[str, Any]
) -> None:
    assert replaced["run"].isolated >= {"MNT", "IPC", "UTS", "PID", "NET"}
    had, now = replaced["had"], has(lab, new)
    for kind in ("containers", "networks"):
        assert set(now[kind]) == set(had[kind])
        assert not set(now[kind].values()) & set(had[kind].values())
    assert len(now["volumes"]) == len(had["volumes"])
    assert not now["volumes"] & had["volumes"]
    assert now["folders"] == "notes"
    assert "precious" not in now["data"]


def test_nothing_was_deleted_or_made_on_the_old_machine(
    lab: Lab, old: Machine, replaced: dict[str, Any]
) -> None:
    assert old.terminated
    assert events(old, replaced["at"]) == []
    assert has(lab, old) == replaced["had"]


def test_nothing_was_deleted_on_the_new_machine_but_what_was_tried_there(
    new: Machine, replaced: dict[str, Any]
) -> None:
    deleted = [one for one in events(new, replaced["at"]) if one.endswith(("destroy", "delete"))]
    assert not [one for one in deleted if one.startswith("network")]
    # The proof about volumes makes two containers and a volume to remove them.
    assert len(deleted) <= 3, deleted


def test_no_shared_connection_leads_to_the_old_machine(
    rack: Rack, replaced: dict[str, Any]
) -> None:
    del replaced
    assert shared(rack, "cat /srv/machine") == "new"


@pytest.mark.parametrize("how", [(), ("--refresh",)], ids=["again", "with a refresh"])
def test_after_the_replacement_nothing_is_left_to_do(
    lab: Lab, replaced: dict[str, Any], how: tuple[str, ...]
) -> None:
    del replaced
    assert re.search(r"\d+ unchanged", lab.up("--expect-no-changes", *how).text)


def test_down_ends_the_machine_and_with_it_the_lab_and_nothing_on_the_old(
    lab: Lab, old: Machine, new: Machine, replaced: dict[str, Any]
) -> None:
    there, since = has(lab, new), time.time()
    run = lab.verb("down")
    assert run.code == 0, run.text
    assert new.terminated
    assert not (lab.deployment().get("resources") or [])[1:], "more than the stack is left"
    assert has(lab, new) == there, "what goes with the machine was taken off it first"
    assert not [one for one in events(new, since) if one.startswith(("network", "volume"))]
    assert has(lab, old) == replaced["had"]
