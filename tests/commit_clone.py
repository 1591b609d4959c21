"""A clone to commit in, with one of the two ways of running .ci/pre-commit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PRE_COMMIT = [sys.executable, "-m", "pre_commit"]
MAKE_HOOKS = [sys.executable, "-m", "toolchain.setup.hooks"]


class Done(NamedTuple):
    code: int
    said: str


class Clone(NamedTuple):
    """`home` is its `.docklab/`: never that of this clone, which a setup could make anew."""

    root: Path
    home: Path
    first_on_path: str = ""

    def run(self, *command: str, **more: str) -> Done:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "MAKE"))}
        environment = {
            **kept,
            "PATH": os.pathsep.join(filter(None, (self.first_on_path, kept["PATH"]))),
            "DOCKLAB_HOME": str(self.home),
            "PYTHON": sys.executable,
            "PRE_COMMIT_HOME": str(self.root.parent / "pre-commit"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            **{f"GIT_{who}_NAME": "nobody" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "nobody@localhost" for who in ("AUTHOR", "COMMITTER")},
            **more,
        }
        done = subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )
        return Done(done.returncode, done.stdout + done.stderr)

    def git(self, *words: str) -> str:
        done = self.run("git", *words)
        assert done.code == 0, done.said
        return done.said

    def commit(self, *paths: str) -> Done:
        """Adds `paths` (or all) and commits, hooks and all."""
        self.git("add", "--all", "--", *(paths or (".",)))
        return self.run("git", "commit", "--quiet", "--message", "a change")

    def install(self, way: str) -> None:
        command = [*PRE_COMMIT, "install"] if way == "pre-commit" else MAKE_HOOKS
        done = self.run(*command)
        assert done.code == 0, done.said
