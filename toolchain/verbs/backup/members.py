"""Whether a tar file is one that may be unpacked into a volume: no member is trusted. Pure."""

from __future__ import annotations

import tarfile
from typing import Any

from toolchain.verbs.backup.inside import BUFFER, NAME


class Refused(Exception):
    """A member that must not be unpacked; the text names it and says why."""


class Members:
    """Looks at one member after the other; keeps the names of links alone."""

    def __init__(self) -> None:
        self.count = 0
        self._symlinks: set[str] = set()

    def look(self, member: tarfile.TarInfo) -> None:
        """Raises Refused."""
        problem = self._problem(member)
        if problem:
            raise Refused(f"its member {member.name!r} {problem}")
        self.count += 1
        if member.issym():
            self._symlinks.add(member.name)

    def _problem(self, member: tarfile.TarInfo) -> str:
        if self.count == 0 and not (member.name == NAME and member.isdir()):
            return f"comes first, where the folder {NAME!r} must be"
        if member.ischr() or member.isblk():
            return "is a device node"
        if not (member.isfile() or member.isdir() or member.issym() or member.isfifo()) and not (
            member.islnk()
        ):
            return f"is of the unknown kind {member.type!r}"
        return self._way(member.name) or (
            f"is a hard link, and {member.linkname!r} {fault}"
            if member.islnk() and (fault := self._way(member.linkname))
            else ""
        )

    def _way(self, name: str) -> str:
        """What is wrong with the way to a name, as part of a sentence."""
        if name.startswith("/"):
            return "is an absolute path"
        parts = name.split("/")
        if ".." in parts:
            return "climbs out with '..'"
        if parts[0] != NAME or "" in parts or "." in parts or "\0" in name:
            return f"is no plain path below {NAME!r}"
        through = ("/".join(parts[:end]) for end in range(1, len(parts)))
        link = next((path for path in through if path in self._symlinks), None)
        return f"goes through the symbolic link {link!r}" if link else ""


def look_at_all(stream: Any) -> int:
    """How many members a tar stream has, after a look at each. Raises Refused; never loads it."""
    members = Members()
    try:
        with tarfile.open(fileobj=stream, mode="r|", bufsize=BUFFER, encoding="utf-8") as tar:
            while (member := tar.next()) is not None:
                members.look(member)
                tar.members.clear()  # type: ignore[attr-defined]
    except (tarfile.TarError, ValueError, EOFError) as error:
        raise Refused(f"it is no whole tar file ({error})") from None
    return members.count
