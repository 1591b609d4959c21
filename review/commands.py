"""The verbs: they read the checkout, write files and print; what is decided elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from review import written
from review.against import against
from review.base import BaseError, base_of, commit_of, edited_since, has_uncommitted, tracked_stacks
from review.checkout import why_not
from review.page.build import Head, is_risky, page
from review.recorder import Refused
from review.stacks import ROOT, StackFileError, is_name, misnamed, names
from review.stacks import path as stack_path

RISKY, USAGE = 1, 2


def write(root: Path = ROOT, tracked: bool = False) -> int:
    """Every stack that the program takes; a stack that it refuses keeps its text, and with
    `tracked` each whose file git does not know.
    """
    if problem := why_not(root):
        return _cannot(problem)
    try:
        ours = tracked_stacks(root) if tracked else set(names(root))
    except BaseError as error:
        return _cannot(str(error))
    others = [name for name in names(root) if name not in ours]
    wanted, refused = _render(root, others)
    changed = written.stale(wanted, written.committed(root))
    kept = tuple(f"{written.FOLDER}/{name}/" for name in (*refused, *others))
    made = [path for path in changed if path in wanted]
    gone = [path for path in changed if path not in wanted and not path.startswith(kept)]
    for path in made:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(wanted[path], encoding="utf-8")
    for path in gone:
        _remove(root / path)
    taken = f", {len(gone)} taken away" if gone else ""
    print(f"review: {_count(len(made), 'file')} of {written.FOLDER} written anew{taken}")
    strange = [] if tracked and all(map(is_name, ours)) else misnamed(root)
    return _tell(refused, strange)


def check(root: Path = ROOT) -> int:
    if problem := why_not(root):
        return _cannot(problem)
    wanted, refused = _render(root)
    kept = tuple(f"{written.FOLDER}/{name}/" for name in refused)
    wrong = {
        path: why
        for path, why in written.stale(wanted, written.committed(root)).items()
        if not (kept and path.startswith(kept))
    }
    for path, why in wrong.items():
        print(f"{path}: {why}", file=sys.stderr)
    if wrong:
        print("Way out: `make review` writes it; then commit what changed.", file=sys.stderr)
    elif not refused and not misnamed(root):
        print(f"review: {written.FOLDER} is what the program gives, for {', '.join(names(root))}")
    return _tell(refused, misnamed(root)) or (RISKY if wrong else 0)


def _cannot(problem: str) -> int:
    print(f"review: {problem}", file=sys.stderr)
    return USAGE


def _render(root: Path, but: Sequence[str] = ()) -> tuple[dict[str, str], dict[str, str]]:
    """(text by path, complaint by stack, which names the file)."""
    wanted: dict[str, str] = {}
    refused: dict[str, str] = {}
    for name in names(root):
        if name in but:
            continue
        try:
            wanted |= written.rendered([name], root)
        except Refused as error:
            refused[name] = f"{stack_path(name)}: {error}"
        except StackFileError as error:
            refused[name] = str(error)
    return wanted, refused


def _tell(refused: Mapping[str, str], misnamed: Sequence[str]) -> int:
    complaints = [*misnamed, *refused.values()]
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return RISKY if complaints else 0


def _remove(file: Path) -> None:
    file.unlink()
    if not any(file.parent.iterdir()):
        file.parent.rmdir()


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def diff(ref: str, out: str | None, root: Path = ROOT, at: str = "HEAD") -> int:
    """0: nothing risky. 1: something is. 2: there is nothing to compare with.

    `at` is the commit that the page names; where a runner has merged it, it is not HEAD.
    """
    if problem := why_not(root):
        return _cannot(problem)
    try:
        base = base_of(ref, root)
        edited = edited_since(base, root)
        head = Head(commit=commit_of(at, root)[:12], is_dirty=has_uncommitted(root))
    except BaseError as error:
        return _cannot(str(error))
    found, pictures = against(base, root)
    text = page(found, f"{ref} ({base.commit[:12]})", pictures, edited, head=head)
    if out is None:
        print(text, end="")
    else:
        Path(out).write_text(text, encoding="utf-8")
    return RISKY if is_risky(found, edited) else 0
