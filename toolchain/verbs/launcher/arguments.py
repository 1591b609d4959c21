"""What a `pulumi` command line asks for, as far as the launcher must know. Pure.

Not a full parser of Pulumi's flags: it knows which flags take a value (so that a value is never
taken for a command or a stack) and reads the few that matter here. Unknown flags count as switches.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

_ROOT_VALUES = """
    color cwd memprofilerate otel-traces profiling tracing tracing-header verbose
"""
_COMMAND_VALUES = """
    client config config-file copy-config-from dest exclude exec-agent exec-kind file from
    import-file import-pending-creates message out output override-env page page-size parallel
    parent path plan policy-pack policy-pack-config properties provider replace resource save-plan
    secrets-provider since stack target target-replace teams type
"""
_VALUES = frozenset((_ROOT_VALUES + _COMMAND_VALUES).split())
_NOT_VALUES = {"config": frozenset({"path"})}  # a switch there, a value in `watch`
_OPERATIONS = frozenset(
    ("up", "update", "preview", "pre", "destroy", "down", "dn", "refresh", "import", "watch")
)
_SHORT = {"C": "cwd", "v": "verbose", "s": "stack"}
_SHORT_OPERATION = {"m": "message", "t": "target", "x": "exclude", "p": "parallel", "c": "config"}
_SHORT_IMPORT = {"m": "message", "p": "parallel", "f": "file", "o": "out"}


class Call(NamedTuple):
    """A parsed command line. words: the positional arguments; flags: name to last value ("" for a
    switch); at: index of each word that stands before a `--` in the arguments given."""

    words: tuple[str, ...]
    flags: Mapping[str, str]
    at: tuple[int, ...]

    @property
    def command(self) -> str:
        return self.words[0] if self.words else ""

    @property
    def subcommand(self) -> str:
        return self.words[1] if len(self.words) > 1 else ""


def parse(argv: Sequence[str]) -> Call:
    """Reads the arguments after the program's name. What is wrong with them is Pulumi's to say."""
    words: list[str] = []
    flags: dict[str, str] = {}
    at: list[int] = []
    rest = iter(enumerate(argv))
    for index, token in rest:
        if token == "--":
            words += [word for _, word in rest]
        elif token.startswith("--"):
            name, equals, value = token[2:].partition("=")
            takes = name in _VALUES and name not in _NOT_VALUES.get(words[0] if words else "", ())
            flags[name] = value if equals else (_next(rest) if takes else "")
        elif token.startswith("-") and len(token) > 1:
            _short(token[1:], words[0] if words else "", flags, rest)
        else:
            at.append(index)
            words.append(token)
    return Call(tuple(words), flags, tuple(at))


def _short(cluster: str, command: str, flags: dict[str, str], rest: "enumerate[str]") -> None:
    names = dict(_SHORT)
    if command == "import":
        names |= _SHORT_IMPORT
    elif command in _OPERATIONS:
        names |= _SHORT_OPERATION
    for position, letter in enumerate(cluster):
        name = names.get(letter)
        if name is None:
            flags[f"-{letter}"] = ""
            continue
        value = cluster[position + 1 :]
        flags[name] = value.removeprefix("=") if value else _next(rest)
        return


def _next(rest: "enumerate[str]") -> str:
    return next(rest, (0, ""))[1]
