"""`make backup`: each volume of a stack to a tar file, with checksums, whole or not at all."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from toolchain.setup.console import say
from toolchain.verbs.backup import arguments, files, manifest
from toolchain.verbs.backup.carrier import User
from toolchain.verbs.backup.manifest import Entry, Manifest, Userns
from toolchain.verbs.backup.meter import Progress, amount
from toolchain.verbs.backup.surroundings import Volumes, ends_cleanly, opened, unbroken
from toolchain.verbs.errors import VerbError
from toolchain.verbs.session import Session

_NOTES = {
    "left_out": "is a socket or a device, which a tar file does not hold: left out",
    "gone": "went while it was read: not in the backup",
    "changed": "shrank while it was read: zeros follow its end in the backup",
}
_SHOWN_NOTES = 10


def backup(session: Session, extra: Sequence[str]) -> int:
    """Raises VerbError; then there is no backup, and no container is left paused."""
    asked = arguments.parse("backup", arguments.BACKUP, extra)
    folder = Path(asked.folder) if asked.folder else _dated(session.paths.root)
    target = folder.absolute() / session.stack
    try:
        with ends_cleanly(), opened(session, "backup") as volumes:
            of_stack = f"stack {session.stack}"
            keys = manifest.chosen(asked.volumes, volumes.names, of_stack, tuple(volumes.names))
            volumes.require(keys)
            with _folder(target) as part:
                _fill(part, volumes, keys, pause="--pause" in asked.switches)
    except KeyboardInterrupt:
        raise VerbError("backup: interrupted; nothing is kept of it", 130) from None
    say("backup", f"whole, in {target}")
    return 0


def _dated(root: Path) -> Path:
    return root / "backups" / time.strftime("%Y-%m-%dT%H%M%S")


@contextlib.contextmanager
def _folder(target: Path) -> Iterator[Path]:
    try:
        with files.new_folder(target) as part:
            yield part
    except OSError as error:
        if error.filename is None:
            raise
        raise VerbError(f"{error.filename}: {error.strerror}; nothing is kept") from None


def _fill(part: Path, volumes: Volumes, keys: Sequence[str], pause: bool) -> None:
    users = {key: volumes.users(key) for key in keys}
    writers = writing(users)
    if writers and not pause:
        names = ", ".join(sorted({user.name for user in writers}))
        say("backup", f"{names} may write while this reads, and the data change in the middle:")
        say("backup", "for a consistent copy stop them, or give --pause")
    with _paused(volumes.client, writers if pause else ()):
        entries = {key: _one(part, volumes, key, users[key], pause) for key in keys}
    made = Manifest(stack=volumes.stack, engine_remaps_users=volumes.remaps_users, volumes=entries)
    sink = files.Sink(part / manifest.FILE, lambda _: None)
    sink.take(made.text().encode())
    sink.close()


def writing(users: Mapping[str, Sequence[User]]) -> tuple[User, ...]:
    """The containers that can write now, each once, in the order in which they were made."""
    found = {user.id: user for some in users.values() for user in some}
    return tuple(
        user
        for user in sorted(found.values(), key=lambda user: user.created)
        if any(one.writes and one.id == user.id for some in users.values() for one in some)
        and user.state in ("running", "restarting")
    )


@contextlib.contextmanager
def _paused(client: Any, writers: Sequence[User]) -> Iterator[None]:
    """They stand still while it lasts, and go on whatever happens."""
    import docker.errors

    done: list[User] = []
    try:
        for user in writers:
            done.append(user)
            client.api.pause(user.id)
        if done:
            say("backup", f"paused while their volumes are read: {_names(done)}")
        yield
    finally:
        with unbroken():
            for user in done:
                try:
                    client.api.unpause(user.id)
                except docker.errors.APIError as error:
                    if "is not paused" not in str(error.explanation):
                        say("backup", f"`docker unpause {user.name}` by hand: {error.explanation}")
            if done:
                say("backup", f"going on again: {_names(done)}")


def _names(users: Sequence[User]) -> str:
    return ", ".join(user.name for user in users)


def _one(part: Path, volumes: Volumes, key: str, users: Sequence[User], pause: bool) -> Entry:
    """Reads one volume into its file."""
    userns: Userns = "host" if any(user.userns == "host" for user in users) else "private"
    progress = Progress("backup", f"reading {key}")
    sink = files.Sink(part / manifest.file_of(key), progress)
    try:
        done = volumes.carrying(key, userns).run("read", take=sink.take)
        sha256 = sink.close()
    finally:
        sink.abandon()
    if (sha256, sink.bytes) != (done.facts["sha256"], done.facts["bytes"]):
        raise VerbError(
            f"volume {key}: {sink.bytes} bytes came of {done.facts['bytes']} that were sent, or"
            " others; run the same again"
        )
    progress.end(f"{key}: {amount(sink.bytes)}, {done.facts['members']} entries, {sha256[:12]}")
    _tell(done.notes)
    return Entry(
        volume=volumes.names[key],
        bytes=sink.bytes,
        members=done.facts["members"],
        sha256=sha256,
        userns=userns,
        while_written=not pause and bool(writing({key: users})),
    )


def _tell(notes: Sequence[Mapping[str, Any]]) -> None:
    lines = [f"{path!r} {_NOTES.get(kind, kind)}" for note in notes for kind, path in note.items()]
    for line in lines[:_SHOWN_NOTES]:
        say("backup", line)
    if len(lines) > _SHOWN_NOTES:
        say("backup", f"and {len(lines) - _SHOWN_NOTES} more")
