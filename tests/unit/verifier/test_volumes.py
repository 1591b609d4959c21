"""Declared mounts: tried on real folders, judged on hand-made facts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from unit.verifier.facts_of_a_lab import (
    container_id,
    failing,
    lab,
    report_of,
    rows,
    spec_for,
    standard_mounts,
    target,
)

from verifier.facts import Declared, Facts, Mount, Target, Unread
from verifier.procfs import Deadline, ProcFs
from verifier.spec import Container, Spec, Volume
from verifier.volumes import resolve, try_volumes


def mount(at: str, writable: bool = True) -> Mount:
    return Mount(device="8:1", root=f"/vol{at}", at=at, writable=writable, fs="ext4")


def found(path: str, mode: str, inode: int, *sees: tuple[str, str]) -> Declared:
    return Declared(
        path=path,
        at=path,
        mount=mount(path, mode == "rw"),
        identity=(8, inode),
        written="written" if mode == "rw" else "EROFS",
        sees=sees,
    )


def holder(number: int, *declared: Declared, more: Sequence[Mount] = ()) -> Target:
    mounts = [one.mount for one in declared if one.mount]
    return target(number, volumes=declared, mounts=(*standard_mounts(number), *mounts, *more))


def declares(number: int, *volumes: tuple[str, str, str]) -> Container:
    made = tuple(Volume(path=path, mode=mode, key=key) for path, mode, key in volumes)
    return Container(name=f"c{number}", id=container_id(number), volumes=made)


def judged(facts: Facts, *containers: Container) -> dict[str, object]:
    return report_of(facts, spec_for(facts, containers=containers))


WRITER = found("/data", "rw", 7, ("c1", "/data"), ("c2", "/d"))
READER = found("/d", "ro", 7)
WRITES, READS = declares(1, ("/data", "rw", "v")), declares(2, ("/d", "ro", "v"))


def test_a_volume_shared_as_declared_passes_by_its_marker() -> None:
    made = judged(lab(holder(1, WRITER), holder(2, READER)), WRITES, READS)
    assert made["exit_code"] == 0
    evidence = rows(made, "vol.share")[0]["evidence"]["/data"]
    assert evidence == {"same_as": ["c2:/d"], "by": "marker"}


def test_a_volume_that_is_writable_where_it_should_not_be_fails() -> None:
    bent = found("/d", "rw", 7, ("c1", "/data"), ("c2", "/d"))
    made = judged(lab(holder(1, WRITER), holder(2, bent)), WRITES, READS)
    assert failing(made) == {"vol.mode"}


def test_a_volume_that_is_read_only_where_it_should_not_be_fails() -> None:
    made = judged(lab(holder(1, found("/data", "ro", 7)), holder(2, READER)), WRITES, READS)
    assert failing(made) == {"vol.mode"}


def test_a_write_that_contradicts_the_flags_fails() -> None:
    odd = replace(READER, written="written")
    made = judged(lab(holder(1, WRITER), holder(2, odd)), WRITES, READS)
    assert failing(made) == {"vol.mode"}


def test_a_write_that_was_not_permitted_leaves_the_flags_to_tell() -> None:
    odd = replace(WRITER, written="EACCES", sees=())
    made = judged(lab(holder(1, odd), holder(2, READER)), WRITES, READS)
    assert made["exit_code"] == 0
    assert rows(made, "vol.share")[0]["evidence"]["/data"]["by"] == "inode"


def test_a_volume_that_is_not_mounted_fails() -> None:
    gone = Declared(path="/d", at="/d", mount=None, identity=Unread("ENOENT"), written="")
    made = judged(lab(holder(1, WRITER), holder(2, gone)), WRITES, READS)
    assert "vol.mode" in failing(made)
    assert "mount /d in c2" in str(rows(made, "vol.mode"))


def test_another_volume_than_the_declared_one_fails() -> None:
    other = replace(READER, identity=(8, 9))
    alone = replace(WRITER, sees=(("c1", "/data"),))
    made = judged(lab(holder(1, alone), holder(2, other)), WRITES, READS)
    assert failing(made) == {"vol.share"}
    assert "does not share" in str(rows(made, "vol.share"))


def test_a_volume_that_is_shared_and_not_declared_so_fails() -> None:
    made = judged(
        lab(holder(1, WRITER), holder(2, READER)), WRITES, declares(2, ("/d", "ro", "other"))
    )
    assert failing(made) == {"vol.share"}


def test_a_volume_whose_inode_was_not_read_is_never_isolated() -> None:
    blind = replace(READER, identity=Unread("EACCES"))
    alone = replace(WRITER, sees=(("c1", "/data"),))
    made = judged(lab(holder(1, alone), holder(2, blind)), WRITES, READS)
    assert (made["exit_code"], failing(made)) == (3, set())


def test_a_writable_mount_below_a_read_only_one_fails_unless_declared() -> None:
    below = Mount(device="0:999", root="/", at="/d/tmp", writable=True, fs="tmpfs")
    facts = lab(holder(1, WRITER), holder(2, READER, more=[below]))
    assert failing(judged(facts, WRITES, READS)) == {"vol.submount"}
    nested = found("/d/tmp", "rw", 12)
    facts = lab(holder(1, WRITER), holder(2, READER, nested))
    both = declares(2, ("/d", "ro", "v"), ("/d/tmp", "rw", "t"))
    assert judged(facts, WRITES, both)["exit_code"] == 0


def test_links_in_a_declared_path_are_followed_inside_the_root_alone(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "run" / "app").mkdir(parents=True)
    (tmp_path / "var" / "run").symlink_to("/run")
    (tmp_path / "up").symlink_to("../../../run")
    (tmp_path / "loop").symlink_to("/loop")
    root = str(tmp_path)
    assert resolve(root, "/var/run/app") == "/run/app"
    assert resolve(root, "/up/app") == "/run/app"
    assert resolve(root, "/loop/x") == "/loop/x"
    assert resolve(root, "/not/there") == "/not/there"


class Rooms:
    """Two containers whose roots are folders here, each with one declared mount."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.volume = base / "volume"
        self.volume.mkdir()
        for pid in (1001, 1002):
            (base / str(pid)).mkdir()

    def give(self, pid: int, folder: Path) -> None:
        (self.base / str(pid) / "root").mkdir()
        (self.base / str(pid) / "root" / "data").symlink_to(folder)

    def tried(self) -> tuple[Target, ...]:
        own = ((0, os.getuid(), 1),)
        groups = ((0, os.getgid(), 1),)
        made = []
        for n in (1, 2):
            one = target(n, uid_map=own, gid_map=groups)
            place = resolve(str(self.base / str(1000 + n) / "root"), "/data")
            made.append(replace(one, mounts=(mount(place),)))
        volume = (Volume(path="/data", mode="rw", key="v"),)
        spec = Spec(
            run_id="r",
            containers=tuple(
                Container(name=f"c{n}", id=container_id(n), volumes=volume) for n in (1, 2)
            ),
        )
        return try_volumes(ProcFs(str(self.base)), made, spec.containers, Deadline(10.0))


