"""/proc/<pid>/mountinfo as values, and which of its mounts an engine always makes. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from verifier.facts import Mount

_ESCAPE = re.compile(rb"\\([0-7]{3})")
_DEVICES = ("null", "zero", "full", "tty", "random", "urandom")
_HOST_FILES = ("resolv.conf", "hostname", "hosts")
_INITS = ("docker-init", "tini", "tini-static")
_INIT = re.compile(r"/(usr/)?s?bin/(docker-init|tini)")


def parse(text: bytes) -> tuple[Mount, ...]:
    """Mounts in the kernel's order. Raises ValueError for a line that is none."""
    return tuple(_mount(line) for line in text.splitlines())


def _mount(line: bytes) -> Mount:
    before, _, after = line.partition(b" - ")
    fields, kind = before.split(b" "), after.split(b" ")
    if len(fields) < 6 or len(kind) < 3:
        raise ValueError("a line of mountinfo has at least ten fields")
    groups = [int(tag[7:]) for tag in fields[6:] if tag.startswith(b"shared:")]
    return Mount(
        device=fields[2].decode("ascii"),
        root=_text(fields[3]),
        at=_text(fields[4]),
        writable=b"rw" in fields[5].split(b",") and b"ro" not in kind[2].split(b","),
        fs=_text(kind[0]),
        shared=groups[0] if groups else 0,
    )


def _text(word: bytes) -> str:
    whole = _ESCAPE.sub(lambda match: bytes([int(match.group(1), 8) & 255]), word)
    return whole.decode("utf-8", "backslashreplace")


def under(path: str, folder: str) -> bool:
    """True for a path below a folder, not for the folder itself."""
    return path != folder and path.startswith(folder.rstrip("/") + "/")


def beyond_standard(
    mounts: Iterable[Mount], foreign: frozenset[str], ids: frozenset[str]
) -> list[Mount]:
    """Mounts that an engine does not make by itself for every container.

    foreign: devices mounted on the host or in another container. ids: the lab's container ids,
    as a container that joins another's network gets the other's /etc/hosts.
    """
    rules: tuple[Callable[[Mount], bool], ...] = (
        lambda m: m.at == "/",
        lambda m: _kernel(m, foreign),
        lambda m: _masked(m, foreign),
        lambda m: _device(m),
        lambda m: _engine_file(m, ids),
        lambda m: m.fs == "tmpfs" and m.root == "/" and m.device not in foreign,
    )
    return [mount for mount in mounts if not any(rule(mount) for rule in rules)]


def _kernel(m: Mount, foreign: frozenset[str]) -> bool:
    """The kernel's own file systems in their places; /proc must not be the host's instance."""
    if m.at == "/sys/fs/cgroup" or under(m.at, "/sys/fs/cgroup"):
        return m.fs in ("cgroup", "cgroup2")
    if m.root != "/":
        return False
    if m.at == "/proc":
        return m.fs == "proc" and m.device not in foreign
    # With a shareable IPC namespace the engine keeps /dev/shm mounted on the host as well.
    pairs = {
        "/sys": "sysfs",
        "/dev/pts": "devpts",
        "/dev/mqueue": "mqueue",
        "/dev/shm": "tmpfs",
    }
    return pairs.get(m.at) == m.fs


def _masked(m: Mount, foreign: frozenset[str]) -> bool:
    """Paths of /proc and /sys that engines hide or make read-only."""
    if not under(m.at, "/proc") and not under(m.at, "/sys"):
        return False
    if m.fs == "proc":
        return not m.writable and m.at == f"/proc{m.root}" and m.device not in foreign
    if m.fs in ("devtmpfs", "tmpfs") and m.root == "/null":
        return True
    return m.fs == "tmpfs" and not m.writable and m.device not in foreign


def _device(m: Mount) -> bool:
    name = m.at.removeprefix("/dev/")
    if name == "console":
        return m.fs == "devpts"
    return m.fs in ("devtmpfs", "tmpfs") and name in _DEVICES and m.root == f"/{name}"


def _engine_file(m: Mount, ids: frozenset[str]) -> bool:
    parts = m.root.split("/")
    if m.at.startswith("/etc/") and m.at[5:] in _HOST_FILES:
        return parts[-1] == m.at[5:] and len(parts) > 2 and parts[-2] in ids
    return bool(_INIT.fullmatch(m.at)) and not m.writable and parts[-1] in _INITS
