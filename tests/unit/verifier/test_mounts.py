"""mountinfo as it is found, and which mounts count as the engine's own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from unit.verifier.facts_of_a_lab import (
    HOST_MOUNTS,
    container_id,
    failing,
    lab,
    report_of,
    rows,
    spec_for,
    standard_mounts,
    target,
)

from verifier import mountinfo
from verifier.facts import Mount, Status, Target, Unread, View
from verifier.spec import Container, Volume

LINE = b"115 91 0:39 / / rw,relatime shared:7 master:3 - overlay overlay ro,lowerdir=/x\n"


def with_mounts(number: int, *mounts: Mount) -> Target:
    return target(number, mounts=(*standard_mounts(number), *mounts))


def mount(at: str, **changes: object) -> Mount:
    made = Mount(device="8:1", root="/srv", at=at, writable=True, fs="ext4")
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_line_is_read_with_its_peer_group_and_both_kinds_of_read_only() -> None:
    (one,) = mountinfo.parse(LINE)
    assert one == Mount(device="0:39", root="/", at="/", writable=False, fs="overlay", shared=7)
    (other,) = mountinfo.parse(LINE.replace(b"shared:7 ", b"").replace(b"ro,lower", b"rw,lower"))
    assert (other.writable, other.shared) == (True, 0)


def test_spaces_and_newlines_in_paths_are_unescaped() -> None:
    (one,) = mountinfo.parse(LINE.replace(b"0:39 / /", b"0:39 /a\\134b /c\\040d\\012e"))
    assert (one.root, one.at) == ("/a\\b", "/c d\ne")


def test_a_torn_line_is_refused() -> None:
    with pytest.raises(ValueError, match="at least ten fields"):
        mountinfo.parse(b"115 91 0:39 / /\n")


@pytest.mark.parametrize(
    "undeclared",
    [
        mount("/data"),
        mount("/proc", fs="proc", root="/", device="0:5"),
        mount("/host/proc", fs="proc", root="/", device="0:5", writable=False),
        mount("/sys/kernel/debug", fs="debugfs", root="/"),
        mount("/run", fs="tmpfs", root="/", device="0:6"),
        mount("/proc/acpi", fs="tmpfs", root="/", device="0:6", writable=False),
        mount("/dev/null", fs="devtmpfs", root="/vda"),
        mount("/dev/vda", fs="devtmpfs", root="/vda"),
        mount("/etc/hosts", root="/etc/hosts"),
        mount("/etc/hosts", root=f"/var/lib/docker/containers/{container_id(9)}/hosts"),
        mount("/etc/passwd", root=f"/var/lib/docker/containers/{container_id(1)}/passwd"),
        mount("/sbin/docker-init", root="/usr/bin/evil", writable=False),
    ],
    ids=lambda one: f"{one.fs} at {one.at}",
)
def test_what_no_engine_mounts_by_itself_is_undeclared(undeclared: Mount) -> None:
    made = report_of(lab(with_mounts(1, undeclared), target(2)))
    assert failing(made) == {"mnt.undeclared"}
    (row,) = [one for one in rows(made, "mnt.undeclared") if one["status"] == "fail"]
    assert row["evidence"]["undeclared"][0]["at"] == undeclared.at
    assert undeclared.at in row["remedy"]


@pytest.mark.parametrize(
    "standard",
    [
        mount("/tmp", fs="tmpfs", root="/", device="0:777"),
        mount("/dev/null", fs="devtmpfs", root="/null"),
        mount("/dev/console", fs="devpts", root="/0"),
        mount("/usr/sbin/docker-init", root="/usr/bin/tini-static", writable=False),
        mount("/etc/hosts", root=f"/var/lib/docker/containers/{container_id(2)}/hosts"),
        mount("/sys/fs/cgroup/cpu,cpuacct", fs="cgroup", root="/docker/x", device="0:31"),
    ],
    ids=lambda one: f"{one.fs} at {one.at}",
)
def test_what_engines_mount_by_themselves_is_not_undeclared(standard: Mount) -> None:
    assert report_of(lab(with_mounts(1, standard), target(2)))["exit_code"] == 0


def test_a_tmpfs_that_another_container_has_too_is_undeclared() -> None:
    shared = mount("/tmp", fs="tmpfs", root="/", device="0:777")
    made = report_of(lab(with_mounts(1, shared), with_mounts(2, shared)))
    assert failing(made) == {"mnt.undeclared"}


def test_a_declared_mount_passes_in_the_container_that_declares_it_alone() -> None:
    facts = lab(with_mounts(1, mount("/data")), with_mounts(2, mount("/data")))
    volume = Volume(path="/data", mode="rw", key="data")
    containers = (
        Container(name="c1", id=container_id(1), volumes=(volume,)),
        Container(name="c2", id=container_id(2)),
    )
    made = report_of(facts, spec_for(facts, containers=containers))
    bad = [one["subject"] for one in rows(made, "mnt.undeclared") if one["status"] == "fail"]
    assert bad == ["c2"]


def test_a_peer_group_of_the_host_or_of_another_container_fails() -> None:
    volume = mount("/x", fs="tmpfs", root="/", device="0:701", shared=6)
    assert failing(report_of(lab(with_mounts(1, volume), target(2)))) == {"mnt.propagation"}
    both = [
        with_mounts(n, mount("/x", fs="tmpfs", root="/", device=f"0:70{n}", shared=66))
        for n in (1, 2)
    ]
    assert failing(report_of(lab(*both))) == {"mnt.propagation"}
    assert report_of(lab(both[0], target(2)))["exit_code"] == 0


def test_a_root_folder_that_is_the_hosts_or_anothers_fails() -> None:
    assert failing(report_of(lab(target(1, root=(60, 2)), target(2)))) == {"mnt.root"}
    both = report_of(lab(target(1, root=(9, 9)), target(2, root=(9, 9))))
    assert failing(both) == {"mnt.root"}
    assert len([one for one in rows(both, "mnt.root") if one["status"] == "fail"]) == 2


def test_a_mounted_socket_fails_by_its_path() -> None:
    made = report_of(lab(target(1, sockets=("/run/docker.sock",)), target(2)))
    assert failing(made) == {"mnt.socket"}
    assert "/run/docker.sock" in made["summary"]


@pytest.mark.parametrize("name", ["root", "mounts", "sockets", "view", "status"])
def test_what_was_not_read_inside_a_container_is_never_isolated(name: str) -> None:
    made = report_of(lab(target(1, **{name: Unread("EACCES")}), target(2)))
    assert made["exit_code"] == 3
    assert not failing(made)


@pytest.mark.parametrize("name", ["host_root", "host_mounts"])
def test_what_was_not_read_of_the_host_is_never_isolated(name: str) -> None:
    made = report_of(replace(lab(), **{name: Unread("EACCES")}))
    assert made["exit_code"] == 3
    assert {"mnt.root", "mnt.propagation", "mnt.undeclared"} <= failing(made, "error")


def test_the_hosts_own_mounts_are_shared_without_harm() -> None:
    assert any(one.shared for one in HOST_MOUNTS)
    assert report_of(lab())["exit_code"] == 0


def status(**changes: object) -> Status:
    sound = target(1).status
    assert isinstance(sound, Status)
    return replace(sound, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"cap_bounding": 1 << 21}, "SYS_ADMIN"),
        ({"cap_effective": 1 << 12}, "NET_ADMIN"),
        ({"seccomp": 0}, "seccomp=unconfined"),
    ],
)
def test_what_undoes_isolation_fails_and_is_named(changes: dict[str, int], named: str) -> None:
    made = report_of(lab(target(1, status=status(**changes)), target(2)))
    assert failing(made) == {"confine"}
    assert named in made["summary"]


@pytest.mark.parametrize(
    "bent",
    [
        {"status": status(nspid=(1001,))},
        {"status": status(nspid=(1001, 7))},
        {"status": status(nspid=(1001, 5, 1))},
        {"view": View(visible=9, sees_itself=True, foreign=(3,))},
    ],
    ids=str,
)
def test_a_container_that_is_not_alone_in_its_proc_fails(bent: dict[str, object]) -> None:
    assert failing(report_of(lab(target(1, **bent), target(2)))) == {"pid.view"}


def test_a_proc_that_does_not_list_its_owner_proves_nothing() -> None:
    made = report_of(lab(target(1, view=View(visible=0, sees_itself=False)), target(2)))
    assert made["exit_code"] == 3


def test_a_declared_pid_share_is_shown_and_not_judged() -> None:
    joined = target(
        2,
        ns={**target(2).ns, "pid": target(1).ns["pid"]},
        status=status(nspid=(1002, 7)),
        view=View(visible=2, sees_itself=True, foreign=(1,)),
    )
    facts = lab(target(1), joined)
    assert failing(report_of(facts)) == {"pid.peer", "pid.view"}
    made = report_of(facts, spec_for(facts, allow_shared=frozenset({("pid", "c1", "c2")})))
    assert made["exit_code"] == 0
    assert {one["status"] for one in rows(made, "pid.view")} == {"info"}
