"""Which checks a test makes fail: `kills` (fail) and `doubts` (error) say it, conftest holds it to.

The unit tests collect the marks: a check that no test can make fail is one that proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet

kills, doubts = pytest.mark.kills, pytest.mark.doubts


def each(table: Mapping[str, tuple[Any, ...]]) -> list[ParameterSet]:
    """The names of a table of mutants; the last of each row are the checks that must fail."""
    return [pytest.param(name, marks=_marks(row[-1])) for name, row in table.items()]


def mutant(*values: Any) -> ParameterSet:
    """Values of one parametrized case; the last are the checks that must fail."""
    return pytest.param(*values, marks=_marks(values[-1]), id=_name(values))


def _marks(failing: Iterable[str]) -> list[pytest.MarkDecorator]:
    ids = sorted(failing)
    return [kills(*ids)] if ids else []


def _name(values: tuple[Any, ...]) -> str:
    """The same in every process: the tests are divided among several by their names."""
    return "-".join(
        repr(sorted(value)) if isinstance(value, set) else repr(value) for value in values
    )
