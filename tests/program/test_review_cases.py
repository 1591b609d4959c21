"""Changes that a reviewer must see marked and explained, and changes that must not cry wolf."""

from dataclasses import replace
from functools import lru_cache

import pytest
from program.seeded.harmless import BEFORE, HARMLESS
from program.seeded.in_the_program import IN_THE_PROGRAM
from program.seeded.risky import RISKY
from unit.review.lab_files import recorded

from review.difference import compared, refused, risks
from review.page.build import Pictures, page
from review.recorder import Refused
from review.written import snapshot


@lru_cache
def base(stack):
    return snapshot(recorded(stack))


def marks(found):
    return {risk.mark for risk in risks(found)}


def after(stack, changes):
    try:
        return compared(base(stack), snapshot(recorded(stack, *changes)))
    except Refused as error:
        return refused(stack, str(error))


@pytest.mark.parametrize("name", RISKY)
def test_a_risky_change_is_marked_and_explained(name):
    stack, changes, expected, words = RISKY[name]
    found = after(stack, changes)
    text = page([found], "main", Pictures())
    assert expected <= marks(found)
    assert [word for word in words if word.lower() not in text.lower().replace("\\", "")] == []
    assert all(risk.text for risk in risks(found))


@pytest.mark.parametrize("name", IN_THE_PROGRAM)
def test_a_risky_change_of_the_program_is_marked_and_explained(name):
    stack, edit, expected, words = IN_THE_PROGRAM[name]
    then = base(stack)
    now = replace(then, resources=tuple(edit(one) for one in then.resources))
    assert now != then
    found = compared(then, now)
    text = page([found], "main", Pictures())
    assert expected <= marks(found)
    assert [word for word in words if word not in text.replace("\\", "")] == []


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_change_is_seen_and_not_marked(name):
    stack, changes = HARMLESS[name]
    before = snapshot(recorded(stack, *BEFORE.get(name, [])))
    found = compared(before, snapshot(recorded(stack, *changes)))
    assert found.status == "changed"
    assert found.changes
    assert risks(found) == ()


@pytest.mark.parametrize("stack", ["local", "dev", "prod", "lightsail"])
def test_no_change_is_no_difference(stack):
    found = compared(base(stack), snapshot(recorded(stack)))
    assert (found.status, risks(found)) == ("same", ())
    assert "no stack changes" in page([found], "main", Pictures())


def test_there_are_enough_of_them():
    assert len(RISKY) + len(IN_THE_PROGRAM) >= 20
    assert len(HARMLESS) >= 10
