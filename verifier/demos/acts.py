"""What each demonstration does in its child process: a new namespace, something in it, a look.

Each yields what is seen inside and takes everything down afterwards. `changed` compares the
namespace's inode before and after. The traps are these: a write that fails only when the file
is closed, so files are written by system calls; and a real root may write the host name through
/proc/sys without owning it, so the USER demonstration is uid 65534's, and uses the call.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import signal
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from verifier import libc
from verifier.powers import NOBODY

SOURCES = ("/usr/local/bin", "/usr/bin", "/bin")
QUEUES = "/proc/sysvipc/msg"
_SIOCGIFFLAGS, _IFF_UP = 0x8913, 1
Seen = Iterator[dict[str, Any]]


def _inode(file: str) -> tuple[int, int]:
    found = os.stat(f"/proc/self/ns/{file}")
    return found.st_dev, found.st_ino


def _into_new(kind: str) -> bool:
    """Makes the namespace; True when its inode is another one now."""
    before = _inode(kind)
    libc.unshare(kind)
    return _inode(kind) != before


def _fresh_name() -> str:
    return f"nsv-{secrets.token_hex(4)}"


@contextmanager
def mount_something(at: str) -> Seen:
    """Binds a folder at `at`, an empty folder that the caller made."""
    source = next((path for path in SOURCES if os.path.isdir(path)), "/")
    changed = _into_new("mnt")
    libc.keep_mounts_private()
    libc.bind(source, at)
    try:
        same = os.path.samestat(os.stat(source), os.stat(at))
        yield {"changed": changed, "at": at, "source": source, "same_inode": same}
    finally:
        libc.unmount(at)


@contextmanager
def make_queue() -> Seen:
    """Makes a System V message queue."""
    changed = _into_new("ipc")
    key = secrets.randbelow(0x7FFFFFFE) + 1
    queue = libc.make_queue(key)
    try:
        yield {"changed": changed, "key": key, "in_own": key in queue_keys()}
    finally:
        libc.remove_queue(queue)


def queue_keys() -> list[int]:
    """Keys of all message queues of the own IPC namespace."""
    # As bytes: nobody may not be allowed to load the module of a text encoding.
    with open(QUEUES, "rb") as file:
        return [int(line.split()[0]) for line in list(file)[1:]]


@contextmanager
def rename_host() -> Seen:
    """Sets a new host name."""
    before, name = os.uname().nodename, _fresh_name()
    changed = _into_new("uts")
    socket.sethostname(name)
    try:
        in_own = os.uname().nodename == name
        yield {"changed": changed, "before": before, "name": name, "in_own": in_own}
    finally:
        socket.sethostname(before)


@contextmanager
def start_first_process(procfs: str) -> Seen:
    """Starts a process, which should be PID 1; `procfs` is where the host's /proc is."""
    before = _inode("pid_for_children")
    libc.unshare("pid")
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        _first_process(procfs, theirs)
    theirs.close()
    try:
        words = ours.recv(256).decode().split()
        if len(words) != 2:
            raise OSError(errno.EIO, "no answer", "the first process")
        # The file does not exist before the namespace has its first process.
        changed = _inode("pid_for_children") != before
        number, outside = int(words[0]), int(words[1])
        yield {"changed": changed, "pid": number, "outside": outside, "here": child}
    finally:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _first_process(procfs: str, line: socket.socket) -> None:
    try:
        libc.die_with_parent()
        try:
            outside = os.readlink(f"{procfs}/self")
        except OSError:
            outside = "0"
        line.send(f"{os.getpid()} {outside}".encode())
        signal.pause()
    finally:
        os._exit(1)


@contextmanager
def list_interfaces() -> Seen:
    """Looks which network interfaces there are, and whether the loopback is up."""
    changed = _into_new("net")
    loopback = "up" if _up("lo") else "down"
    yield {"changed": changed, "interfaces": interfaces(), "lo": loopback}


def interfaces() -> list[str]:
    """Names of the network interfaces of the own network namespace."""
    return [name for _, name in socket.if_nameindex()]


def _up(name: str) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        request = struct.pack("16sh14x", name.encode(), 0)
        answer = fcntl.ioctl(link.fileno(), _SIOCGIFFLAGS, request)
    flags: int = struct.unpack("16sh14x", answer)[1]
    return bool(flags & _IFF_UP)


@contextmanager
def become_root() -> Seen:
    """As uid 65534, which is root of nothing: root inside, yet not of a host name it has not."""
    if os.getresuid() != (NOBODY, NOBODY, NOBODY) or libc.permitted():
        raise OSError(errno.EPERM, "it has not become nobody", "setresuid")
    libc.own_proc_files()
    before = os.getuid()
    changed = _into_new("user")
    if not changed:
        raise OSError(errno.EINVAL, "the namespace is the old one", "unshare user")
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"0 {NOBODY} 1")
    _write("/proc/self/gid_map", f"0 {NOBODY} 1")
    uid_map = _read("/proc/self/uid_map")
    seen = {"changed": changed, "before": before, "inside": os.getuid(), "map": uid_map}
    name = _fresh_name()
    refused = _rename(name)
    libc.unshare("uts")
    then = _rename(name)
    if os.uname().nodename != name:
        then = f"{then}, not set"
    yield {**seen, "errno": refused, "then": then, "name": name}


def _rename(name: str) -> str:
    """ "ok", or the errno name of sethostname(2)."""
    try:
        socket.sethostname(name)
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, "EIO")
    return "ok"


def _read(path: str) -> str:
    """Words of a small file. By system calls: who has become nobody may load no more modules."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return " ".join(os.read(fd, 4096).decode().split())
    finally:
        os.close(fd)


def _write(path: str, text: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, text.encode())
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from error
    finally:
        os.close(fd)