def test_a_marker_is_seen_where_the_folder_is_the_same_and_is_removed(tmp_path: Path) -> None:
    rooms = Rooms(tmp_path)
    for pid in (1001, 1002):
        inside = rooms.base / str(pid) / "root" / "data"
        inside.mkdir(parents=True)
    one, two = rooms.tried()
    assert one.volumes[0].written == two.volumes[0].written == "written"
    assert one.volumes[0].sees == (("c1", "/data"),)
    assert one.volumes[0].identity != two.volumes[0].identity
    assert not list(rooms.base.rglob(".nsv-*"))


def test_a_link_out_of_the_container_is_not_written_through(tmp_path: Path) -> None:
    rooms = Rooms(tmp_path)
    before = rooms.volume.stat().st_mtime_ns
    for pid in (1001, 1002):
        rooms.give(pid, rooms.volume)
    for one in rooms.tried():
        assert one.volumes[0].written != "written"
    assert rooms.volume.stat().st_mtime_ns == before


@pytest.mark.parametrize("kind", ["file", "fifo"])
def test_a_mounted_file_is_never_opened(tmp_path: Path, kind: str) -> None:
    rooms = Rooms(tmp_path)
    for pid in (1001, 1002):
        root = rooms.base / str(pid) / "root"
        root.mkdir()
        if kind == "fifo":
            os.mkfifo(root / "data")
        else:
            (root / "data").touch()
    for one in rooms.tried():
        assert one.volumes[0].written == "not a folder"
        assert not isinstance(one.volumes[0].identity, Unread)
