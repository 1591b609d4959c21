"""Undoes setup: the private engine and everything of it, then `.docklab/` itself."""

from __future__ import annotations

import os
import shutil

from toolchain.paths import Paths
from toolchain.setup import base_image, engine_setup, machine_record, plugins
from toolchain.setup.console import SetupError, say
from toolchain.setup.docker_api import Engine
from toolchain.setup.engine import PrivateEngine


def remove_everything(paths: Paths) -> None:
    """Stops and removes all that setup made. Raises SetupError, naming what stays and the way out.

    Debian packages that setup installed stay: other programs may use them by now.
    """
    private = PrivateEngine(paths.home)
    if private.exists():
        if os.geteuid() != 0:
            raise SetupError(
                f"{paths.home} holds a private engine, which only root can remove: sudo make clean"
            )
        private.stop()
        if kept := machine_record.undo(paths.home):
            say("clean", kept)
    _remove_foreign_stand_ins(paths)
    if paths.home.exists():
        _remove_tree(paths)


def _remove_foreign_stand_ins(paths: Paths) -> None:
    """Our plugins in a PULUMI_HOME of the user's own."""
    folder = plugins.home(paths) / "plugins"
    if folder == paths.plugins:
        return
    mark = str(paths.root)
    for file in folder.glob("*/pulumi-*"):
        ours = plugins.source_of(file) == plugins.STAND_IN
        if ours and mark in file.read_text(errors="replace"):
            shutil.rmtree(file.parent)


def _remove_tree(paths: Paths) -> None:
    try:
        shutil.rmtree(paths.home)
    except PermissionError:
        _remove_through_engine(paths)
        shutil.rmtree(paths.home, ignore_errors=True)
    if paths.home.exists():
        raise SetupError(
            f"{paths.home} holds files that containers wrote as another user: "
            f"sudo rm -rf '{paths.home}'"
        )


def _remove_through_engine(paths: Paths) -> None:
    """Files that a container wrote as root in a bind mount: a container may remove them too."""
    docker_host = os.environ.get("DOCKER_HOST") or engine_setup.record(paths).get("docker_host")
    if not docker_host or not Engine(docker_host).answers():
        return
    say("clean", "containers left files of another user; removing them through a container")
    Engine(docker_host).run_once(
        base_image.BASE_IMAGE,
        ["python3", "-c", _REMOVE],
        bind=f"{paths.home}:/docklab-clean",
    )


_REMOVE = """
import os, shutil
for entry in os.scandir("/docklab-clean"):
    if entry.is_dir(follow_symlinks=False):
        shutil.rmtree(entry.path, ignore_errors=True)
    else:
        os.unlink(entry.path)
"""
