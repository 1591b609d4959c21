"""`stacks`: which stacks there are and what each holds."""

from __future__ import annotations

from toolchain.paths import Paths
from toolchain.verbs import deployment as state
from toolchain.verbs.errors import VerbError
from toolchain.verbs.session import open_session, stack_files


def stacks(paths: Paths) -> int:
    """Prints a line a stack file: its name, and what the last run left."""
    names = stack_files(paths.root)
    width = max((len(name) for name in names), default=0)
    for name in names:
        print(f"{name:<{width}}  {_condition(paths, name)}")
    return 0


def _condition(paths: Paths, name: str) -> str:
    try:
        found = open_session(paths, name).deployment()
    except VerbError as error:
        return str(error)
    if not found or not state.holds_resources(found):
        return "not up"
    if state.pending_operations(found):
        return "interrupted; `make up` goes on"
    check = state.check(found)
    code = check.exit_code if check else None
    verdict = "isolated" if code == 0 else "not verified" if code is None else "NOT isolated"
    return f"up, {verdict}"
