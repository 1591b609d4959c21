"""Writes the launcher's script: what runs when somebody types `pulumi`."""

import os
import shlex
from pathlib import Path

_SCRIPT = """#!/bin/sh
# Runs the real Pulumi CLI; toolchain/verbs/launcher says what it adds, and why.
exec {python} -I -S -B -c 'import sys
sys.path.insert(0, sys.argv.pop(1))
from toolchain.verbs.launcher.run import main
main(sys.argv[1:])' {root} {real} {shadow} "$@"
"""


def script(python: Path, root: Path, real_cli: Path, stacks: Path) -> str:
    """The launcher's text. Paths may hold spaces; an interpreter line (#!) may not, hence sh."""
    quoted = {
        "python": python,
        "root": root,
        "real": real_cli,
        "shadow": stacks,
    }
    return _SCRIPT.format(**{name: shlex.quote(str(path)) for name, path in quoted.items()})


def write(target: Path, *, python: Path, root: Path, real_cli: Path, stacks: Path) -> None:
    """Writes the launcher to target, whole or not at all.

    Raises ValueError when real_cli is the launcher itself, which would run itself for ever.
    """
    if real_cli.resolve() == target.resolve():
        raise ValueError(f"{real_cli} is the launcher itself, not the Pulumi CLI")
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f"{target.name}.{os.getpid()}")
    temporary.write_text(script(python, root, real_cli, stacks), encoding="utf-8")
    temporary.chmod(0o755)
    temporary.replace(target)
