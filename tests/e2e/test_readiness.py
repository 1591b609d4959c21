"""The gate before a new machine's lab, through a real sshd: what it waits for, what it says."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from e2e.ssh_server import SshServer

from components.hosts.readiness import end_shared, gate
from components.ssh_access import SshAccess, way_in

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]
STAMP = "/var/lib/docklab/ready"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SshServer]:
    tmp_path.chmod(0o755)
    server = SshServer(tmp_path)
    yield server
    server.stop()


class Machine:
    """What the machine behind sshd has: programs of ours come first on its PATH."""

    def __init__(self, server: SshServer) -> None:
        self.server = server
        self.programs = server.folder / "programs"
        self.programs.mkdir()
        server.settings["SetEnv"] = f"PATH={self.programs}:/usr/bin:/bin"
        self.program("docker", "echo 25.0.8")
        self.program("ls", f'[ "$*" = "{STAMP}" ] && exec /bin/ls "{self.stamp}"')
        self.program("tail", 'echo "the last lines of ${*}"')
        self.stamp.touch()

    @property
    def stamp(self) -> Path:
        return self.server.folder / "ready"

    def program(self, name: str, script: str) -> None:
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def says(self, name: str, *answers: str) -> None:
        """A program that gives one answer after the other, and the last one for ever."""
        turns = self.server.folder / f"{name}-turns"
        cases = "".join(
            f"{number}) {answer} ;;\n" for number, answer in enumerate(answers[:-1], start=1)
        )
        self.program(
            name,
            f'echo >> {turns}; case "$(wc -l < {turns})" in\n{cases}*) {answers[-1]} ;;\nesac',
        )


@pytest.fixture
def machine(server: SshServer) -> Machine:
    return Machine(server)


def ready(
    server: SshServer, within: int = 10, first_boot: bool = True, **changes: str
) -> subprocess.CompletedProcess[str]:
    """The gate as the Command provider runs it."""
    access = SshAccess(
        user=changes.get("user", "root"),
        address="127.0.0.1",
        port=server.port,
        host_key=changes.get("host_key", server.host_key),
        identity_file=server.identity,
    )
    about: Mapping[str, str] = {
        "WITHIN": str(within),
        "PAUSE": "0.3",
        "FIRST_BOOT": "yes" if first_boot else "no",
        "SOCKET": "",
        "END_SHARED": end_shared(access),
        "WAY_IN": way_in(access),
    }
    return subprocess.run(
        ["/bin/sh", "-c", gate(access)], env={**os.environ, **about}, capture_output=True, text=True
    )


def test_a_first_boot_is_followed_to_its_end(machine: Machine) -> None:
    running, done = "echo status: running", "echo status: done"
    machine.says("cloud-init", "echo status: not run", running, running, done)
    machine.server.start()
    found = ready(machine.server)
    assert (found.returncode, found.stdout) == (0, "25.0.8\n"), found.stderr
    assert found.stderr.splitlines() == [
        "cloud-init: not run",
        "cloud-init: running",
        "cloud-init: done",
        "docker 25.0.8 ready",
    ]


def test_warnings_of_a_newer_cloud_init_are_no_failure(machine: Machine) -> None:
    machine.says("cloud-init", "echo status: done; exit 2")
    machine.server.start()
    assert ready(machine.server).returncode == 0


@pytest.mark.parametrize("answer", ["echo status: error; exit 1", "echo status: disabled"])
def test_a_first_boot_that_failed_shows_the_end_of_its_log(machine: Machine, answer: str) -> None:
    machine.says("cloud-init", answer)
    machine.server.start()
    found = ready(machine.server)
    assert found.returncode == 1
    assert "the last lines of -n 40 /var/log/docklab-init.log" in found.stderr
    assert "the way in, to look: ssh -i" in found.stderr
    assert found.stdout == ""


def test_a_first_boot_without_our_stamp_set_nothing_up(machine: Machine) -> None:
    machine.stamp.unlink()
    machine.says("cloud-init", "echo status: done")
    machine.server.start()
    found = ready(machine.server)
    assert found.returncode == 1
    assert "did not set the machine up" in found.stderr


def test_a_first_boot_that_never_ends_is_given_up_in_time(machine: Machine) -> None:
    machine.says("cloud-init", "echo status: running")
    machine.server.start()
    begin = time.monotonic()
    found = ready(machine.server, within=2)
    assert found.returncode == 1
    assert "not ready within 2 s: cloud-init: running" in found.stderr
    assert time.monotonic() - begin < 20


def test_sshd_of_a_new_machine_is_waited_for(machine: Machine) -> None:
    machine.says("cloud-init", "echo status: done")
    thread = threading.Timer(1.0, machine.server.start)
    thread.start()
    found = ready(machine.server)
    thread.join()
    assert found.returncode == 0, found.stderr
    assert "waiting for sshd (" in found.stderr


def test_a_new_machine_may_show_another_host_key_until_it_is_set_up(machine: Machine) -> None:
    machine.says("cloud-init", "echo status: done")
    machine.server.start()
    stranger = " ".join((machine.server.folder / "stranger.pub").read_text().split()[:2])
    found = ready(machine.server, within=2, host_key=stranger)
    assert found.returncode == 1
    assert "waiting for the machine to show its pinned host key" in found.stderr
    assert "nothing was sent" not in found.stderr


def test_a_new_machine_may_not_know_the_key_yet(machine: Machine) -> None:
    machine.server.start()
    (machine.server.folder / "authorized_keys").write_text("")
    found = ready(machine.server, within=2)
    assert "not ready within 2 s: waiting for the machine to know your key" in found.stderr


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("echo 'permission denied while connecting' >&2; exit 1", "add it to group docker"),
        ("echo 'sh: docker: not found' >&2; exit 127", "there is no docker on the machine"),
    ],
)
def test_an_engine_out_of_reach_is_told_with_the_way_out(
    machine: Machine, answer: str, said: str
) -> None:
    machine.says("cloud-init", "echo status: done")
    machine.program("docker", answer)
    machine.server.start()
    found = ready(machine.server)
    assert found.returncode == 1
    assert said in found.stderr


def test_an_engine_that_is_starting_is_waited_for(machine: Machine) -> None:
    starting = "echo 'Cannot connect to the Docker daemon' >&2; exit 1"
    machine.says("docker", starting, starting, "echo 25.0.8")
    machine.server.start()
    found = ready(machine.server, first_boot=False)
    assert (found.returncode, found.stdout) == (0, "25.0.8\n")
    assert "waiting for the Docker engine (Cannot connect" in found.stderr
