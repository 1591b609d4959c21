"""A stamp says that a step was finished; half a file is never read."""

from __future__ import annotations

import stat
from pathlib import Path

from toolchain.setup import passphrase, stamps


def test_a_stamp_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    stamps.write(tmp_path / "deep" / "stamp", {"place": "/a b", "version": "3"})
    assert stamps.read(tmp_path / "deep" / "stamp") == {"place": "/a b", "version": "3"}


def test_a_stamp_that_is_cut_short_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "stamp").write_text('{"place": "/a')
    assert stamps.read(tmp_path / "stamp") == {}


def test_writing_leaves_no_other_file_behind(tmp_path: Path) -> None:
    stamps.write_text(tmp_path / "file", "one")
    stamps.write_text(tmp_path / "file", "two")
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "two"


def test_a_digest_changes_with_the_content_and_not_with_the_place(tmp_path: Path) -> None:
    one, two = tmp_path / "a" / "r.txt", tmp_path / "b" / "r.txt"
    for file, text in ((one, "x"), (two, "x")):
        stamps.write_text(file, text)
    assert stamps.digests([one]) == stamps.digests([two])
    two.write_text("y")
    assert stamps.digests([one]) != stamps.digests([two])


def test_the_passphrase_is_random_private_and_made_once(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert passphrase.ensure(first)
    assert passphrase.ensure(second)
    text = first.read_text()
    assert len(bytes.fromhex(text)) == 32
    assert text != second.read_text()
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert not passphrase.ensure(first)
    assert first.read_text() == text


def test_an_empty_passphrase_file_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "p").touch()
    assert passphrase.ensure(tmp_path / "p")
    assert (tmp_path / "p").read_text()
