"""Mistakes in the lab, the environment and the passphrase: told in sentences, nothing touched."""

from __future__ import annotations

import pytest
from e2e.harness import PASSPHRASE, Lab, Run

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def refused(lab: Lab, run: Run) -> Run:
    assert run.code != 0
    assert "Traceback" not in run.text, run.text
    assert lab.things().nothing()
    return run


def test_an_unknown_key_is_named_with_what_was_meant(lab: Lab) -> None:
    lab.write(lab.small(one={"memry": "64MiB"}))
    run = refused(lab, lab.verb("up"))
    assert run.said("lab.containers.one.memry: is not a setting here; did you mean memory?")


def test_a_missing_stack_is_told_with_those_that_exist(lab: Lab) -> None:
    run = refused(lab, lab.verb("up", stack="nowhere"))
    assert run.said("there is no stack 'nowhere'", "Stacks with a file:", "local")


def test_a_docker_context_is_refused(lab: Lab) -> None:
    lab.write(lab.small())
    run = refused(lab, lab.verb("up", DOCKER_CONTEXT="elsewhere"))
    assert run.said("DOCKER_CONTEXT is set", "unset DOCKER_CONTEXT")


def test_an_engine_that_does_not_answer_is_named(lab: Lab) -> None:
    lab.write(lab.small())
    address = f"unix://{lab.home}/no.sock"
    run = refused(lab, lab.verb("up", DOCKER_HOST=address))
    assert run.said(f"no Docker engine answers at {address}", "start it")


def test_a_wrong_passphrase_is_said_with_the_way_out(lab: Lab) -> None:
    lab.write(lab.small())
    assert lab.verb("preview").code == 0
    run = refused(lab, lab.verb("up", **{PASSPHRASE: "wrong"}))
    assert run.said(
        f"The passphrase in the variable {PASSPHRASE} does not open the state of stack {lab.stack}",
        "Nothing was changed.",
    )
