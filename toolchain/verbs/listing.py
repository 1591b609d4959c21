"""`stacks`: which stacks there are and what each holds."""

from __future__ import annotations

from toolchain.paths import Paths
from toolchain.verbs import deployment as state
from toolchain.verbs import verified
from toolchain.verbs.down import occupied
from toolchain.verbs.errors import VerbError
from toolchain.verbs.session import open_session, stack_files


def stacks(paths: Paths) -> int:
    """Prints a line a stack, by its file or its resources: its name, and what the last run left.

    The engine is not asked, so that this works while it is down.
    """
    session = open_session(paths, "")
    without_file = set(occupied(session)) - set(stack_files(paths.root))
    names = [*stack_files(paths.root), *sorted(without_file)]
    width = max((len(name) for name in names), default=0)
    for name in names:
        lost = f" (stacks/Pulumi.{name}.yaml is gone)" if name in without_file else ""
        print(f"{name:<{width}}  {_condition(paths, name)}{lost}")
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
    check = verified.check(found)
    code = check.exit_code if check else None
    if code is None:
        return "holds resources, not verified"
    return f"up; at the last verification {'isolated' if code == 0 else 'NOT isolated'}"
