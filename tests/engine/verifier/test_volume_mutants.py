"""Volumes that are not mounted as the lab declares them, and the checks that see it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engine.verifier.engine import IMAGE, Engine, Run, spec
from engine.verifier.marks import each, kills

pytestmark = pytest.mark.engine

# Declared is for each: the volume `data` at /data, in this mode, under the key "data".
CONTAINERS: dict[str, tuple[str, tuple[str, ...], set[str]]] = {
    "writer": ("rw", ("-v", "{data}:/data"), {"vol.share"}),
    "reader": ("ro", ("-v", "{data}:/data:ro"), {"vol.share"}),
    "rw-not-ro": ("ro", ("-v", "{data}:/data"), {"vol.mode", "vol.share"}),
    "ro-not-rw": ("rw", ("-v", "{data}:/data:ro"), {"vol.mode", "vol.share"}),
    "other": ("rw", ("-v", "{other}:/data"), {"vol.share"}),
    "missing": ("rw", (), {"vol.mode"}),
    "elsewhere": ("rw", ("-v", "{data}:/elsewhere"), {"vol.mode", "mnt.undeclared"}),
    "below": (
        "ro",
        ("-v", "{data}:/data:ro", "--tmpfs", "/data/below"),
        {"vol.submount", "vol.share"},
    ),
}


class Volumes:
    """Two named volumes on an engine: `data`, which belongs to uid 1000 alone, and `other`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.data, self.other = f"{engine.prefix}-data", f"{engine.prefix}-other"
        self.shell("mkdir /v/below && chown 1000:1000 /v /v/below && chmod 700 /v")

    def shell(self, command: str) -> str:
        volume = ("-v", f"{self.data}:/v")
        return self.engine.docker("run", "--rm", *volume, IMAGE, "sh", "-c", command).stdout

    def words(self, options: tuple[str, ...]) -> list[str]:
        return [word.format(data=self.data, other=self.other) for word in options]

    def remove(self) -> None:
        self.engine.docker("volume", "rm", "-f", self.data, self.other, check=False)


@pytest.fixture(scope="module")
def volumes(engine: Engine) -> Iterator[Volumes]:
    made = Volumes(engine)
    yield made
    made.remove()


@pytest.fixture(scope="module")
def run(volumes: Volumes, archive_file: Path) -> Run:
    """One run over all containers together. One of them has another volume than declared, so
    that each that has the right one differs from it.
    """
    engine = volumes.engine
    try:
        words = {name: volumes.words(options) for name, (_, options, _) in CONTAINERS.items()}
        made = spec(engine.start_all(words))
        for container in made["containers"]:
            mode = CONTAINERS[container["name"]][0]
            container["volumes"] = [{"path": "/data", "mode": mode, "key": "data"}]
        return engine.observe(made, file=archive_file)
    finally:
        engine.remove(*CONTAINERS)


@pytest.mark.parametrize("name", each(CONTAINERS))
def test_each_container_fails_for_its_volume(run: Run, name: str) -> None:
    assert run.failing(name) == CONTAINERS[name][2]


def test_writing_is_tried_and_leaves_nothing_behind(run: Run, volumes: Volumes) -> None:
    tried = {name: run.row("vol.mode", name)["evidence"]["/data"] for name in CONTAINERS}
    assert tried["writer"] == {"flags": "rw", "write": "written"}
    assert tried["reader"] == {"flags": "ro", "write": "EROFS"}
    assert tried["missing"] == "not mounted"
    assert volumes.shell("ls -A /v") == "below\n"


def test_volumes_as_declared_pass_through_a_linked_path_by_marker(
    volumes: Volumes, archive_file: Path
) -> None:
    engine = volumes.engine
    words = {
        "w": ["-v", f"{volumes.data}:/data"],
        "r": ["-v", f"{volumes.data}:/var/run/data:ro"],
        "o": ["-v", f"{volumes.other}:/data"],
    }
    try:
        made = spec(engine.start_all(words))
        for row, path, mode, key in zip(
            made["containers"],
            ("/data", "/var/run/data", "/data"),
            ("rw", "ro", "rw"),
            ("data", "data", "other"),
            strict=True,
        ):
            row["volumes"] = [{"path": path, "mode": mode, "key": key}]
        run = engine.observe(made, file=archive_file)
    finally:
        engine.remove("w", "r", "o")
    assert run.code == 0, run.report["summary"]
    share = run.row("vol.share", "w")["evidence"]["/data"]
    assert share == {"same_as": ["r:/var/run/data"], "by": "marker"}


@kills("vol.share")
def test_one_volume_where_two_are_declared_fails_for_both(
    volumes: Volumes, archive_file: Path
) -> None:
    engine = volumes.engine
    try:
        made = spec(engine.start_all({name: ["-v", f"{volumes.other}:/data"] for name in "de"}))
        for row in made["containers"]:
            row["volumes"] = [{"path": "/data", "mode": "rw", "key": f"data of {row['name']}"}]
        run = engine.observe(made, file=archive_file)
    finally:
        engine.remove("d", "e")
    assert (run.code, run.ids("fail")) == (1, {"vol.share"})
    assert run.failing("d") == run.failing("e") == {"vol.share"}
