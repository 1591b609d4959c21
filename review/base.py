"""What the base of a pull request has committed: read from git, nothing of it is run."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from review.snapshot import Snapshot, SnapshotError, from_text
from review.stacks import FOLDER as STACKS
from review.stacks import is_name, name_in
from review.written import FOLDER, RESOURCES

# What no run of the program reads; all else is named where a change edits it.
_HARMLESS = (
    *("docs", "tests", "bench", STACKS, FOLDER, "LICENSE", ".gitignore", "*.md"),
    *(".pre-commit-config.yaml", "pyproject.toml"),
)


class BaseError(Exception):
    """The base cannot be compared with: why, and the way out."""


@dataclass(frozen=True, kw_only=True)
class Base:
    """`texts` are the committed resources by stack, `stack_files` the stack files themselves;
    of some of those there may be no text, as of one that the program refused.
    """

    ref: str
    commit: str
    snapshots: Mapping[str, Snapshot]
    texts: Mapping[str, str]
    stack_files: Mapping[str, str]


def base_of(ref: str, root: Path) -> Base:
    """Where HEAD left `ref`, as a pull request compares. Raises BaseError."""
    commit = _merge_base(ref, root)
    files = _git(root, "ls-tree", "-r", "--name-only", "-z", commit, STACKS, FOLDER)
    stack_files: dict[str, str] = {}
    texts: dict[str, str] = {}
    for path in filter(None, files.split("\0")):
        folder, _, file = path.rpartition("/")
        if folder == STACKS and (name := name_in(file)) is not None and is_name(name):
            stack_files[name] = _shown(root, commit, path)
        elif file == RESOURCES and is_name(stack := folder.removeprefix(f"{FOLDER}/")):
            texts[stack] = _shown(root, commit, path)
    if stack_files and not stack_files.keys() & texts.keys():
        name = min(stack_files)
        raise BaseError(
            f"{ref} has {STACKS}/Pulumi.{name}.yaml and no {FOLDER}/{name}/{RESOURCES} to compare "
            f"with; run `make review` on {ref} and commit what it writes"
        )
    snapshots = {
        name: _snapshot(name, text, ref) for name, text in texts.items() if name in stack_files
    }
    return Base(ref=ref, commit=commit, snapshots=snapshots, texts=texts, stack_files=stack_files)


def edited_since(base: Base, root: Path) -> list[str]:
    """Files of the program, and of what runs it, that this checkout has otherwise than the base, or
    alone; their paths are below `root`, as all that git is asked for here.
    """
    wanted = (".", *(f":(exclude){path}" for path in _HARMLESS))
    changed = _git(root, "diff", "--name-only", "--relative", "-z", base.commit, "--", *wanted)
    new = _git(root, "ls-files", "-o", "-z", "--exclude-standard", "--", *wanted)
    return sorted({path for path in (changed + new).split("\0") if path})


def commit_of(ref: str, root: Path) -> str:
    """Raises BaseError."""
    commit = _try(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if commit is None:
        raise BaseError(f"{ref} is no commit of this clone; `git fetch` may bring it")
    return commit.strip()


def tracked_stacks(root: Path) -> set[str]:
    """Whose stack files git knows: committed, or added to be. Raises BaseError."""
    files = _git(root, "ls-files", "-z", "--", STACKS).split("\0")
    found = (name_in(file.removeprefix(f"{STACKS}/")) for file in files)
    return {name for name in found if name is not None}


def has_uncommitted(root: Path) -> bool:
    """Whether anything below `root` is otherwise than at HEAD, or new. Raises BaseError."""
    return bool(_git(root, "status", "--porcelain", "--", "."))


def _shown(root: Path, commit: str, path: str) -> str:
    """The docklab folder may be one in a larger repository: `./` is below the folder."""
    return _git(root, "show", f"{commit}:./{path}")


def _snapshot(name: str, text: str, ref: str) -> Snapshot:
    try:
        return from_text(text, name)
    except SnapshotError as error:
        raise BaseError(
            f"{FOLDER}/{name}/{RESOURCES} of {ref} cannot be read: {error}; run `make review` on "
            f"{ref} and commit what it writes"
        ) from None


def _merge_base(ref: str, root: Path) -> str:
    if not ref:
        raise BaseError("which base? Name one: `make review-diff BASE=origin/main`")
    try:
        _git(root, "rev-parse", "--git-dir")
    except BaseError as error:
        raise BaseError(
            f"{root} is no git checkout to read from, so there is no base to compare with; {error}"
        ) from None
    found = _try(root, "merge-base", commit_of(ref, root), "HEAD")
    if found is None:
        raise BaseError(
            f"{ref} and HEAD have no common ancestor in this clone; a shallow one takes "
            "`git fetch --unshallow`"
        )
    return found.strip()


def _try(root: Path, *arguments: str) -> str | None:
    try:
        return _git(root, *arguments)
    except BaseError:
        return None


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, check=False
        )
    except FileNotFoundError:
        raise BaseError("git is not installed, and the base is read from it") from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise BaseError(f"git {arguments[0]} failed: {said or done.returncode}")
    return done.stdout.decode("utf-8", "replace")
