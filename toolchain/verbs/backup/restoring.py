"""`make restore`: volumes from a backup. All is checked before anything is touched."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from toolchain.setup.console import say
from toolchain.verbs.backup import arguments, files, manifest
from toolchain.verbs.backup.carrier import User
from toolchain.verbs.backup.manifest import Entry, Manifest
from toolchain.verbs.backup.members import Refused, look_at_all
from toolchain.verbs.backup.meter import Progress, amount
from toolchain.verbs.backup.surroundings import Volumes, ends_cleanly, opened, unbroken
from toolchain.verbs.errors import VerbError
from toolchain.verbs.messages import make
from toolchain.verbs.session import Session

UNTOUCHED = "Nothing was changed."


def restore(session: Session, extra: Sequence[str]) -> int:
    """Raises VerbError, which says whether anything was changed, and what."""
    asked = arguments.parse("restore", arguments.RESTORE, extra)
    if not asked.folder:
        raise VerbError("restore: --from DIR is missing: the folder that a backup was made in", 2)
    folder = _located(Path(asked.folder).absolute(), session.stack)
    stops, overwrites = "--stop" in asked.switches, "--overwrite" in asked.switches
    try:
        with ends_cleanly(), opened(session, "restore") as volumes, contextlib.ExitStack() as stack:
            found = _read(folder)
            keys = manifest.chosen(
                asked.volumes, found.volumes, f"the backup in {folder}", tuple(found.volumes)
            )
            manifest.chosen(keys, volumes.names, f"stack {session.stack}", ())
            volumes.require(keys)
            _refuse_other_ids(found, keys, volumes)
            sources = {key: stack.enter_context(_source(folder, key)) for key in keys}
            stopped = _refuse_in_use(volumes, keys, stops)
            if not overwrites:
                _refuse_full(volumes, keys, found)
            for key in keys:
                _check(folder, key, found.volumes[key], sources[key])
            if found.stack != session.stack:
                say("restore", f"this is data of stack {found.stack}")
            _replace(volumes, found, sources, overwrites, stopped)
    except KeyboardInterrupt:
        raise VerbError(f"restore: interrupted. {UNTOUCHED}", 130) from None
    if stopped:
        say("restore", f"`{make('verify', session.stack)}` verifies what was started again")
    return 0


def _located(folder: Path, stack: str) -> Path:
    """The folder with the manifest: the stack's own in it, or itself."""
    for candidate in (folder / stack, folder):
        if (candidate / manifest.FILE).is_file():
            return candidate
    raise VerbError(
        f"there is no backup of stack {stack} in {folder}: neither {stack}/{manifest.FILE} nor"
        f" {manifest.FILE} is there. {UNTOUCHED}"
    )


