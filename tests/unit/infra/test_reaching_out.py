"""A container that reaches for the machine or a neighbour: bind sources and shared namespaces."""

import re

import pulumi
import pytest
from lab_values import changed

from infra.config import parse

WEB = "containers.web"


@pytest.mark.parametrize(
    "source",
    [
        "/",
        "//",
        "/../",
        "/proc",
        "/proc/",
        "/proc/1/root",
        "/sys/fs/cgroup",
        "/dev/shm",
        "/run/docker.sock",
        "/var/run/docker.sock",
        "/var/run/../run/docker.sock",
        "/srv/../proc",
        "/srv/./../etc/",
        "/var",
        "/var/lib",
        "/var/lib/docker",
        "/var/lib/docker/volumes/x/_data",
        "/var/lib/containerd",
        "/home/me/.docker/run/docker.sock",
        "/root",
        "/boot",
    ],
)
def test_no_spelling_of_a_dangerous_path_is_mounted(source):
    with pytest.raises(pulumi.RunError, match=r"binds\[0\]\.source: .* may not be mounted: "):
        parse(changed(("containers.visitor.binds.0.source", source)))


@pytest.mark.parametrize("source", ["/srv/lab", "/data/", "/home/me/notes", "/var/tmp/x", "/procs"])
def test_a_folder_of_ones_own_is_mounted(source):
    lab = parse(changed(("containers.visitor.binds.0.source", source)))
    assert lab.containers["visitor"].binds[0].source == source.rstrip("/")


MODES = [
    ("ipc_mode", "host", "ipc", "the machine's IPC"),
    ("ipc_mode", "container:keeper", "ipc", "the container keeper's IPC"),
    ("pid_mode", "host", "pid", "the machine's PID"),
    ("network_mode", "host", "net", "the machine's NET"),
    ("userns_mode", "host", "user", "the machine's USER"),
]


@pytest.mark.parametrize(("key", "mode", "name", "whose"), MODES)
def test_a_shared_namespace_is_refused_unless_the_container_says_so(key, mode, name, whose):
    shared = [(f"{WEB}.{key}", mode), (f"{WEB}.networks", {}), (f"{WEB}.ports", [])]
    if key != "network_mode":
        shared = shared[:1]
    with pytest.raises(
        pulumi.RunError,
        match=re.escape(f"lab.containers.web.{key}: {mode} shares {whose} namespace")
        + rf".*allow_shared_namespaces: \[{name}\]",
    ):
        parse(changed(*shared))
    lab = parse(changed(*shared, (f"{WEB}.allow_shared_namespaces", [name])))
    assert getattr(lab.containers["web"], key) == mode


def test_leave_to_share_one_namespace_is_no_leave_for_another():
    with pytest.raises(pulumi.RunError, match="pid_mode: host shares the machine's PID"):
        parse(changed((f"{WEB}.pid_mode", "host"), (f"{WEB}.allow_shared_namespaces", ["ipc"])))
