"""`make hooks`: a git hook that runs .ci/pre-commit, for those who do not have pre-commit.

It never touches a hook of the user's own, nor git's configuration.
"""

from __future__ import annotations

import sys
from pathlib import Path

from toolchain.paths import paths
from toolchain.setup.console import SetupError, run, say

PART = "hooks"
SCRIPT = ".ci/pre-commit"
TEXT = f"""#!/bin/sh
# Made by docklab's `make hooks`; remove this file to be rid of it.
cd "$(git rev-parse --show-toplevel)" || exit
[ ! -x {SCRIPT} ] || exec {SCRIPT}
"""


def refusal(hook: Path, present: str | None, own: bool) -> str | None:
    """Why the hook is not written, or None. `present`: its text, where there is one.

    `own`: the file would be in this repository's .git.
    """
    if not own:
        return (
            f"git's core.hooksPath leads to {hook.parent}, out of this clone's .git. Way out: let "
            f"the pre-commit hook there run {SCRIPT}"
        )
    if present not in (None, TEXT):
        return f"{hook} is there and not ours. Way out: let it run {SCRIPT} as well"
    return None


def install(root: Path) -> None:
    """Writes the hook. Raises SetupError."""
    hook = _git_path(root, "--git-path", "hooks") / "pre-commit"
    own = hook.is_relative_to(_git_path(root, "--git-common-dir"))
    present = _text(hook) if hook.exists() or hook.is_symlink() else None
    if problem := refusal(hook, present, own):
        raise SetupError(problem)
    hook.parent.mkdir(parents=True, exist_ok=True)
    hook.write_text(TEXT, encoding="utf-8")
    hook.chmod(0o755)
    say(PART, f"commits now bring review/stacks up to date: {hook}")


def _text(hook: Path) -> str:
    try:
        return hook.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:  # a link that leads nowhere
        return ""


def _git_path(root: Path, *question: str) -> Path:
    said = run(["git", "-C", root, "rev-parse", *question])
    return (root / said.removesuffix("\n")).resolve()


def main() -> int:
    try:
        install(paths().root)
    except SetupError as error:
        print(f"docklab: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
