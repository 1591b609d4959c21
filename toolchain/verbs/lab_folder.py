"""Removes the folder of a stack's bind mounts, also what containers put there under other user
ids."""

from __future__ import annotations

import shutil
from pathlib import Path

from toolchain.verbs import engine
from toolchain.verbs.deployment import EngineAddress
from toolchain.verbs.errors import VerbError

_REMOVE = "import shutil, sys; shutil.rmtree('/lab/' + sys.argv[1])"


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


def _remove_as_root(folder: Path, engine_at: EngineAddress, image: str) -> None:
    import docker.errors

    client = engine.connect(engine_at)
    try:
        # With userns-remap, root in a container is not the owner of this user's folders: hence the
        # host's namespace.
        client.containers.run(
            image,
            entrypoint=["python3", "-c", _REMOVE, folder.name],
            command=[],
            volumes={str(folder.parent): {"bind": "/lab", "mode": "rw"}},
            user="0:0",
            userns_mode="host",
            network_mode="none",
            remove=True,
        )
    except docker.errors.DockerException as error:
        raise VerbError(
            f"{folder} holds files of other users and a container could not remove them either:"
            f" {error}."
            f" Run `sudo rm -rf {folder}`."
        ) from error
    finally:
        client.close()
