"""Leaves a file in each container's /dev/mqueue and /dev/shm and looks who else has it there.

A file in /dev/mqueue is a POSIX message queue: it belongs to the IPC namespace, so this needs no
entering of one. Everything goes through an open folder of the mount itself.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass

from verifier import markers
from verifier.facts import SeenBy, Target, Unread
from verifier.libc import counted_as, file_access_as, outside_root
from verifier.procfs import Deadline, ProcFs, unread
from verifier.queues import HOST

FOLDERS = ("/dev/mqueue", "/dev/shm")
SOMEBODY, MANY = 1 << 31, 1 << 30
"""From here on so many users are nobody's: systems give out no ids as high."""
ABSENT, LATE = Unread("not mounted"), Unread("deadline")


@dataclass(frozen=True, slots=True)
class _Folder:
    fd: int
    owner: tuple[int, int]


def try_folders(
    proc: ProcFs, targets: Iterable[Target], host: int, deadline: Deadline
) -> dict[str, dict[str, SeenBy]]:
    """{container: {folder: names of all that see its file there, or why there is none}}."""
    targets = tuple(targets)
    answers: dict[str, dict[str, SeenBy]] = {target.name: {} for target in targets}
    for at in FOLDERS:
        with ExitStack() as held:
            opened = {target.name: _open(proc, target, at, held) for target in targets}
            everybody = {**opened, HOST: _open_as(proc, host, at, (0, 0), held)}
            for target in targets:
                late = deadline.passed()
                seen = LATE if late else _try(opened[target.name], everybody)
                answers[target.name][at] = seen
    return answers


def _open(proc: ProcFs, target: Target, at: str, held: ExitStack) -> _Folder | Unread:
    if isinstance(target.mounts, Unread):
        return target.mounts
    if not any(mount.at == at for mount in target.mounts):
        # Without a mount, the path might be a symbolic link that the container made.
        return ABSENT
    owner = outside_root(target.uid_map), outside_root(target.gid_map)
    return _open_as(proc, target.init.pid, at, owner, held)


def _open_as(
    proc: ProcFs, pid: int, at: str, owner: tuple[int, int], held: ExitStack
) -> _Folder | Unread:
    if not pid:
        return Unread("no process")
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with file_access_as(*owner):
            fd = os.open(proc.path(pid, "root" + at), flags)
    except OSError as error:
        return unread(error)
    held.callback(os.close, fd)
    return _Folder(fd, owner)


def _try(mine: _Folder | Unread, everybody: Mapping[str, _Folder | Unread]) -> SeenBy:
    if isinstance(mine, Unread):
        return mine
    name = markers.new_name()
    try:
        # The queues of one user are limited on the whole machine, whatever container holds them.
        with counted_as(SOMEBODY + secrets.randbelow(MANY)), file_access_as(*mine.owner):
            markers.remove_stale(mine.fd)
            markers.create(mine.fd, name)
        return tuple(who for who, folder in everybody.items() if _there(name, folder))
    except OSError as error:
        return unread(error)
    finally:
        with file_access_as(*mine.owner), suppress(OSError):
            os.unlink(name, dir_fd=mine.fd)


def _there(name: str, folder: _Folder | Unread) -> bool:
    if isinstance(folder, Unread):
        return False
    with suppress(OSError):
        os.stat(name, dir_fd=folder.fd, follow_symlinks=False)
        return True
    return False
