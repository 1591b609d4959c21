"""System calls that Python 3.11 does not offer. Each raises OSError as os functions do.

Only for a process with one thread: these calls change the calling thread alone.
"""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from verifier.facts import IdMap, Unread

CLONE = {
    "mnt": 0x00020000,
    "cgroup": 0x02000000,
    "uts": 0x04000000,
    "ipc": 0x08000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "net": 0x40000000,
}
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
_MNT_DETACH = 2
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_KEEPCAPS = 1, 4, 8
_PR_CAPBSET_READ, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 23, 24, 38
_CAPABILITY_VERSION_3 = 0x20080522
_IPC_CREAT, _IPC_EXCL, _IPC_RMID = 0o1000, 0o2000, 0
_LIBC = ctypes.CDLL(None, use_errno=True)


@contextmanager
def file_access_as(uid: int, gid: int) -> Iterator[None]:
    """Files are accessed as this user; every capability that is not about files stays."""
    _LIBC.setfsgid(gid)
    _LIBC.setfsuid(uid)
    try:
        yield
    finally:
        _LIBC.setfsuid(os.geteuid())
        _LIBC.setfsgid(os.getegid())


@contextmanager
def counted_as(uid: int) -> Iterator[None]:
    """What the kernel counts by who made it, as message queues, is counted as this user's.

    It changes nothing of what this process may do; where that is not allowed, nothing at all.
    """
    before = os.getuid()
    with suppress(OSError):
        os.setresuid(uid, -1, -1)
    try:
        yield
    finally:
        os.setresuid(before, -1, -1)


def outside_root(ids: IdMap | Unread) -> int:
    """What id 0 of a container is outside; its folders may be closed to everybody else."""
    if isinstance(ids, Unread):
        return 0
    return next((outside for first, outside, _ in ids if first == 0), 0)


def enter(fd: int, kind: str) -> None:
    """setns(2): this process joins the namespace of an open /proc/<pid>/ns/<kind> file."""
    _checked(_LIBC.setns(fd, CLONE[kind]))


def make_queue(key: int, mode: int = 0o600) -> int:
    """msgget(2): id of a new System V message queue with this key, in the own IPC namespace."""
    return _checked(_LIBC.msgget(key, _IPC_CREAT | _IPC_EXCL | mode))


def remove_queue(queue: int) -> None:
    """msgctl(2) with IPC_RMID."""
    _checked(_LIBC.msgctl(queue, _IPC_RMID, None))


def unshare(kind: str) -> None:
    """unshare(2): a new namespace of this kind, for this process (`pid`: for its children)."""
    _checked(_LIBC.unshare(CLONE[kind]), f"unshare {kind}")


def keep_mounts_private() -> None:
    """mount --make-rprivate /: what is mounted from here on stays in this mount namespace."""
    flags = ctypes.c_ulong(_MS_REC | _MS_PRIVATE)
    _checked(_LIBC.mount(None, b"/", None, flags, None), "make / rprivate")


def bind(source: str, at: str) -> None:
    """mount --bind."""
    flags = ctypes.c_ulong(_MS_BIND)
    done = _LIBC.mount(os.fsencode(source), os.fsencode(at), None, flags, None)
    _checked(done, f"bind {source}")


def unmount(at: str) -> None:
    """umount2(2) with MNT_DETACH."""
    _checked(_LIBC.umount2(os.fsencode(at), _MNT_DETACH))


def die_with_parent(number: int = signal.SIGKILL) -> None:
    """This process gets the signal when its parent ends, unless it changes its user first."""
    _checked(_LIBC.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0))


def own_proc_files() -> None:
    """After a change of uid the files of /proc/self are root's; this makes them its own again."""
    _checked(_LIBC.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0))


def no_new_privileges() -> None:
    """No program that this process or its children execute gives them anything they have not."""
    _checked(_LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def keep_through_change_of_user() -> None:
    """The next change from root to another user leaves the permitted capabilities."""
    _checked(_LIBC.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0))


def empty_bounding_set() -> None:
    """As far as the kernel lets this process, which takes SETPCAP."""
    for number in range(64):
        if _LIBC.prctl(_PR_CAPBSET_READ, number, 0, 0, 0) == 1 and (
            _LIBC.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0) < 0
        ):
            return


def permitted() -> int:
    """capget(2): mask of the capabilities that this process has or can raise."""
    data = (ctypes.c_uint32 * 6)()
    _checked(_LIBC.capget(_header(), data))
    return data[0] | data[1] | (data[3] | data[4]) << 32


def keep_capabilities(mask: int) -> None:
    """capset(2): these are effective and permitted, and no other."""
    low, high = mask & 0xFFFFFFFF, mask >> 32
    _checked(_LIBC.capset(_header(), (ctypes.c_uint32 * 6)(low, low, 0, high, high, 0)))


def _header() -> ctypes.Array[ctypes.c_uint32]:
    return (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)


def _checked(result: int, what: str = "") -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what or None)
    return result
