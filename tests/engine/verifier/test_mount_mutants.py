"""Mounts and capabilities that no lab declares, all in one lab, and the checks that see them."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine.verifier import synthetic
from engine.verifier.engine import Engine, Run, spec
from engine.verifier.marks import each, kills
from engine.verifier.synthetic import parent

pytestmark = pytest.mark.engine
Peers = dict[str, dict[str, str]]

MUTANTS: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "host-proc": (("-v", "/proc:/host/proc:ro"), {"mnt.undeclared"}),
    "host-shm": (("-v", "/dev/shm:/scratch"), {"mnt.undeclared"}),
    "host-file": (("-v", "/etc/hostname:/etc/hostname:ro"), {"mnt.undeclared"}),
    "folder": (("-v", "{folder}:/data"), {"mnt.undeclared", "mnt.socket"}),
    "socket": (
        ("-v", "{folder}/docker.sock:/var/run/docker.sock"),
        {"mnt.undeclared", "mnt.socket"},
    ),
    "declared-socket": (("-v", "{folder}:/declared:ro"), {"mnt.socket"}),
    "declared": (("-v", "{empty}:/declared:ro"), set()),
    "own-tmpfs": (("--tmpfs", "/tmp", "--init", "--read-only"), set()),
    "sys-admin": (("--cap-add", "SYS_ADMIN"), {"confine"}),
    "net-admin": (("--cap-add", "NET_ADMIN"), {"confine"}),
    "unfiltered": (("--security-opt", "seccomp=unconfined"), {"confine"}),
    "nearly-privileged": (
        (
            *("--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"),
            *("--cap-add", "SYS_ADMIN", "--cap-add", "SYS_PTRACE", "--cap-add", "SYS_MODULE"),
        ),
        {"confine"},
    ),
    "declared-bind-rw": (("-v", "{other}:/declared"), {"vol.mode"}),
}
# What is mounted below the host's root, a socket of its engine among it, is the machine's matter.
WHOLE_HOST = {"mnt.undeclared"}


def open_to_all(folder: Path) -> Path:
    """The folder, made enterable for the user ids of a remapped engine."""
    folder.mkdir(exist_ok=True)
    for one in (folder, *folder.parents[:3]):
        if one.stat().st_mode & 0o005 != 0o005:
            one.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def run(
    engine: Engine, archive_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Run]:
    """One run over all mutants together."""
    base = tmp_path_factory.mktemp("mounts")
    folder, empty, other = (open_to_all(base / name) for name in ("folder", "empty", "other"))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "docker.sock"))
        words = {
            name: [word.format(folder=folder, empty=empty, other=other) for word in options]
            for name, (options, _) in MUTANTS.items()
        }
        try:
            made = spec(engine.start_all(words))
            for container in made["containers"]:
                volume = {"path": "/declared", "mode": "ro", "key": container["name"]}
                declared = container["name"].startswith("declared")
                container["volumes"] = [volume] if declared else []
            yield engine.observe(made, file=archive_file)
        finally:
            engine.remove(*MUTANTS)


@pytest.mark.parametrize("name", each(MUTANTS))
def test_each_mutant_fails_for_what_it_is_and_for_nothing_else(run: Run, name: str) -> None:
    assert run.failing(name) == MUTANTS[name][1]
    assert run.code == 1
    assert run.ids("error") == set()


def test_what_is_undeclared_is_named_with_its_place(run: Run) -> None:
    found = run.row("mnt.undeclared", "host-proc")["evidence"]["undeclared"]
    assert found == [{"at": "/host/proc", "root": "/", "fs": "proc", "rw": False}]
    assert "SYS_ADMIN" in run.row("confine", "sys-admin")["remedy"]


@kills(*WHOLE_HOST)
def test_the_hosts_root_folder_mounted_inside_fails_even_read_only(
    engine: Engine, peers: Peers, archive_file: Path
) -> None:
    mutant = engine.start("m", extra=("-v", "/:/host:ro"))
    try:
        run = engine.observe(spec({**peers[engine.host], "m": mutant}), file=archive_file)
    finally:
        engine.remove("m")
    assert run.code == 1
    assert WHOLE_HOST <= run.failing("m") <= WHOLE_HOST | {"mnt.socket"}


def propagating(word: str, engine: Engine, peers: Peers, file: Path, folder: Path) -> Run:
    """A run about a container with a declared bind of a folder that the host shares."""
    open_to_all(folder)
    shim = parent(engine.pid("a"))
    if not synthetic.possible(shim):
        pytest.skip("needs root on the engine's own machine, to share a mount with it")
    inside = ["nsenter", "-t", str(shim), "-m", "--"]
    subprocess.run([*inside, "mount", "--bind", folder, folder], check=True)
    try:
        subprocess.run([*inside, "mount", "--make-shared", folder], check=True)
        mutant = engine.start("m", extra=("-v", f"{folder}:/data:{word}"))
        made = spec({**peers[engine.host], "m": mutant})
        made["containers"][-1]["volumes"] = [{"path": "/data", "mode": "rw", "key": "folder"}]
        return engine.observe(made, file=file)
    finally:
        engine.remove("m")
        subprocess.run([*inside, "umount", folder], check=True)


@kills("mnt.propagation")
def test_a_mount_that_is_shared_with_the_host_fails(
    plain: Engine, peers: Peers, archive_file: Path, tmp_path: Path
) -> None:
    run = propagating("shared", plain, peers, archive_file, tmp_path / "folder")
    assert (run.code, run.ids("fail")) == (1, {"mnt.propagation"})


def test_a_mount_that_only_receives_from_the_host_is_no_leak(
    engine: Engine, peers: Peers, archive_file: Path, tmp_path: Path
) -> None:
    run = propagating("slave", engine, peers, archive_file, tmp_path / "folder")
    assert (run.code, run.ids("fail")) == (0, set())


def test_the_kernel_makes_shared_mounts_of_another_user_namespace_slaves(
    remapped: Engine, peers: Peers, archive_file: Path, tmp_path: Path
) -> None:
    run = propagating("shared", remapped, peers, archive_file, tmp_path / "folder")
    assert (run.code, run.ids("fail")) == (0, set())
