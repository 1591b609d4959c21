"""env.drop on hand-made facts, and giving powers away for real in a child process."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from unit.verifier.facts_of_a_lab import POWERS, failing, lab, report_of, rows

from verifier import libc
from verifier.child import Child
from verifier.held import Held
from verifier.powers import (
    NOBODY,
    SETGID,
    SETUID,
    SYS_PTRACE,
    Powers,
    give_away_all_but,
    only,
)


def judged(steps: Sequence[Held]) -> dict[str, Any]:
    return report_of(replace(lab(), powers=tuple(steps)))


def test_powers_that_are_given_away_in_time_pass() -> None:
    made = judged(POWERS)
    assert made["exit_code"] == 0
    (row,) = rows(made, "env.drop")
    assert [step["held"] for step in row["evidence"]["steps"]] == [
        "SETGID, SETUID, SYS_PTRACE, SYS_ADMIN",
        "SYS_PTRACE, SYS_ADMIN",
        "SYS_PTRACE",
        "none",
    ]
    assert row["evidence"]["root_again"] == "EPERM"


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        ((), "nothing was given away"),
        (POWERS[:1], "nothing was given away"),
        (POWERS[:3], "at the end it still held SYS_PTRACE"),
        ((*POWERS[:3], replace(POWERS[3], surplus=1 << 21)), "after network it still held SYS_A"),
        ((*POWERS[:3], replace(POWERS[3], users=(0, 65534))), "users and groups were 0, 65534"),
        ((*POWERS[:3], replace(POWERS[3], back="it is root again")), "it could be root again"),
    ],
)
def test_powers_that_were_kept_are_a_doubt_with_a_remedy(
    steps: tuple[Held, ...], problem: str
) -> None:
    made = judged(steps)
    assert (made["exit_code"], failing(made, "error")) == (3, {"env.drop"})
    (row,) = rows(made, "env.drop")
    assert problem in row["evidence"]["problem"]
    assert "SETUID, SETGID" in row["remedy"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to have something to give away")
def test_what_is_given_away_is_gone_for_good() -> None:
    def child() -> dict[str, Any]:
        give_away_all_but((SYS_PTRACE,))
        try:
            os.setresuid(0, 0, 0)
            back = "root"
        except PermissionError:
            back = "refused"
        mask = libc.permitted()
        libc.keep_capabilities(0)
        return {"users": os.getresuid(), "groups": os.getgroups(), "mask": mask, "back": back}

    answer = Child(child).answer(10)
    assert answer == {
        "users": [NOBODY] * 3,
        "groups": [],
        "mask": libc.permitted() & 1 << SYS_PTRACE,
        "back": "refused",
    }


def test_powers_that_are_not_the_runs_own_are_kept() -> None:
    before = (os.getresuid(), libc.permitted())
    powers = Powers(real=False)
    powers.keep("files", ())
    assert (os.getresuid(), libc.permitted()) == before
    assert len(powers.steps) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become nobody")
def test_a_child_that_became_nobody_is_ended_at_once_by_a_root_who_may_not_kill() -> None:
    def parent() -> float:
        libc.keep_capabilities(1 << SETUID | 1 << SETGID)
        sleeper = Child(lambda: only((), lambda: time.sleep(20)))
        time.sleep(0.3)
        began = time.monotonic()
        sleeper.stop()
        assert os.geteuid() == 0
        return time.monotonic() - began

    took = Child(parent).answer(30)
    assert isinstance(took, float)
    assert took < 5
