"""Tries declared mounts: writes a marker through each and looks where it can be seen.

Everything goes through an open folder of the mount itself, so that no symbolic link a
container made can lead the writing elsewhere. Markers are removed whatever happens.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace

from verifier import markers
from verifier.facts import Declared, Mount, Target, Unread
from verifier.libc import file_access_as, outside_root
from verifier.procfs import Deadline, ProcFs, unread
from verifier.spec import Container

NO_FOLDER = Unread("not a folder")
LATE = Unread("deadline")
LINKS = 40


@dataclass(slots=True)
class _Try:
    """One declared mount of one container, while it is tried."""

    container: str
    declared: Declared
    folder: int | Unread
    owner: tuple[int, int] = (0, 0)
    marker: str = ""


def try_volumes(
    proc: ProcFs,
    targets: Iterable[Target],
    containers: Iterable[Container],
    deadline: Deadline,
) -> tuple[Target, ...]:
    """The same targets, with what was found about each of their declared mounts."""
    by_name = {container.name: container for container in containers}
    tries: list[_Try] = []
    targets = tuple(targets)
    with ExitStack() as held:
        for target in targets:
            for volume in by_name[target.name].volumes:
                if deadline.passed():
                    tries.append(_late(target, volume.path))
                else:
                    tries.append(_open(proc, target, volume.path, held))
        try:
            for one in tries:
                _write(one, deadline)
            for one in tries:
                if not deadline.passed():
                    _look(one, tries)
        finally:
            for one in tries:
                _remove(one)
    return tuple(
        replace(
            target, volumes=tuple(one.declared for one in tries if one.container == target.name)
        )
        for target in targets
    )


def _late(target: Target, path: str) -> _Try:
    mount = _topmost(target, path)
    declared = Declared(path=path, at=path, mount=mount, identity=LATE, written=LATE.why)
    return _Try(target.name, declared, LATE)


def _open(proc: ProcFs, target: Target, path: str, held: ExitStack) -> _Try:
    root = proc.path(target.init.pid, "root")
    inside = outside_root(target.uid_map), outside_root(target.gid_map)
    with file_access_as(*inside):
        at = resolve(root, path) if target.init.pid else path
    mount = _topmost(target, at)
    declared = Declared(path=path, at=at, mount=mount, identity=NO_FOLDER, written="")
    if mount is None or not target.init.pid:
        return _Try(target.name, declared, NO_FOLDER)
    try:
        with file_access_as(*inside):
            found = os.lstat(root + at)
        declared = replace(declared, identity=(found.st_dev, found.st_ino))
        if not stat.S_ISDIR(found.st_mode):
            return _Try(target.name, declared, NO_FOLDER)
        folder = _open_folder(root + at, ((found.st_uid, found.st_gid), inside))
        now = os.fstat(folder)
    except OSError as error:
        why = unread(error)
        known = declared.identity if declared.identity != NO_FOLDER else why
        return _Try(target.name, replace(declared, identity=known), why)
    held.callback(os.close, folder)
    if (now.st_dev, now.st_ino) != declared.identity:
        return _Try(target.name, replace(declared, identity=Unread("it changed")), NO_FOLDER)
    return _Try(target.name, declared, folder, (found.st_uid, found.st_gid))


def _open_folder(path: str, users: tuple[tuple[int, int], ...]) -> int:
    """An open folder, by its owner or by the container's root: one of them may be shut out."""
    refused = OSError(errno.EACCES, "nobody may enter")
    for user in users:
        try:
            with file_access_as(*user):
                return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            refused = error
    raise refused


def _topmost(target: Target, at: str) -> Mount | None:
    """The last mount at a path hides those before it."""
    mounts = () if isinstance(target.mounts, Unread) else target.mounts
    return next((mount for mount in reversed(mounts) if mount.at == at), None)


def resolve(root: str, path: str) -> str:
    """The path as a process below `root` would see it, without symbolic links."""
    parts, done, links = path.split("/")[1:], "", 0
    while parts:
        part = parts.pop(0)
        if part in ("", "."):
            continue
        if part == "..":
            done = done.rpartition("/")[0]
            continue
        try:
            link = os.readlink(f"{root}{done}/{part}")
        except OSError:
            done = f"{done}/{part}"
            continue
        links += 1
        if links > LINKS:
            return path
        if link.startswith("/"):
            done = ""
        parts = [*link.split("/"), *parts]
    return done or "/"


def _write(one: _Try, deadline: Deadline) -> None:
    folder = LATE if deadline.passed() else one.folder
    if isinstance(folder, Unread):
        one.declared = replace(one.declared, written=folder.why)
        return
    with file_access_as(*one.owner):
        markers.remove_stale(folder)
        # Noted before it is there: whatever ends the run now, it is removed.
        one.marker = markers.new_name()
        try:
            markers.create(folder, one.marker)
        except OSError as error:
            one.marker = ""
            one.declared = replace(one.declared, written=unread(error).why)
            return
    one.declared = replace(one.declared, written="written")


def _look(one: _Try, tries: list[_Try]) -> None:
    if not one.marker:
        return
    sees = [(other.container, other.declared.path) for other in tries if _there(one.marker, other)]
    one.declared = replace(one.declared, sees=tuple(sees))


def _there(name: str, other: _Try) -> bool:
    if isinstance(other.folder, Unread):
        return False
    with file_access_as(*other.owner), suppress(OSError):
        os.stat(name, dir_fd=other.folder, follow_symlinks=False)
        return True
    return False


def _remove(one: _Try) -> None:
    if one.marker and not isinstance(one.folder, Unread):
        with file_access_as(*one.owner):
            try:
                os.unlink(one.marker, dir_fd=one.folder)
            except OSError as error:
                if error.errno != errno.ENOENT:
                    left = f"written, and not removed: {unread(error).why}"
                    one.declared = replace(one.declared, written=left)
