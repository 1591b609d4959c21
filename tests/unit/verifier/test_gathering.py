"""Gathering from a procfs made of plain files: what is read, and what a race leaves behind."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from unit.verifier.facts_of_a_lab import container_id

from verifier.facts import NAMESPACES, Facts, Unread
from verifier.gather import gather
from verifier.procfs import Deadline, ProcFs
from verifier.spec import Container, Spec

SPEC = Spec(
    run_id="r",
    containers=tuple(Container(name=f"c{n}", id=container_id(n)) for n in (1, 2)),
)


@dataclass
class FakeProc:
    """A folder that looks like /proc. Namespaces are files; a hard link shares one."""

    root: Path
    private: int = field(default=0)

    def process(
        self, pid: int, parent: int, start: int, *, comm: str = "x", of: int = 0, shim: int = 0
    ) -> None:
        folder = self.root / str(pid)
        (folder / "ns").mkdir(parents=True)
        rest = " ".join(["0"] * 17)
        (folder / "stat").write_text(f"{pid} ({comm}) S {parent} {rest} {start} 0 0\n")
        (folder / "cgroup").write_text(f"0::/docker/{container_id(of)}\n" if of else "0::/\n")
        arguments = ["shim", "-id", container_id(shim)] if shim else [comm]
        (folder / "cmdline").write_text("\0".join(arguments) + "\0")
        inside = "\t1" if of else ""
        (folder / "status").write_text(
            f"Uid:\t0 0 0 0\nNSpid:\t{pid}{inside}\nCapEff:\tffffffff\nCapBnd:\t0\n"
            "NoNewPrivs:\t1\nSeccomp:\t2\n"
        )
        for name in ("uid_map", "gid_map"):
            (folder / name).write_text("0 100000 65536\n" if of else "0 0 4294967295\n")
        for name in NAMESPACES:
            self.share(pid, name, "own" if of else "host")

    def share(self, pid: int, name: str, with_whom: str) -> None:
        file = self.root / str(pid) / "ns" / name
        file.unlink(missing_ok=True)
        if with_whom == "own":
            self.private += 1
            file.write_text(str(self.private))
        else:
            source = self.root / "namespaces" / name
            source.parent.mkdir(exist_ok=True)
            source.touch()
            os.link(source, file)

    def remove(self, pid: int) -> None:
        for name in ("stat", "status", "cgroup"):
            (self.root / str(pid) / name).unlink()


@pytest.fixture
def fake(tmp_path: Path) -> FakeProc:
    made = FakeProc(tmp_path)
    made.process(2, 0, 1, comm="kthreadd")
    for number in (1, 2):
        made.process(10 * number, 1, 100, comm="containerd-shim", shim=number)
        made.process(10 * number + 1, 10 * number, 101, of=number)
    os.symlink("10", tmp_path / "self")
    return made


def read(proc: ProcFs, seconds: float = 10.0) -> Facts:
    return gather(SPEC, proc, Deadline(seconds))[0]


def test_what_is_read_is_what_is_there(fake: FakeProc) -> None:
    facts = read(ProcFs(str(fake.root)))
    assert [target.init.pid for target in facts.targets] == [11, 21]
    assert facts.targets[0].ns["net"] != facts.targets[1].ns["net"]
    assert facts.shims[10].ns == facts.shims[20].ns == facts.reference
    assert facts.targets[0].uid_map == ((0, 100000, 65536),)
    assert (facts.observer.kthreadd, facts.observer.shims, facts.retried) == (True, 2, False)


def test_files_of_namespaces_are_closed_again(fake: FakeProc) -> None:
    before = len(os.listdir("/proc/self/fd"))
    read(ProcFs(str(fake.root)))
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_missing_file_is_unread_with_its_errno(fake: FakeProc) -> None:
    (fake.root / "11" / "ns" / "ipc").unlink()
    (fake.root / "21" / "uid_map").write_text("nonsense\n")
    facts = read(ProcFs(str(fake.root)))
    assert facts.targets[0].ns["ipc"] == Unread("ENOENT")
    assert isinstance(facts.targets[1].uid_map, Unread)


def test_an_empty_id_map_is_unread(fake: FakeProc) -> None:
    (fake.root / "21" / "uid_map").write_text("")
    facts = read(ProcFs(str(fake.root)))
    assert facts.targets[1].uid_map == Unread("no map was ever written")


def test_a_run_that_is_out_of_time_reads_nothing_and_says_so(fake: FakeProc) -> None:
    facts = read(ProcFs(str(fake.root)), seconds=0.0)
    assert facts.observer.scan_complete is False
    assert [target.init.pid for target in facts.targets] == [0, 0]


def test_a_procfs_that_is_not_there_is_no_crash(tmp_path: Path) -> None:
    facts = read(ProcFs(str(tmp_path / "nowhere")))
    assert (facts.observer.scan_complete, facts.observer.shims) == (False, 0)


@dataclass(frozen=True, slots=True)
class Racing(ProcFs):
    """A procfs in which something happens between two reads of gid_map."""

    event: Callable[[], None]

    def read(self, pid: int | str, name: str) -> bytes | Unread:
        if name == "gid_map" and pid == 21:
            self.event()
        return ProcFs.read(self, pid, name)


def test_a_container_that_restarts_during_the_run_is_read_a_second_time(fake: FakeProc) -> None:
    def restart() -> None:
        if not (fake.root / "22").exists():
            fake.remove(21)
            fake.process(22, 20, 300, of=2)

    facts = read(Racing(str(fake.root), restart))
    assert facts.retried
    assert (facts.targets[1].init.pid, facts.targets[1].moved) == (22, "")


def test_a_container_that_ends_during_the_run_is_not_taken_for_a_live_one(fake: FakeProc) -> None:
    facts = read(Racing(str(fake.root), lambda: _end(fake)))
    assert facts.retried
    assert facts.targets[1].init.problem == "its first process is gone"


def _end(fake: FakeProc) -> None:
    if (fake.root / "21" / "stat").exists():
        fake.remove(21)


def test_a_pid_that_is_another_process_at_the_end_is_moved(fake: FakeProc) -> None:
    ages = iter(range(200, 300))

    def reuse() -> None:
        stat = fake.root / "21" / "stat"
        rest = " ".join(["0"] * 17)
        stat.write_text(f"21 (x) S 20 {rest} {next(ages)} 0 0\n")

    facts = read(Racing(str(fake.root), reuse))
    assert facts.retried
    assert facts.targets[1].moved == "pid 21 is another process now"


def test_a_namespace_that_changes_during_the_run_is_moved(fake: FakeProc) -> None:
    facts = read(Racing(str(fake.root), lambda: fake.share(21, "uts", "own")))
    assert facts.targets[1].moved == "its uts namespace changed"
