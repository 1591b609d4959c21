"""Mounts and capabilities that no lab declares, all in one lab, and the checks that see them."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine.verifier import synthetic
from engine.verifier.engine import Engine, Run, spec
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
}


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
    folder, empty = open_to_all(base / "folder"), open_to_all(base / "empty")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "docker.sock"))
        words = {
            name: [word.format(folder=folder, empty=empty) for word in options]
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


@pytest.mark.parametrize("name", MUTANTS)
def test_each_mutant_fails_for_what_it_is_and_for_nothing_else(run: Run, name: str) -> None:
    assert run.failing(name) == MUTANTS[name][1]
    assert run.code == 1
    assert run.ids("error") == set()


def test_what_is_undeclared_is_named_with_its_place(run: Run) -> None:
    found = run.row("mnt.undeclared", "host-proc")["evidence"]["undeclared"]
    assert found == [{"at": "/host/proc", "root": "/", "fs": "proc", "rw": False}]
    assert "SYS_ADMIN" in run.row("confine", "sys-admin")["remedy"]


@pytest.mark.parametrize(
    ("propagation", "failing"), [("shared", {"mnt.propagation"}), ("slave", set())]
)
def test_a_mount_that_is_shared_with_the_host_fails_and_a_slave_does_not(
    engine: Engine,
    peers: Peers,
    archive_file: Path,
    tmp_path: Path,
    propagation: str,
    failing: set[str],
) -> None:
    folder = open_to_all(tmp_path / "folder")
    shim = parent(engine.pid("a"))
    if not synthetic.possible(shim):
        pytest.skip("needs root on the engine's own machine, to share a mount with it")
    inside = ["nsenter", "-t", str(shim), "-m", "--"]
    subprocess.run([*inside, "mount", "--bind", folder, folder], check=True)
    try:
        subprocess.run([*inside, "mount", "--make-shared", folder], check=True)
        mutant = engine.start("m", extra=("-v", f"{folder}:/data:{propagation}"))
        made = spec({**peers[engine.host], "m": mutant})
        made["containers"][-1]["volumes"] = [{"path": "/data", "mode": "rw", "key": "folder"}]
        run = engine.observe(made, file=archive_file)
    finally:
        engine.remove("m")
        subprocess.run([*inside, "umount", folder], check=True)
    # The kernel itself turns shared into slave for the mounts of another user namespace.
    assert run.ids("fail") == (set() if engine.remapped else failing)
