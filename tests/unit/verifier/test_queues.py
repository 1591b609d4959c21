"""A message queue made in each container, judged by who saw it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from unit.verifier.facts_of_a_lab import failing, lab, report_of, rows

from verifier.facts import Unread
from verifier.queues import HOST, as_facts


def test_a_child_that_did_not_answer_leaves_every_queue_unread() -> None:
    assert as_facts(Unread("deadline"), ["a"]) == {"a": Unread("deadline")}
    assert as_facts({"b": ["b"]}, ["a", "b"]) == {"a": Unread("no answer"), "b": ("b",)}
    assert as_facts({"a": "EPERM"}, ["a"]) == {"a": Unread("EPERM")}


@pytest.mark.parametrize(
    ("seen", "code"),
    [(("c1",), 0), (("c1", "c2"), 1), (("c1", HOST), 1), (("c2",), 1), ((), 3)],
)
def test_a_queue_must_be_seen_where_it_was_made_and_nowhere_else(
    seen: tuple[str, ...], code: int
) -> None:
    made = report_of(replace(lab(), queues={"c1": seen, "c2": ("c2",)}))
    assert made["exit_code"] == code
    assert failing(made) == ({"ipc.sysv"} if code == 1 else set())


def test_a_queue_that_could_not_be_made_is_an_error() -> None:
    made = report_of(replace(lab(), queues={"c1": Unread("EPERM"), "c2": ("c2",)}))
    assert made["exit_code"] == 3
    assert "SYS_ADMIN" in str(rows(made, "ipc.sysv"))
