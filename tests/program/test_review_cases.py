"""Changes that a reviewer must see marked and explained, and changes that must not cry wolf."""

from dataclasses import replace
from functools import lru_cache

import pytest
from aws_values import AMI, RSA
from program.seeded.harmless import BEFORE, HARMLESS
from program.seeded.hidden import BEFORE as BEFORE_HIDDEN
from program.seeded.hidden import HIDDEN
from program.seeded.in_the_program import IN_THE_PROGRAM
from program.seeded.made_and_gone import ADDED, REMOVED
from program.seeded.risky import RISKY, renamed_volume
from unit.review.lab_files import recorded

from review.comparison import compared
from review.difference import refused
from review.page.build import Pictures, page
from review.recorder import Refused
from review.risks import risks
from review.written import snapshot

# What the tracked stacks leave to their user: a lab with a gap was never up, and loses nothing.
_OF_AWS = [("host.admin_cidr", "198.51.100.9/32"), ("host.public_key", RSA)]
FILLED = {
    "dev": [*_OF_AWS, ("host.ami", AMI)],
    "lightsail": _OF_AWS,
    "prod": [*_OF_AWS, ("host.ami", AMI), ("images.base.digest", f"sha256:{'d' * 64}")],
}


def declared(stack, *changes):
    return snapshot(recorded(stack, *FILLED.get(stack, ()), *changes))


@lru_cache
def base(stack):
    return declared(stack)


def marks(found):
    return {risk.mark for risk in risks(found)}


def after(stack, changes, before=()):
    then = declared(stack, *before) if before else base(stack)
    try:
        return compared(then, declared(stack, *before, *changes))
    except Refused as error:
        return refused(stack, str(error))


CASES = {**RISKY, **HIDDEN}


@pytest.mark.parametrize("name", CASES)
def test_a_risky_change_is_marked_and_explained(name):
    stack, changes, expected, words = CASES[name]
    found = after(stack, changes, BEFORE_HIDDEN.get(name, ()))
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


@pytest.mark.parametrize("name", ADDED)
def test_what_the_program_makes_and_nobody_judges_is_said_to_be_so(name):
    stack, one, expected, words = ADDED[name]
    then = base(stack)
    found = compared(then, replace(then, resources=(*then.resources, one)))
    text = page([found], "main", Pictures())
    assert expected <= marks(found)
    plain = text.replace("\\", "").replace("`", "")
    assert [word for word in words if word not in plain] == []


@pytest.mark.parametrize("one", REMOVED, ids=lambda one: one.type)
def test_what_is_deleted_and_not_known_may_hold_data(one):
    now = base("prod")
    found = compared(replace(now, resources=(*now.resources, one)), now)
    assert marks(found) == {"NOT JUDGED"}
    assert "whether data goes with it is not known" in page([found], "main", Pictures())


def test_a_new_stack_is_marked_for_what_it_opens_beyond_itself():
    changes = [
        ("containers.web.ports", [{"host": 8080, "container": 80, "address": "10.0.0.5"}]),
        ("containers.web.binds", [{"source": "/srv/payroll", "target": "/p", "mode": "rw"}]),
        ("verification", {"enabled": False}),
    ]
    found = compared(None, snapshot(recorded("local", *changes)))
    told = " ".join(risk.text for risk in risks(found) if risk.mark == "OPENS")
    assert "web 10.0.0.5:8080/tcp leads to its port 80" in told
    assert "web writes folder /srv/payroll of the machine" in told
    assert "nothing is verified" in told
    assert "reaches keeper" not in told


@pytest.mark.parametrize("stack", FILLED)
def test_whoever_fills_in_what_is_left_to_him_loses_nothing(stack):
    found = compared(snapshot(recorded(stack)), base(stack))
    assert marks(found) <= {"OPENS"}
    assert all("198.51.100.9/32" in r.text or "may log in" in r.text for r in risks(found))


def test_words_like_a_gap_hide_nothing_of_a_lab_that_may_well_be_up():
    before = [
        ("containers.keeper.command", ["echo", "<its digest>"]),
        ("containers.keeper.environment", {"OWNER": "<your public key>"}),
    ]
    found = after("local", [("containers.keeper.command", ["echo", "x"])], before)
    assert marks(found) == {"OTHER COMMAND"}
    assert "DATA LOSS" in marks(after("local", renamed_volume(), before))


def test_a_stack_of_production_from_now_on_has_no_new_findings():
    found = after("local", [("policy.production", True)])
    assert risks(found) == ()
    assert [row.text for row in found.added] == ["is judged by the rules for production, too"]


def test_of_a_machine_that_goes_nothing_is_said_to_miss_it():
    found = after("dev", [("host", {"kind": "local"})])
    assert "DATA LOSS" in marks(found)
    assert not [risk for risk in risks(found) if "deleted_with" in risk.text]


def test_what_a_stack_may_lose_is_said_to_be_refused_by_no_run():
    changes = [*renamed_volume(), ("allow_data_loss", ["data"])]
    [lost] = [risk.text for risk in risks(after("local", changes)) if risk.mark == "DATA LOSS"]
    assert "as allow_data_loss names it, no run refuses that" in lost


def test_of_a_stack_that_goes_nothing_is_called_closed_or_deleted():
    found = compared(base("prod"), None)
    text = page([found], "main", Pictures())
    assert marks(found) == {"STACK REMOVED"}
    assert "| prod (removed) | 0 | 0 | 0 | 0 | 0 | 1 |" in text
    assert "closes" not in text


def test_findings_that_nobody_looks_for_any_more_are_not_fixed():
    changes = [("policy.production", False), ("protect_data", False)]
    assert after("prod", changes).fixed == ()


def test_another_secret_for_a_container_is_marked():
    secrets = {"low": {"secure": "v1:x:y"}, "admin": {"secure": "v1:x:z"}}
    before, now = (
        snapshot(recorded("local", ("containers.web.secret_environment", {"DB": key}), **secrets))
        for key in secrets
    )
    [risk] = risks(compared(before, now))
    assert (risk.mark, risk.text) == (
        "OTHER SECRET",
        "web-container: envs[DB] is another secret",
    )


def test_a_secret_that_stands_in_plain_text_now_is_marked():
    kept = [("containers.web.secret_environment", {"DB": "db"})]
    before = snapshot(recorded("local", *kept, db={"secure": "v1:x:y"}))
    now = snapshot(recorded("local", ("containers.web.environment", {"DB": "sqlite"})))
    found = compared(before, now)
    assert "IN PLAIN TEXT" in marks(found)
    assert risks(compared(before, base("local"))) == ()


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_change_is_seen_and_not_marked(name):
    stack, changes = HARMLESS[name]
    before = declared(stack, *BEFORE.get(name, []))
    found = compared(before, declared(stack, *changes))
    assert found.status == "changed"
    assert found.changes
    assert risks(found) == ()


@pytest.mark.parametrize("stack", ["local", "dev", "prod", "lightsail"])
def test_no_change_is_no_difference(stack):
    found = compared(base(stack), declared(stack))
    assert (found.status, risks(found)) == ("same", ())
    assert "no stack changes" in page([found], "main", Pictures())


def test_there_are_enough_of_them():
    assert len(CASES) + len(IN_THE_PROGRAM) >= 20
    assert len(HARMLESS) >= 10
