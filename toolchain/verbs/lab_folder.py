"""Removes the folder of a stack's bind mounts, also what containers put there under other user
ids."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from toolchain.verbs import engine
from toolchain.verbs.deployment import EngineAddress
from toolchain.verbs.errors import VerbError

_REMOVE = "import shutil, sys; shutil.rmtree('/lab/' + sys.argv[1])"
_REMOVE_THERE = """
import contextlib, os, shutil, sys
for name in sys.argv[2:]:
    shutil.rmtree('/lab/' + name, ignore_errors=not os.path.exists('/lab/' + name))
with contextlib.suppress(OSError):
    os.rmdir('/lab/' + sys.argv[1])
"""


def remove(folder: Path, engine_at: EngineAddress, image: str | None) -> bool:
    """Removes folder and says whether there was one.

    Files of other owners need root: where the user is not, a container of `image` (it has Python)
    on the same machine is. Raises VerbError when that cannot be had either.
    """
    if not folder.exists():
        return False
    try:
        shutil.rmtree(folder)
    except PermissionError as error:
        if image is None or not engine_at.host.startswith("unix://"):
            raise VerbError(
                f"{error.filename} belongs to another user (a container wrote it) and cannot be"
                " removed:"
                f" run `sudo rm -rf {folder}`."
            ) from error
        _remove_as_root(folder, engine_at, image)
    if folder.parent.is_dir() and not any(folder.parent.iterdir()):
        folder.parent.rmdir()
    return True


def remove_there(
    engine_at: EngineAddress, image: str, lab_dir: str, made: Sequence[str]
) -> tuple[str, ...]:
    """On the engine's machine: removes what the lab made below its folder, then the folder if it is
    empty. Gives what was there to remove; a folder that the lab found stays."""
    folder = PurePosixPath(lab_dir)
    below = [path for path in map(PurePosixPath, made) if folder in path.parents]
    if not below:
        return ()
    relative = [str(path.relative_to(folder.parent)) for path in below]
    _as_root(engine_at, image, str(folder.parent), _REMOVE_THERE, folder.name, *relative)
    return tuple(str(path) for path in below)


def _remove_as_root(folder: Path, engine_at: EngineAddress, image: str) -> None:
    _as_root(engine_at, image, str(folder.parent), _REMOVE, folder.name)


def _as_root(engine_at: EngineAddress, image: str, parent: str, script: str, *names: str) -> None:
    """Runs a script in a container that has the folder `parent` of its machine at /lab."""
    import docker.errors

    client: Any = engine.connect(engine_at)
    try:
        # With userns-remap, root in a container is not the owner of this user's folders: hence the
        # host's namespace.
        client.containers.run(
            image,
            entrypoint=["python3", "-c", script, *names],
            command=[],
            volumes={parent: {"bind": "/lab", "mode": "rw"}},
            user="0:0",
            userns_mode="host",
            network_mode="none",
            remove=True,
        )
    except docker.errors.DockerException as error:
        folder = f"{parent}/{names[0]}"
        raise VerbError(
            f"{folder} holds files of other users and a container could not remove them either:"
            f" {error}."
            f" Run `sudo rm -rf {folder}` on {engine_at.machine}."
        ) from error
    finally:
        client.close()
