"""Which files and queues are taken for what an earlier run left: those exactly, and no other."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from verifier import markers
from verifier.queues import OLD, PREFIX, stale

NOW = 1_000_000.0


@pytest.fixture
def folder(tmp_path: Path) -> int:
    return os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)


def test_a_marker_is_taken_for_old_only_when_no_run_can_use_it_any_more(
    tmp_path: Path, folder: int
) -> None:
    name = markers.new_name()
    markers.create(folder, name)
    found = (tmp_path / name).stat()
    assert not markers.is_stale(found, time.time())
    assert markers.is_stale(found, time.time() + markers.OLD + 1)
    assert markers.remove_stale(folder) == 0
    assert (tmp_path / name).exists()


def test_only_what_is_exactly_a_marker_is_removed(
    tmp_path: Path, folder: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(markers, "OLD", -1.0)
    names = [f".nsv-{n:024x}" for n in range(7)]
    for name in names[:4]:
        markers.create(folder, name)
    (tmp_path / names[1]).write_text("somebody's data")
    (tmp_path / names[2]).chmod(0o644)
    os.link(tmp_path / names[3], tmp_path / "second name")
    (tmp_path / names[4]).symlink_to("/etc/passwd")
    (tmp_path / names[5]).mkdir(mode=0o600)
    os.mkfifo(tmp_path / names[6], 0o600)
    for other in (".nsv-", f".nsv-{'A' * 24}", f"x.nsv-{0:024x}", f".nsv-{0:025x}"):
        markers.create(folder, other)
    before = set(os.listdir(tmp_path))
    assert markers.remove_stale(folder) == 1
    assert before - set(os.listdir(tmp_path)) == {names[0]}


def test_a_folder_of_very_many_files_is_not_read_to_its_end(
    folder: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(markers, "OLD", -1.0)
    monkeypatch.setattr(markers, "LOOKED_AT", 3)
    for _ in range(5):
        markers.create(folder, markers.new_name())
    assert markers.remove_stale(folder) == 3


# key, id, permissions, bytes, messages, last sender, last receiver, four owners, three times
OURS = (PREFIX | 7, 1, 111, 0, 0, 0, 0, 65534, 65534, 65534, 65534, 0, 0, int(NOW - OLD - 1))


@pytest.mark.parametrize(
    ("changes", "taken"),
    [
        ({}, True),
        ({0: (PREFIX | 7) - (1 << 24)}, False),
        ({2: 600}, False),
        ({3: 5}, False),
        ({4: 1}, False),
        ({5: 4711}, False),
        ({11: 5}, False),
        ({13: int(NOW - 5)}, False),
    ],
)
def test_only_a_queue_that_nobody_could_use_and_nobody_used_is_taken(
    changes: dict[int, int], taken: bool
) -> None:
    row = [changes.get(n, value) for n, value in enumerate(OURS)]
    assert stale([row], NOW) == ([1] if taken else [])
