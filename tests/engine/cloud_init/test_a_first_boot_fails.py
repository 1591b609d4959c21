"""Whatever fails first, everything stops there, says so, and can be tried again."""

import json
import re

import pytest
from engine.cloud_init.calls import EXPECTED
from engine.cloud_init.machine import SCRIPT, STATE

from components.cloud_init import cloud_config

pytestmark = pytest.mark.engine
EACH = [(system, place) for system in EXPECTED for place in range(len(EXPECTED[system]))]


@pytest.fixture(scope="module")
def machines(new_machine, arguments):
    """A machine of each system that was set up once, to be set up again at will."""
    found = {}
    for system in EXPECTED:
        found[system] = new_machine(system)
        assert "status: done" in found[system].boot(cloud_config(arguments(system)))
    return found


@pytest.fixture(scope="module")
def attempts(machines):
    """For each system, a first boot for each command in turn, on which that command fails."""
    found = {}
    for system, machine in machines.items():
        wanted = "\n".join(EXPECTED[system]) + "\n"
        said = machine.run("python3 /rehearsal/each_failure.py", wanted)
        found[system] = [json.loads(line) for line in said.splitlines()]
    return found


@pytest.fixture
def machine(request, machines):
    machines[request.param].failing("")
    machines[request.param].take_calls()
    return machines[request.param]


@pytest.mark.parametrize(("system", "place"), EACH, ids=lambda value: str(value))
def test_a_command_that_fails_is_the_last_and_is_named(system, place, machines, attempts):
    call, found = EXPECTED[system][place], attempts[system][place]
    assert "status: error" in found["status"]
    assert found["code"] == 1
    assert tuple(found["calls"]) == EXPECTED[system][: place + 1]
    assert not found["ready"]
    assert "exit status: 7" in found["failed"]
    line, command = (re.findall(f"{key}: (.*)", found["failed"])[0] for key in ("line", "command"))
    assert command.split()[0] == call.split()[0]
    assert command.split()[0] in machines[system].script[int(line) - 1]
    # In its own log, and in what cloud-init shows.
    for log in found["logs"]:
        assert f"{call}: refused by the rehearsal" in log
        assert f"command: {command}" in log


@pytest.mark.parametrize("machine", EXPECTED, indirect=True)
def test_after_a_failure_the_script_may_be_run_again_by_hand(machine):
    machine.run(f"rm -f {STATE}/ready")
    machine.failing("usermod")
    assert machine.try_(f"bash {SCRIPT}").returncode == 1
    assert machine.has(f"{STATE}/failed")
    machine.failing("")
    machine.take_calls()
    assert "ready: docker 25.0.8" in machine.run(f"bash {SCRIPT}")
    assert tuple(machine.take_calls()) == EXPECTED[machine.system]
    assert not machine.has(f"{STATE}/failed")
    assert machine.has(f"{STATE}/ready")
    assert machine.read("/etc/ssh/sshd_config").count("MaxSessions") == 1
    assert machine.read("/etc/subuid").count("dockremap") == 1


@pytest.mark.parametrize("system", EXPECTED)
def test_a_real_boot_that_fails_is_an_error_to_cloud_init(system, new_machine, arguments):
    machine = new_machine(system)
    machine.failing("systemctl enable --now docker")
    assert "status: error" in machine.boot(cloud_config(arguments(system)))
    assert machine.has(f"{STATE}/failed")
    assert "docker version --format" not in "\n".join(machine.take_calls())
    assert not machine.has(f"{STATE}/ready")


@pytest.mark.parametrize("machine", ["al2"], indirect=True)
@pytest.mark.parametrize(
    ("spoil", "mend", "message"),
    [
        (
            "printf 'ID=amzn\\nVERSION_ID=2023\\n' >/etc/os-release",
            "printf 'ID=amzn\\nVERSION_ID=2\\n' >/etc/os-release",
            "os is al2 and this machine is amzn 2023; make os and image agree",
        ),
        ("mv /etc/os-release /kept", "mv /kept /etc/os-release", "/etc/os-release: No such file"),
        (
            "cp -p /etc/ssh/ssh_host_ed25519_key /kept; ssh-keygen -q -t ed25519 -N '' -f /new; "
            "cp /new /etc/ssh/ssh_host_ed25519_key",
            "cp -p /kept /etc/ssh/ssh_host_ed25519_key; rm /new*",
            "the host key of this machine is not the pinned one",
        ),
        (
            "echo 'docker() { echo rootful; }; export -f docker' >/profile",
            "rm /profile",
            "the engine runs without userns-remap",
        ),
        (
            "echo 'Nonsense yes' >>/etc/ssh/sshd_config",
            "sed -i /Nonsense/d /etc/ssh/sshd_config; rm /etc/ssh/sshd_config.new",
            "command: sshd -t",
        ),
    ],
)
def test_what_does_not_fit_is_said_before_it_does_harm(machine, spoil, mend, message):
    machine.run(spoil)
    machine.run(f"rm -f {STATE}/ready")
    said = machine.try_(f"bash -c '. /profile 2>/dev/null; bash {SCRIPT}'")
    machine.run(mend)
    assert said.returncode == 1
    assert message in said.stdout
    assert "step: " in machine.read(f"{STATE}/failed")
    assert not machine.has(f"{STATE}/ready")
