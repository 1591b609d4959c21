"""A clone of this tree with a `.docklab/` of its own, quickly: the heavy parts are linked.

These are packages, CLI, plugins and base image; state, passphrase and engine are never shared.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from toolchain.paths import Paths, paths

# A clone of another user's is no stranger's here.
_SETTINGS = ("user.name=nobody", "user.email=nobody@localhost", "safe.directory=*")


def run_git(folder: Path, *arguments: str) -> str:
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    done = subprocess.run(
        ["git", *settings, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def commit(folder: Path) -> None:
    run_git(folder, "add", "--all")
    run_git(folder, "commit", "--quiet", "--allow-empty", "--message", "the clone")


def copy_tree(target: Path) -> None:
    """This tree as git has it or would add it, in a repository of one commit."""
    root = paths().root
    names = run_git(root, "ls-files", "-coz", "--exclude-standard").split("\0")
    for name in filter(None, names):
        if (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, target / name)
    run_git(target, "init", "--quiet")
    commit(target)


def furnish(home: Path, source: Paths) -> None:
    """A `.docklab/` that setup finds nearly done: the heavy parts of `source`, linked."""
    (home / "venv").mkdir(parents=True)
    for entry in source.venv.iterdir():
        if entry.is_dir():
            (home / "venv" / entry.name).symlink_to(entry)
        elif entry.name != "docklab.json":
            shutil.copy2(entry, home / "venv")
    stamp = json.loads((source.venv / "docklab.json").read_text())
    (home / "venv" / "docklab.json").write_text(json.dumps({**stamp, "place": str(home / "venv")}))
    for folder in (source.cli, source.cache, source.plugins):
        if folder.is_dir():
            shutil.copytree(folder, home / folder.relative_to(source.home), copy_function=_link)
    record = json.loads((source.home / "cli.json").read_text())
    cli = Path(record["path"])
    if source.home in cli.parents:
        cli = home / cli.relative_to(source.home)
    status = cli.stat()
    signature = f"{cli}:{status.st_mtime_ns}:{status.st_size}"
    (home / "cli.json").write_text(json.dumps({**record, "path": str(cli), "signature": signature}))


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        # Another file system, perhaps one in memory: no place for a copy a clone.
        os.symlink(source, target)


def link_or_copy(source: str, target: str) -> None:
    """The same for who may not follow a link to where the source is."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
