"""A lab's data, saved and put back by the verbs: over SSH, and into a lab that is made anew."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.harness import Lab
from e2e.ssh_server import SshServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
KEPT = "cat /data/kept; stat -c '%u:%g %a' /data/kept"


@pytest.fixture(scope="module")
def server() -> Iterator[SshServer]:
    folder = Path(tempfile.mkdtemp(prefix="docklab-ssh-"))
    folder.chmod(0o755)
    server = SshServer(folder)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def lab(lab: Lab, server: SshServer) -> Lab:
    """A lab behind SSH that is up, with a file in its volume."""
    assert lab.docker_host
    lab.write({**lab.small(), "host": server.host_config(lab.docker_host)})
    lab.up()
    lab.things().shell("one", "echo precious > /data/kept; chmod 640 /data/kept")
    return lab


@pytest.fixture(scope="module")
def saved(lab: Lab) -> Path:
    """The folder that `make backup` makes when it is told nothing; git does not see it."""
    done = lab.verb("backup", "--pause")
    assert done.code == 0, done.text
    assert done.said(f"{lab.volume}: ", "2 entries", "paused while", "going on again", "whole, in")
    (folder,) = (lab.root / "backups").iterdir()
    assert (folder / lab.stack / f"{lab.volume}.tar").is_file()
    manifest = json.loads((folder / lab.stack / "manifest.json").read_text())
    assert manifest["stack"] == lab.stack
    return folder


def test_a_running_lab_keeps_its_data_from_a_restore(lab: Lab, saved: Path) -> None:
    refused = lab.verb("restore", "--from", str(saved), "--overwrite")
    assert refused.code == 1
    names = f"in use by {lab.things().named('one')}, {lab.things().named('two')}"
    assert refused.said(f"{names}: give --stop", "Nothing was changed."), refused.text
    assert "Traceback" not in refused.text


def test_what_was_lost_comes_back_and_the_lab_is_verified(lab: Lab, saved: Path) -> None:
    before = lab.things().shell("two", KEPT)
    containers = lab.things().containers()
    lab.things().shell("one", "rm /data/kept; echo worse > /data/other")
    done = lab.verb("restore", "--from", str(saved), "--stop", "--overwrite")
    assert done.code == 0, done.text
    assert done.said("stopped", "2 entries", "started", f"`make verify STACK={lab.stack}`")
    assert lab.things().shell("two", KEPT) == before
    assert lab.things().shell("two", "ls /data") == "kept"
    assert lab.things().containers() == containers
    assert lab.verb("verify").isolated >= {"MNT", "IPC", "UTS", "PID", "NET"}


def test_a_lab_made_anew_gets_the_data_of_the_old(lab: Lab, saved: Path) -> None:
    before = lab.things().shell("two", KEPT)
    assert lab.verb("down").code == 0
    gone = lab.verb("backup")
    assert gone.code == 1
    assert gone.said(f"stack {lab.stack} has no volume in its state", "`make up STACK=")
    lab.up()
    assert lab.things().shell("two", "ls /data") == ""
    done = lab.verb("restore", "--from", str(saved), "--stop", lab.volume)
    assert done.code == 0, done.text
    assert lab.things().shell("two", KEPT) == before


def test_a_machine_that_is_away_is_named(lab: Lab, server: SshServer, saved: Path) -> None:
    server.stop()
    try:
        run = lab.verb("restore", "--from", str(saved), "--stop", "--overwrite")
        assert run.code == 1
        assert run.said("does not answer, and stack", "volumes are there"), run.text
        assert "Traceback" not in run.text
    finally:
        server.start()
