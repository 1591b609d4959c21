"""A state file that is cut short or garbled: puts the backend's own backup in its place.

Pulumi copies the checkpoint to `.bak` before it writes a new one, so the backup is one operation
behind. Repair then looks on the engine for what that one operation made, and refreshes.
"""

import json
import os
import shutil
import time
from collections.abc import Mapping
from typing import Any

from toolchain.verbs.backend import CorruptCheckpoint, latest_of, read_checkpoint
from toolchain.verbs.errors import VerbError


def broken(path: str) -> CorruptCheckpoint | None:
    """Why the checkpoint at path cannot be used, None when it can or is not there."""
    try:
        read_checkpoint(path)
    except CorruptCheckpoint as error:
        return None if path.endswith(".zst") else error
    return None


def drop_cut_attributes(path: str) -> bool:
    """Removes the empty `.attrs` of a state file or of its backup; says whether there was one.

    Pulumi's file store keeps a file's attributes beside it and needs none, but it does not read a
    file whose attributes are cut short. It writes them in place, unlike the file itself: killed
    just then, a run locks the state.
    """
    cut = [name for name in (f"{path}.attrs", f"{path}.bak.attrs") if _is_empty(name)]
    for name in cut:
        os.remove(name)
    return bool(cut)


def _is_empty(path: str) -> bool:
    try:
        return os.path.getsize(path) == 0
    except OSError:
        return False


def usable_backup(path: str, stack: str) -> Mapping[str, Any] | None:
    """The deployment in the backup beside a checkpoint, if it is whole and of the same stack."""
    try:
        with open(path + ".bak", encoding="utf-8") as file:
            document = json.load(file)
        deployment = latest_of(document, path)
    except (OSError, ValueError, CorruptCheckpoint):
        return None
    owner = str(document["checkpoint"].get("stack", ""))
    return deployment if owner.rpartition("/")[2] == stack else None


def restore(path: str, stack: str, error: CorruptCheckpoint) -> str:
    """Restores from the backup and says so in a line; raises VerbError when there is no usable one.

    The broken file stays beside it under a name of its own.
    """
    if usable_backup(path, stack) is None:
        raise VerbError(
            f"the state of stack {stack} is damaged ({error.reason}) and its backup is not usable"
            " either. It is"
            f" {path}; older copies are under {_older(path)}. Copy a whole one there, or, to"
            " begin anew, remove the"
            " file and the containers, networks and volumes that `docker ps -a --filter"
            f" label=docklab.stack={stack}`"
            " and its like show."
        )
    kept = f"{path}.broken-{int(time.time())}"
    shutil.copy2(path, kept)
    temporary = f"{path}.restored"
    shutil.copy2(path + ".bak", temporary)
    os.replace(temporary, path)
    return (
        f"the state file was damaged ({error.reason}); restored from its backup, the damaged"
        f" one is {kept}"
    )


def _older(path: str) -> str:
    folder, name = os.path.split(path)
    return os.path.join(folder.replace("/.pulumi/stacks/", "/.pulumi/backups/"), name.split(".")[0])
