"""The command lines of `backup` and `restore`. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from toolchain.verbs.errors import VerbError

_USAGE = 2
BACKUP = {"--to": "DIR", "--pause": ""}
RESTORE = {"--from": "DIR", "--stop": "", "--overwrite": ""}


class Asked(NamedTuple):
    """folder: "" when none was named; switches: those that were given; volumes: none is all."""

    folder: str
    switches: frozenset[str]
    volumes: tuple[str, ...]


def parse(verb: str, known: Mapping[str, str], extra: Sequence[str]) -> Asked:
    """Raises VerbError, naming what is wrong and what there is."""
    folder, switches, volumes = "", set(), []
    rest = iter(extra)
    for token in rest:
        name, equals, value = token.partition("=")
        if name not in known:
            if token.startswith("-"):
                there_are = ", ".join(f"{key} {what}".strip() for key, what in known.items())
                raise VerbError(f"{verb}: {token!r} is unknown; there are {there_are}", _USAGE)
            volumes.append(token)
        elif known[name]:
            folder = value if equals else next(rest, "")
            if not folder or folder.startswith("-"):
                raise VerbError(f"{verb}: {name} needs the name of a folder", _USAGE)
        elif equals:
            raise VerbError(f"{verb}: {name} takes no value", _USAGE)
        else:
            switches.add(name)
    return Asked(folder, frozenset(switches), tuple(volumes))
