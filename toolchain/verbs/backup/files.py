"""Backups on this machine's disk: whole or not there, and read no faster than they are checked."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from toolchain.verbs.backup.inside import CHUNK
from toolchain.verbs.backup.meter import amount
from toolchain.verbs.errors import VerbError

Meter = Callable[[int], None]


@contextlib.contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder to fill, which becomes `folder` when the block ends well and is gone otherwise.

    What a killed run left beside it is removed. Raises VerbError when there is one already.
    """
    if folder.exists():
        raise VerbError(
            f"{folder} is there already, and a backup is never written over another: name another"
            " folder with --to, or remove it"
        )
    part = folder.with_name(f"{folder.name}.part")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with alone(folder.parent, f"a backup to {folder.parent}"):
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        try:
            yield part
            _sync(part)
            part.rename(folder)
            _sync(folder.parent)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise


@contextlib.contextmanager
def alone(path: Path, what: str) -> Iterator[None]:
    """While it lasts nobody else holds `path`, a folder or a lock file. Raises VerbError."""
    if not path.is_dir():
        path.touch()
    opened = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise VerbError(f"{what} is under way elsewhere; wait for its end") from None
        yield
    finally:
        os.close(opened)


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class Sink:
    """A new file that is written, counted and hashed as data comes."""

    def __init__(self, path: Path, meter: Meter) -> None:
        self._path, self._meter = path, meter
        self._file = path.open("xb", buffering=0)
        self._sha256, self.bytes = hashlib.sha256(), 0

    def take(self, data: bytes) -> None:
        view = memoryview(data)
        with self._said():
            while view:
                view = view[self._file.write(view) :]
        self._sha256.update(data)
        self.bytes += len(data)
        self._meter(self.bytes)

    def close(self) -> str:
        """To the disk; gives the checksum."""
        with self._said(), self._file:
            os.fsync(self._file.fileno())
        return self._sha256.hexdigest()

    def abandon(self) -> None:
        self._file.close()

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise VerbError(
                f"{self._path.parent}: {error.strerror} after {amount(self.bytes)} of"
                f" {self._path.name}; the part that was written is removed. Name a folder with"
                " more room with --to."
            ) from None


class Source:
    """An open tar file that can be read more than once, hashed each time."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.meter: Meter = lambda _: None
        self.rewind()

    def rewind(self) -> None:
        self._file.seek(0)
        self._sha256, self.bytes = hashlib.sha256(), 0

    def read(self, size: int = CHUNK) -> bytes:
        data = self._file.read(size)
        self._sha256.update(data)
        self.bytes += len(data)
        self.meter(self.bytes)
        return data

    def chunks(self) -> Iterator[bytes]:
        while data := self.read():
            yield data

    def checksum(self) -> str:
        """Of the whole file, whatever was read of it so far."""
        for _ in self.chunks():
            pass
        return self._sha256.hexdigest()
