"""Debian's cloud-init runs the user data as a new Amazon machine would."""

import json

import pytest
from engine.cloud_init.calls import EXPECTED
from engine.cloud_init.machine import SCRIPT, STATE

from components.cloud_init import cloud_config, single_line

pytestmark = pytest.mark.engine
SYSTEMS = ("al2", "al2023")


@pytest.fixture(scope="module", params=SYSTEMS)
def booted(request, new_machine, arguments):
    """A machine after its first boot, with what cloud-init and the recorders said of it."""
    machine = new_machine(request.param)
    machine.status = machine.boot(cloud_config(arguments(request.param)))
    machine.heard = machine.take_calls()
    return machine


def test_cloud_init_is_done_without_an_error(booted):
    assert "status: done" in booted.status, booted.read("/rehearsal/console")


def test_the_user_data_is_of_cloud_inits_schema(booted):
    said = booted.run("cloud-init schema --config-file /var/lib/cloud/seed/nocloud/user-data")
    assert "Valid" in said


def test_everything_is_called_once_and_in_order(booted):
    assert tuple(booted.heard) == EXPECTED[booted.system]


def test_the_stamp_is_there_and_newer_than_all_else_that_was_recorded(booted):
    files = booted.run(f"ls -t --time-style=full-iso {STATE}").split()
    assert "failed" not in files
    assert files[0] == "ready"
    assert booted.run(f"find {STATE} -newer {STATE}/ready") in ("", f"{STATE}\n")


def test_what_was_found_out_is_recorded_for_every_user(booted):
    assert booted.read(f"{STATE}/docker-version") == "25.0.8\n"
    assert "25.0.8" in booted.read(f"{STATE}/docker-available")
    assert "25.0.8" in booted.read(f"{STATE}/docker-package")
    modes = booted.run(f"stat -c '%a %n' {STATE}/docker-* {STATE}/ready /var/log/docklab-init.log")
    assert {line.split()[0] for line in modes.splitlines()} == {"644"}
    assert booted.run(f"stat -c %a {SCRIPT}").strip() == "600"


def test_sshd_itself_reads_the_pinned_key_alone_and_the_higher_limits(booted, host_key):
    said = booted.run("/usr/sbin/sshd -T").splitlines()
    assert [line for line in said if line.startswith("hostkey ")] == [
        "hostkey /etc/ssh/ssh_host_ed25519_key"
    ]
    assert {"maxstartups 100:30:200", "maxsessions 64"} <= set(said)
    assert booted.read("/etc/ssh/ssh_host_ed25519_key") == host_key[0]
    assert booted.run("stat -c %a /etc/ssh/ssh_host_ed25519_key").strip() == "600"


def test_the_engine_finds_its_configuration_and_its_ranges(booted):
    assert json.loads(booted.read("/etc/docker/daemon.json"))["userns-remap"] == "default"
    assert booted.read("/etc/subuid").count("dockremap:10000000:65536") == 1
    assert booted.read("/etc/subgid").count("dockremap:10000000:65536") == 1
    assert booted.run("id dockremap")


def test_the_labs_folder_belongs_to_the_user(booted):
    assert booted.run("stat -c '%U %a' /srv/docklab").split() == ["ec2-user", "755"]


def test_the_private_key_is_in_no_log_and_nobody_elses_file(booted, host_key):
    secret = host_key[0].splitlines()[3]
    found = booted.run(f"grep -rlF '{secret}' /etc /var /srv /home /tmp /rehearsal || true")
    modes = booted.run(f"stat -c '%a %U %n' {' '.join(found.split())}").splitlines()
    assert "/etc/ssh/ssh_host_ed25519_key" in found
    assert "/log/" not in found
    # The seed stands in for the metadata service; on a machine it is no file.
    own = [line for line in modes if "/seed/" not in line]
    assert {line.split()[0] for line in own} <= {"600", "400"}, own


def test_a_second_boot_changes_nothing(booted):
    before = booted.condition()
    assert "status: done" in booted.boot()
    assert booted.take_calls() == []
    assert booted.condition() == before


def test_running_the_script_again_changes_nothing(booted):
    before = booted.condition()
    assert "ready already" in booted.run(f"bash {SCRIPT}")
    assert booted.take_calls() == []
    assert booted.condition() == before


def without_script(condition: str) -> list[str]:
    """The line that runs the script writes it first, each time the same."""
    return [line for line in condition.splitlines() if SCRIPT not in line]


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_single_line_calls_the_same_and_leaves_the_same(
    system, new_machine, arguments, host_key
):
    machine = new_machine(system)
    machine.run("useradd --create-home ec2-user; rm -f /etc/ssh/ssh_host_ed25519_key")
    machine.write("/tmp/user-data", "#!/bin/sh\n" + single_line(arguments(system)) + "\n")
    said = machine.run("sh /tmp/user-data")
    assert "ready: docker 25.0.8" in said
    assert tuple(machine.take_calls()) == EXPECTED[system]
    assert machine.read("/etc/ssh/ssh_host_ed25519_key") == host_key[0]
    assert host_key[1].startswith(machine.read("/etc/ssh/ssh_host_ed25519_key.pub").strip())
    assert host_key[0].splitlines()[3] not in said + machine.read("/var/log/docklab-init.log")
    modes = machine.run(f"stat -c %a {SCRIPT} /etc/ssh/ssh_host_ed25519_key {STATE}/ready")
    assert modes.split() == ["600", "600", "644"]
    before = machine.condition()
    assert "ready already" in machine.run("sh /tmp/user-data")
    assert machine.take_calls() == []
    assert without_script(machine.condition()) == without_script(before)


@pytest.mark.parametrize(
    ("system", "updates", "called"),
    [
        ("al2", "none", []),
        ("al2", "all", ["yum -y update"]),
        ("al2023", "none", []),
        ("al2023", "all", ["dnf -y --releasever=2023.11.20260511 update"]),
    ],
)
def test_updates_are_those_asked_for(system, updates, called, new_machine, arguments):
    machine = new_machine(system)
    args = arguments(system, updates=updates, al2023_release="2023.11.20260511", userns_remap=False)
    machine.run("useradd --create-home ec2-user")
    machine.write("/tmp/user-data", single_line(args))
    machine.run("sh /tmp/user-data")
    calls = machine.take_calls()
    assert [call for call in calls if " update" in call] == called
    install = [call for call in calls if " install docker" in call]
    assert ("--releasever" in install[0]) is (system == "al2023" and updates != "none")
    assert machine.try_("id dockremap").returncode != 0
