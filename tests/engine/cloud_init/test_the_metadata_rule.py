"""The rule of the unit that the first boot writes, tried on a real packet filter."""

import re
import subprocess

import pytest
from engine.cloud_init.machine import REHEARSAL

from components.cloud_init import script

pytestmark = pytest.mark.engine
# Namespaces within the container's own network namespace, and a packet filter there.
OPTIONS = (
    *("--rm", "-i", "--network", "none", "--sysctl", "net.ipv4.ip_forward=1"),
    *("--cap-add", "NET_ADMIN", "--cap-add", "SYS_ADMIN", "--cap-add", "SYS_PTRACE"),
    *("--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"),
)


@pytest.fixture(scope="module")
def said(docker_host, image, arguments):
    """What the rehearsal said before and after the rule was set twice."""
    (rule,) = re.findall(r"(?m)^ExecStart=/bin/sh -c '(.*)'$", script(arguments("al2023")))
    done = subprocess.run(
        ["docker", "-H", docker_host, "run", *OPTIONS, image, "sh", "-s", rule],
        input=(REHEARSAL / "metadata.sh").read_text(),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    before, _, after = done.stdout.partition("after\n")
    return before.splitlines(), after.splitlines()


def test_without_the_rule_a_container_reaches_the_metadata(said):
    assert "container reaches 169.254.169.254" in said[0]


def test_with_the_rule_a_container_does_not_and_the_machine_does(said):
    assert "not: container reaches 169.254.169.254" in said[1]
    assert "machine reaches 169.254.169.254" in said[1]


def test_the_rule_is_about_that_address_alone(said):
    assert "container reaches 169.254.169.123" in said[1]


def test_the_rule_set_twice_is_one_rule(said):
    assert len([line for line in said[1] if "-j DROP" in line]) == 1
