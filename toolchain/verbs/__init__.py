"""The verbs a user types (`make up`, `make down`, ...), as `python -m toolchain <verb>`. Not how
the parts get here."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import NamedTuple

from toolchain.verbs.errors import VerbError

_SETUP_VERBS = ("setup", "doctor", "env")  # toolchain.__main__ answers these itself
VERBS = (
    *("up", "preview", "refresh", "verify", "report", "down", "backup", "restore", "pin"),
    *("clean", "stacks", "test"),
)
# Where each verb is; only that module is loaded, for some bring much along.
_HOME = {
    **{verb: ("up", verb) for verb in ("up", "preview", "refresh", "verify")},
    "report": ("report", "report"),
    "down": ("down", "down"),
    "backup": ("backup.backing_up", "backup"),
    "restore": ("backup.restoring", "restore"),
    "pin": ("pin.pinning", "pin"),
}
_DEFAULT_STACK = "local"
_USAGE = 2


class Request(NamedTuple):
    """A verb, the stack it is for, and what goes to Pulumi as it is."""

    verb: str
    stack: str
    extra: tuple[str, ...]


def parse(argv: Sequence[str]) -> Request:
    """`VERB [--stack NAME] [--] [Pulumi's own arguments]`. Raises VerbError, saying what is
    wrong."""
    if not argv or argv[0] not in VERBS:
        given, known = (argv[0] if argv else "nothing"), ", ".join((*_SETUP_VERBS, *VERBS))
        raise VerbError(f"{given!r} is no verb; there are: {known}", _USAGE)
    extra: list[str] = []
    stack, rest = _DEFAULT_STACK, iter(argv[1:])
    for token in rest:
        name, equals, value = token.partition("=")
        if name in ("--stack", "-s"):
            stack = value if equals else next(rest, "")
            if not stack:
                raise VerbError(f"{name} needs the name of a stack", _USAGE)
        elif token == "--":
            extra += rest
        else:
            extra.append(token)
    if extra and argv[0] in ("clean", "stacks"):
        raise VerbError(f"{argv[0]} takes no arguments, got {' '.join(extra)!r}", _USAGE)
    return Request(argv[0], stack, tuple(extra))


def main(argv: Sequence[str]) -> int:
    """Runs a verb and gives its exit status; what is wrong is said on standard error, in
    sentences."""
    from toolchain.setup.console import SetupError

    try:
        return _run(parse(argv))
    except SetupError as error:
        print(f"docklab: {error}", file=sys.stderr)
        return 1
    except VerbError as error:
        print(f"docklab: {error}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        from toolchain.verbs.messages import interrupted

        request = parse(argv)
        print(f"\n{interrupted(request.verb, request.stack)}", file=sys.stderr)
        return 130


def _run(request: Request) -> int:
    from toolchain.paths import paths

    where = paths()
    if request.verb == "stacks":
        from toolchain.verbs.listing import stacks

        return stacks(where)
    if request.verb == "test":
        from toolchain.verbs.testing import test

        return test(where, request.extra)
    from toolchain.verbs.session import open_session

    if request.verb == "clean":
        from toolchain.verbs import down

        return down.clean(where)
    module, function = _HOME[request.verb]
    verb = getattr(importlib.import_module(f"toolchain.verbs.{module}"), function)
    code: int = verb(open_session(where, request.stack), request.extra)
    return code