def _read(folder: Path) -> Manifest:
    path = folder / manifest.FILE
    try:
        return manifest.read(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise VerbError(f"{path} cannot be read: {error}. {UNTOUCHED}") from None


def _refuse_other_ids(found: Manifest, keys: Sequence[str], volumes: Volumes) -> None:
    """The machine's user ids mean something else on an engine of the other kind."""
    absolute = [key for key in keys if found.volumes[key].userns == "host"]
    if absolute and found.engine_remaps_users != volumes.remaps_users:
        words = ("without", "with") if volumes.remaps_users else ("with", "without")
        raise VerbError(
            f"{', '.join(absolute)} holds the machine's own user ids, of an engine {words[0]}"
            f" userns-remap, and this one is {words[1]} it: the owners would be others. {UNTOUCHED}"
        )


@contextlib.contextmanager
def _source(folder: Path, key: str) -> Iterator[files.Source]:
    path = folder / manifest.file_of(key)
    try:
        file = path.open("rb")
    except OSError as error:
        raise VerbError(f"{path}: {error.strerror}; the backup is not whole. {UNTOUCHED}") from None
    with file:
        yield files.Source(file)


def _refuse_in_use(volumes: Volumes, keys: Sequence[str], stops: bool) -> tuple[User, ...]:
    """The lab's running containers of these volumes, which --stop lets us stop."""
    up = {user.id: user for key in keys for user in volumes.users(key) if user.is_up}
    ours = tuple(user for user in up.values() if user.stack == volumes.stack)
    strangers = [user.name for user in up.values() if user.stack != volumes.stack]
    if strangers:
        raise VerbError(
            f"in use by {', '.join(strangers)}, which is no container of stack {volumes.stack}:"
            f" `docker stop {' '.join(strangers)}` and run the same again. {UNTOUCHED}"
        )
    if ours and not stops:
        raise VerbError(
            f"in use by {', '.join(user.name for user in ours)}: give --stop, which stops them and"
            f" starts them again after the restore. {UNTOUCHED}"
        )
    return tuple(sorted(ours, key=lambda user: (user.created, user.name)))


def _refuse_full(volumes: Volumes, keys: Sequence[str], found: Manifest) -> None:
    counts = {key: volumes.carrying(key, found.volumes[key].userns).entries() for key in keys}
    full = [f"{key} ({volumes.names[key]})" for key, count in counts.items() if count]
    if full:
        raise VerbError(
            f"not empty: {', '.join(full)}. Give --overwrite to replace what is there with the"
            f" backup; `{make('backup', volumes.stack)}` keeps it first. {UNTOUCHED}"
        )


def _check(folder: Path, key: str, entry: Entry, source: files.Source) -> None:
    """The whole tar file: its size, its checksum and each member."""
    path = folder / manifest.file_of(key)
    source.meter = Progress("restore", f"checking {key}", entry.bytes)
    try:
        count = look_at_all(source)
        problem = ""
    except Refused as error:
        problem, count = str(error), 0
    if source.checksum() != entry.sha256 or source.bytes != entry.bytes:
        problem = "it is not the file that the manifest names: its checksum is another"
    elif not problem and count != entry.members:
        problem = f"it has {count} members and the manifest says {entry.members}"
    if problem:
        raise VerbError(f"{path} is refused: {problem}. {UNTOUCHED}")


def _replace(
    volumes: Volumes,
    found: Manifest,
    sources: Mapping[str, files.Source],
    overwrites: bool,
    users: Sequence[User],
) -> None:
    """Stops, writes, starts. On a failure the containers stay down, for the data are not whole."""
    done: list[str] = []
    touched = False
    try:
        for user in reversed(users):
            touched = True
            volumes.client.api.stop(user.id)
        if users:
            say("restore", f"stopped {', '.join(user.name for user in users)}")
        for key, source in sources.items():
            touched = True
            _write(volumes, key, found.volumes[key], source, overwrites)
            done.append(key)
    except BaseException as error:
        if not touched:
            raise
        what = "interrupted" if isinstance(error, KeyboardInterrupt) else str(error)
        code = 130 if isinstance(error, KeyboardInterrupt) else 1
        raise VerbError(_half(volumes, what, done, list(sources), users), code) from error
    with unbroken():
        for user in users:
            volumes.client.api.start(user.id)
    if users:
        say("restore", f"started {', '.join(user.name for user in users)}")


def _write(
    volumes: Volumes, key: str, entry: Entry, source: files.Source, overwrites: bool
) -> None:
    source.rewind()
    source.meter = progress = Progress("restore", f"writing {key}", entry.bytes)
    verb = "overwrite" if overwrites else "write"
    done = volumes.carrying(key, entry.userns).run(verb, give=source.chunks())
    if done.facts["sha256"] != entry.sha256:
        raise VerbError(f"{key}: what arrived is not what was checked")
    progress.end(f"{key}: {amount(entry.bytes)}, {entry.members} entries, {entry.sha256[:12]}")
    for note in done.notes:
        if "lost" in note:
            say("restore", f"not kept by this engine's file system: {note['lost']}")


def _half(
    volumes: Volumes, what: str, done: Sequence[str], keys: Sequence[str], users: Sequence[User]
) -> str:
    """What a failure in the middle left, volume by volume, and the way out."""
    at, later = keys[len(done)], keys[len(done) + 1 :]
    parts = [
        f"{what}. Volume {at} ({volumes.names[at]}) is NOT restored and may hold a part of the"
        " backup: do not rely on what is in it."
    ]
    parts += [f"Restored: {', '.join(done)}."] if done else []
    parts += [f"Not touched: {', '.join(later)}."] if later else []
    parts.append("Put right what is named above and run the same again, with --overwrite.")
    if users:
        names = " ".join(user.name for user in users)
        parts.append(f"The lab's containers are left stopped; `docker start {names}` starts them.")
    return " ".join(parts)
