"""A lab on a machine behind SSH: a real sshd on loopback, its engine, the real CLI."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e.harness import Lab, Run
from e2e.ssh_server import SshServer, free_port, public

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def server() -> Iterator[SshServer]:
    folder = Path(tempfile.mkdtemp(prefix="docklab-ssh-"))
    folder.chmod(0o755)
    server = SshServer(folder)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


def remote(lab: Lab, server: SshServer, **changes: Any) -> dict[str, Any]:
    """The small lab, with a folder of the machine besides, on the machine behind the server."""
    assert lab.docker_host
    bind = {"source": "${lab_dir}/notes", "target": "/notes", "mode": "rw", "missing": "create"}
    made = lab.small(one={"binds": [bind]})
    return {**made, "host": server.host_config(lab.docker_host, **changes)}


@pytest.fixture(scope="module")
def up(lab: Lab, server: SshServer) -> Run:
    """The first `up`."""
    lab.write(remote(lab, server))
    return lab.up()


def test_a_lab_comes_up_behind_ssh_and_is_verified_there(
    lab: Lab, server: SshServer, up: Run
) -> None:
    assert up.isolated >= {"MNT", "IPC", "UTS", "PID", "NET"}
    assert (server.folder / "lab" / "notes").is_dir()
    assert lab.things().containers()


def test_its_outputs_say_how_to_get_there(lab: Lab, server: SshServer, up: Run) -> None:
    del up
    found = lab.pulumi("stack", "output", "--json", "--stack", lab.stack)
    assert found.said(f"ssh://root@127.0.0.1:{server.port}", '"address": "127.0.0.1"'), found.text
    assert found.said('"docker_version": "', server.host_key)


def test_again_changes_nothing(lab: Lab, up: Run) -> None:
    del up
    again = lab.up("--expect-no-changes")
    assert again.said("unchanged"), again.text
    assert lab.verb("refresh", "--expect-no-changes").code == 0


def test_it_is_verified_again_on_demand(lab: Lab, up: Run) -> None:
    del up
    assert lab.verb("verify").isolated >= {"MNT", "IPC", "UTS", "PID", "NET"}


def test_a_preview_needs_no_machine_that_answers(lab: Lab, server: SshServer, up: Run) -> None:
    del up
    server.stop()
    try:
        run = lab.verb("preview")
        assert run.code == 0, run.text
    finally:
        server.start()


def test_ten_containers_share_connections(lab: Lab, server: SshServer, up: Run) -> None:
    del up
    made = remote(lab, server)
    for number in range(8):
        made["containers"][f"more{number}"] = dict(made["containers"]["two"])
    lab.write(made)
    before = server.connections()
    lab.up()
    assert server.connections() - before < 10, "each container had a connection of its own"


def test_a_connection_cut_in_the_middle_is_one_error_and_a_clean_second_try(
    lab: Lab, server: SshServer, up: Run
) -> None:
    del up
    made = remote(lab, server)
    for name in ("three", "four", "five"):
        made["containers"][name] = dict(made["containers"]["two"])
    lab.write(made)
    started = lab.start(lab.argv("up"))
    lab.wait_for(started, "::three")
    server.stop()
    cut = started.end()
    assert cut.code != 0
    assert "Traceback" not in cut.text
    server.start()
    lab.up()
    assert lab.up("--expect-no-changes").code == 0


def test_down_leaves_nothing_on_the_machine(lab: Lab, server: SshServer, up: Run) -> None:
    del up
    assert lab.verb("down").code == 0
    assert lab.things().nothing()
    assert not (server.folder / "lab").exists()


def refused(lab: Lab, *words: str) -> Run:
    """`up` must fail with these words, once, and make nothing on the engine."""
    begin = time.monotonic()
    run = lab.verb("up")
    assert run.code != 0
    assert run.said(*words), run.text
    assert "Traceback" not in run.text
    assert "Error pinging Docker server" not in run.text, "the gate let it through"
    assert lab.things().nothing()
    assert time.monotonic() - begin < 60
    return run


@pytest.fixture(scope="module")
def other(lab: Lab) -> Lab:
    """The clone, with nothing up."""
    lab.verb("down")
    return lab


def test_another_host_key_than_the_pinned_one_ends_it(other: Lab, server: SshServer) -> None:
    stranger = public(server.folder / "stranger")
    other.write(remote(other, server, host_key=stranger))
    refused(other, "another host key than the pinned one", "lab.host.host_key")


def test_a_user_that_the_machine_does_not_know_ends_it(other: Lab, server: SshServer) -> None:
    other.write(remote(other, server, user="nobody-here"))
    refused(other, "does not let this user and key in", "lab.host.user")


def test_a_key_that_the_machine_does_not_know_ends_it(other: Lab, server: SshServer) -> None:
    other.write(remote(other, server, identity_file=str(server.folder / "stranger")))
    refused(other, "does not let this user and key in", "lab.host.identity_file")


def test_a_closed_port_is_waited_for_and_then_named(other: Lab, server: SshServer) -> None:
    other.write(remote(other, server, port=free_port(), ready_within="4s"))
    refused(other, "waiting for sshd", "not ready within 4 s", "Connection refused")


def test_an_engine_that_never_answers_is_waited_for_and_then_named(
    other: Lab, server: SshServer
) -> None:
    other.write(remote(other, server, socket="/nowhere/docker.sock", ready_within="4s"))
    refused(other, "waiting for the Docker engine", "not ready within 4 s", "the way in, to look")


def test_after_all_these_the_right_settings_bring_it_up(other: Lab, server: SshServer) -> None:
    other.write(remote(other, server))
    other.up()
    assert other.verb("down").code == 0
