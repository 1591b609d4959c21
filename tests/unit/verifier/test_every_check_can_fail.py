"""The mutation suite kills every check: one that nothing makes fail proves nothing when it passes.

The marks of the engine's tests say what each makes fail, and running them holds them to it
(engine/verifier/conftest.py). Here they are collected without an engine.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from engine.verifier.engine import DOUBTED

from verifier.judge import CHECK_IDS

TESTS = Path(__file__).parents[2]
# Only shown: no verdict rests on them.
SHOWN = frozenset({"net.published"})


def modules() -> Iterator[ModuleType]:
    for file in sorted((TESTS / "engine").rglob("test_*.py")):
        yield importlib.import_module(".".join(file.relative_to(TESTS).with_suffix("").parts))


def marked(name: str) -> set[str]:
    """Arguments of all marks of this name, on tests and on the cases of parametrized ones."""
    found: set[str] = set()
    for module in modules():
        for test in vars(module).values():
            marks = list(getattr(test, "pytestmark", ())) if callable(test) else []
            for mark in list(marks):
                if mark.name == "parametrize":
                    marks += [m for case in mark.args[1] for m in getattr(case, "marks", ())]
            found |= {one for m in marks if getattr(m, "name", "") == name for one in m.args}
    return found


def test_every_check_is_killed_by_a_mutant() -> None:
    alive = CHECK_IDS - DOUBTED - SHOWN - marked("kills")
    assert not alive, f"no mutant makes these fail: {sorted(alive)}"


def test_every_check_of_the_verifiers_own_footing_is_put_in_doubt() -> None:
    assert DOUBTED <= CHECK_IDS
    assert marked("doubts") >= DOUBTED


def test_no_mark_names_a_check_that_there_is_not() -> None:
    assert (marked("kills") | marked("doubts")) <= CHECK_IDS


@pytest.mark.parametrize("check_id", sorted(SHOWN))
def test_what_is_only_shown_is_a_check(check_id: str) -> None:
    assert check_id in CHECK_IDS
