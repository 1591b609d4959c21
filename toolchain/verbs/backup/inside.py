"""The whole program of the one-shot container: a volume at /volume to a tar stream or back.

Standard library only and in one file, for it is handed to Python as a text. What it has to say goes
to standard error, a JSON object a line; the last one has "done" and what was carried.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import sys
import tarfile
from collections.abc import Iterator
from typing import Any

ROOT = "/volume"
NAME = "volume"  # every member's name begins with it, the volume's own folder included
CHUNK = 1 << 20
BUFFER = 1 << 16  # tarfile copies what it holds for each small member: a larger one is slower
XATTR = "SCHILY.xattr."
OTHERS = ("security.selinux",)  # the engine's to set, for each container
ZEROS = bytes(CHUNK)


def say(**facts: object) -> None:
    print(json.dumps(facts), file=sys.stderr, flush=True)


class Counted:
    """One end of a pipe, of which every byte is hashed and counted."""

    def __init__(self, stream: Any) -> None:
        self.stream, self.sha256, self.bytes = stream, hashlib.sha256(), 0

    def _count(self, data: bytes) -> bytes:
        self.sha256.update(data)
        self.bytes += len(data)
        return data

    def write(self, data: bytes) -> None:
        self.stream.write(self._count(data))

    def read(self, size: int) -> bytes:
        data: bytes = self.stream.read(size)
        return self._count(data)


class Padded:
    """A file of the size it was announced with, whatever it has become: zeros follow its end."""

    def __init__(self, stream: Any, size: int) -> None:
        self.stream, self.left, self.short = stream, size, False

    def read(self, size: int = CHUNK, /) -> bytes:
        wanted = min(size, self.left)
        data = self.stream.read(wanted)
        self.left -= wanted
        self.short = self.short or len(data) < wanted
        return bytes(data + ZEROS[: wanted - len(data)])


def names_below(root: str) -> Iterator[str]:
    """Paths of everything below root and root itself, folders before what is in them, sorted."""
    waiting = [root]
    while waiting:
        path = waiting.pop()
        yield path
        try:
            if stat.S_ISDIR(os.lstat(path).st_mode):
                waiting += sorted((os.path.join(path, n) for n in os.listdir(path)), reverse=True)
        except FileNotFoundError:
            say(gone=path)


def described(
    path: str, found: os.stat_result, links: dict[tuple[int, int], str]
) -> tarfile.TarInfo | None:
    """The member for a path as lstat has it; None for what a tar file does not hold."""
    member = tarfile.TarInfo(NAME + path[len(ROOT) :])
    member.mode, member.uid, member.gid = stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid
    member.mtime = found.st_mtime_ns // 10**9
    headers: dict[str, str] = {}
    member.pax_headers = headers
    if found.st_mtime_ns % 10**9:
        headers["mtime"] = f"{member.mtime}.{found.st_mtime_ns % 10**9:09d}"
    same = (found.st_dev, found.st_ino)
    if same in links:
        member.type, member.linkname = tarfile.LNKTYPE, links[same]
        return member
    if stat.S_ISREG(found.st_mode):
        member.size = found.st_size
    elif stat.S_ISLNK(found.st_mode):
        member.type, member.linkname = tarfile.SYMTYPE, os.readlink(path)
    elif stat.S_ISDIR(found.st_mode):
        member.type = tarfile.DIRTYPE
    elif stat.S_ISFIFO(found.st_mode):
        member.type = tarfile.FIFOTYPE
    else:
        return None
    if found.st_nlink > 1 and not stat.S_ISDIR(found.st_mode):
        links[same] = member.name
    for name in os.listxattr(path, follow_symlinks=False):
        if name not in OTHERS:
            value = os.getxattr(path, name, follow_symlinks=False)
            headers[XATTR + name] = value.decode("utf-8", "surrogateescape")
    return member


def read_volume() -> tuple[Counted, int]:
    out, count = Counted(sys.stdout.buffer), 0
    links: dict[tuple[int, int], str] = {}
    stream: Any = out
    tar: Any = tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT, bufsize=BUFFER)  # noqa: SIM115
    tar.copybufsize = BUFFER
    for path in names_below(ROOT):
        try:
            member = described(path, os.lstat(path), links)
            if member is None:
                say(left_out=path)
                continue
            if member.isreg():
                add_file(tar, path, member)
            else:
                tar.addfile(member)
        except FileNotFoundError:
            say(gone=path)
            continue
        tar.members.clear()
        count += 1
    tar.close()
    sys.stdout.buffer.flush()
    return out, count


def add_file(tar: tarfile.TarFile, path: str, member: tarfile.TarInfo) -> None:
    # A writer may have put something else there meanwhile: no link is followed, no pipe waited for.
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(opened, "rb", buffering=0) as stream:
        content = Padded(stream, member.size)
        tar.addfile(member, content)
    if content.short:
        say(changed=path)


def write_volume(empty_it: bool) -> tuple[Counted, int]:
    source = Counted(sys.stdin.buffer)
    stream: Any = source
    if os.listdir(ROOT):
        if not empty_it:
            raise SystemExit("the volume is not empty")
        for entry in list(os.scandir(ROOT)):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)
        say(emptied=True)
    folders: list[tuple[str, tarfile.TarInfo]] = []
    count = 0
    tar: Any
    with tarfile.open(fileobj=stream, mode="r|", bufsize=BUFFER) as tar:
        while (member := tar.next()) is not None:
            path = ROOT + member.name[len(NAME) :]
            if member.isdir():
                folders.append((path, member))
                if path != ROOT:
                    os.mkdir(path)
            else:
                make(tar, member, path)
            tar.members.clear()
            count += 1
    while source.read(CHUNK):
        pass
    # Folders last: a file made in one changes its time, and its default ACL the file.
    for path, member in reversed(folders):
        dress(path, member)
    os.sync()
    return source, count


def make(tar: tarfile.TarFile, member: tarfile.TarInfo, path: str) -> None:
    if member.islnk():
        os.link(ROOT + member.linkname[len(NAME) :], path, follow_symlinks=False)
        return
    if member.issym():
        os.symlink(member.linkname, path)
    elif member.isfifo():
        os.mkfifo(path)
    else:
        with open(path, "xb", buffering=0) as target:
            write_sparsely(tar.extractfile(member), target, member.size)
    dress(path, member)


def write_sparsely(content: Any, target: Any, size: int) -> None:
    """Blocks of zeros become holes."""
    left = size
    while data := content.read(min(CHUNK, left)):
        left -= len(data)
        if data == ZEROS[: len(data)]:
            target.seek(len(data), os.SEEK_CUR)
            continue
        view = memoryview(data)
        while view:
            view = view[target.write(view) :]
    target.truncate(size)


def dress(path: str, member: tarfile.TarInfo) -> None:
    """Owner, mode, attributes and time, in the order in which one does not undo another."""
    os.chown(path, member.uid, member.gid, follow_symlinks=False)
    if not member.issym():
        os.chmod(path, member.mode)
    for key, value in member.pax_headers.items():
        if key.startswith(XATTR):
            put_attribute(path, key[len(XATTR) :], value.encode("utf-8", "surrogateescape"))
    whole, _, part = member.pax_headers.get("mtime", str(int(member.mtime))).partition(".")
    moment = int(whole) * 10**9 + int(part.ljust(9, "0")[:9])
    os.utime(path, ns=(moment, moment), follow_symlinks=False)


def put_attribute(path: str, name: str, value: bytes) -> None:
    try:
        os.setxattr(path, name, value, follow_symlinks=False)
    except OSError as error:
        say(lost=f"{path}: {name}: {error.strerror}")


def main(verb: str) -> None:
    if verb == "look":
        say(done=True, entries=len(os.listdir(ROOT)))
        return
    stream, count = read_volume() if verb == "read" else write_volume(verb == "overwrite")
    say(done=True, bytes=stream.bytes, sha256=stream.sha256.hexdigest(), members=count)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except (OSError, tarfile.TarError, MemoryError, shutil.Error) as error:
        sys.exit(f"{type(error).__name__}: {error}")
