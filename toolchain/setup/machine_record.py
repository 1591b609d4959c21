"""What a private engine makes on the machine outside `.docklab/`, noted so that clean can undo it.

These are: the system user `dockremap` with its lines in /etc/subuid and /etc/subgid, and the mount
points of folders that every engine writes to. Whoever cleans last removes them.
"""

from __future__ import annotations

import contextlib
import json
import pwd
import re
import subprocess
from pathlib import Path

from toolchain.setup.engine_leftovers import RUNTIME_ROOT

REMAP_USER = "dockremap"
_MOUNT_POINTS = ("/run/containerd", "/run/docker", "/etc/docker", "/opt/containerd")
_SHARED = RUNTIME_ROOT / "made.json"


def _read(file: Path) -> set[str]:
    try:
        return set(json.loads(file.read_text()))
    except (OSError, ValueError):
        return set()


def _write(file: Path, made: set[str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(sorted(made)))
    fresh.replace(file)


def _file(home: Path) -> Path:
    return home / "engine" / "made.json"


def _user_exists() -> bool:
    try:
        pwd.getpwnam(REMAP_USER)
    except KeyError:
        return False
    return True


def before_engine_start(home: Path, userns_remap: bool) -> None:
    """Makes the mount points, and notes them and the user that the engine is about to make."""
    missing = {folder for folder in _MOUNT_POINTS if not Path(folder).exists()}
    if userns_remap and not _user_exists():
        missing.add(REMAP_USER)
    if missing:
        _write(_file(home), _read(_file(home)) | missing)
    for folder in sorted(missing - {REMAP_USER}):
        Path(folder).mkdir(mode=0o711, parents=True)


def undo(home: Path) -> str | None:
    """Removes what was made, unless another private engine is there. Says what stays, or None.

    The engine of `home` must have been stopped.
    """
    made = _read(_file(home)) | _read(_SHARED)
    others = sorted(entry.name for entry in RUNTIME_ROOT.glob("*") if entry.is_dir())
    if made and others:
        _write(_SHARED, made)
        return f"{', '.join(sorted(made))} stay: private engine {', '.join(others)} uses them"
    if REMAP_USER in made and _user_exists():
        subprocess.run(["userdel", REMAP_USER], check=False, capture_output=True)
        for name in ("/etc/subuid", "/etc/subgid"):
            _drop_lines(Path(name), rf"^{REMAP_USER}:")
    for folder in sorted(made - {REMAP_USER}):
        with contextlib.suppress(OSError):
            Path(folder).rmdir()
    _SHARED.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        RUNTIME_ROOT.rmdir()
    return None


def _drop_lines(file: Path, pattern: str) -> None:
    if file.exists():
        text = file.read_text()
        kept = [line for line in text.splitlines(keepends=True) if not re.match(pattern, line)]
        if "".join(kept) != text:
            file.write_text("".join(kept))
