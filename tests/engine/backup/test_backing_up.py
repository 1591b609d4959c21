"""Backups of volumes in use, backups that are cut short, and what they leave behind: nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from engine.backup.conftest import NewStack
from engine.backup.stack import Stack

from toolchain.verbs.errors import VerbError
from toolchain.verbs.session import PROJECT

pytestmark = [pytest.mark.engine, pytest.mark.timeout(120)]
MUCH = "f = open('/v/much', 'wb'); [f.write(bytes(1 << 20)) for _ in range(400)]"
WRITER = "import itertools; [open('/v/now', 'w').write(str(n)) for n in itertools.count()]"


@pytest.fixture
def stack(an_engine: str, new_stack: NewStack) -> Stack:
    return new_stack(an_engine, "data")


def entry(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "manifest.json").read_text())["volumes"]["data"]
    return found


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_copy_of_what_a_container_writes_says_so(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.start("data", "writer", WRITER)
    folder = stack.backup()
    assert entry(folder)["while_written"] is True
    said = " ".join(capsys.readouterr().err.split())
    assert f"{stack.name}-writer may write while this reads, and the data change" in said
    assert "for a consistent copy stop them, or give --pause" in said


def test_a_reader_is_nothing_to_warn_of(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    stack.start("data", "reader", ro=True)
    assert entry(stack.backup())["while_written"] is False
    assert "may write" not in capsys.readouterr().err


def test_a_paused_writer_stands_still_while_it_is_read_and_goes_on(stack: Stack) -> None:
    stack.run("data", MUCH)
    container = stack.start("data", "writer", WRITER)
    process = stack.begin("backup", "--to", "out", "--pause")

    def paused() -> bool:
        container.reload()
        return bool(container.status == "paused")

    until(paused)
    assert process.wait(60) == 0
    container.reload()
    assert container.status == "running"
    assert entry(stack.folder / "out" / stack.name)["while_written"] is False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_backup_leaves_nothing_and_nobody_paused(
    stack: Stack, number: signal.Signals
) -> None:
    stack.run("data", MUCH)
    container = stack.start("data", "writer", WRITER)
    process = stack.begin("backup", "--to", "out", "--pause")
    part = stack.folder / "out" / f"{stack.name}.part" / "data.tar"
    until(lambda: part.exists() and part.stat().st_size > 0)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "backup: interrupted; nothing is kept of it" in said
    assert "Traceback" not in said
    assert list((stack.folder / "out").iterdir()) == []
    container.reload()
    assert container.status == "running"
    assert stack.carriers() == []


def test_what_a_killed_backup_left_is_no_backup_and_goes_with_the_next(stack: Stack) -> None:
    stack.run("data", MUCH)
    process = stack.begin("backup", "--to", "out")
    part = stack.folder / "out" / f"{stack.name}.part" / "data.tar"
    until(lambda: part.exists() and part.stat().st_size > 0)
    process.kill()
    process.wait(30)
    assert stack.carriers() != []
    with pytest.raises(VerbError, match="no backup of stack"):
        stack.restore("--overwrite")
    folder = stack.backup()
    assert [path.name for path in (stack.folder / "out").iterdir()] == [stack.name]
    assert int(str(entry(folder)["bytes"])) > 400 << 20
    assert stack.carriers() == []


def test_two_at_once_do_not_get_into_each_other_s_way(stack: Stack) -> None:
    stack.run("data", MUCH)
    process = stack.begin("backup", "--to", "out")
    part = stack.folder / "out" / f"{stack.name}.part" / "data.tar"
    until(lambda: part.exists() and part.stat().st_size > 0)
    with pytest.raises(VerbError, match=r"a backup or restore of stack .* is under way elsewhere"):
        stack.backup(to="other")
    assert process.wait(60) == 0


def test_a_backup_is_never_written_over_another(stack: Stack) -> None:
    file = stack.backup() / "data.tar"
    before = file.read_bytes()
    with pytest.raises(VerbError, match="is there already, and a backup is never written over"):
        stack.backup()
    assert file.read_bytes() == before


def test_a_run_of_pulumi_s_is_waited_for(stack: Stack) -> None:
    assert stack.session.backend
    folder = Path(stack.session.backend.lock_folder(PROJECT, stack.name))
    folder.mkdir(parents=True)
    taken = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    lock = {"pid": os.getpid(), "username": "u", "hostname": socket.gethostname()}
    (folder / "x.json").write_text(json.dumps(lock | {"timestamp": taken}))
    with pytest.raises(VerbError, match=f"Pulumi is at work on stack {stack.name}: wait"):
        stack.backup()


def test_a_socket_is_left_out_by_name(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    stack.run("data", "import socket; socket.socket(socket.AF_UNIX).bind('/v/its socket')")
    stack.backup()
    assert re.search(r"'/volume/its socket' is a socket or a device", capsys.readouterr().err)
    stack.restore("--overwrite")
    assert stack.run("data", "import os; print(os.listdir('/v'))").strip() == "[]"


def test_an_image_without_python_is_named(stack: Stack) -> None:
    path = stack.session.checkpoint_file
    assert path
    path.write_text(path.read_text().replace("python:3.11", "no-such-image:3.11"))
    with pytest.raises(VerbError, match=r"backup: the engine at this machine: .*no-such-image"):
        stack.backup()


def test_an_engine_that_is_away_is_an_error_that_says_what_it_is_needed_for(stack: Stack) -> None:
    path = stack.session.checkpoint_file
    assert path
    path.write_text(path.read_text().replace(stack.docker_host, "unix:///nowhere/docker.sock"))
    with pytest.raises(VerbError, match=f"does not answer, and stack {stack.name}'s volumes"):
        stack.backup()


def test_a_volume_that_is_gone_is_not_taken_for_an_empty_one(stack: Stack) -> None:
    stack.client.volumes.get(stack.volumes["data"]).remove()
    with pytest.raises(VerbError, match=r"volume data \(.*\) is in the state and gone from the"):
        stack.backup()
    assert stack.client.volumes.list(filters={"name": stack.name}) == []
