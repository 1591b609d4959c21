"""Every rule finds what it is about, and nothing else."""

import re

import pytest
from unit.policy.cases import ALWAYS_TELL, BREAKS, CANNOT_TELL, KEEPS, SOUND, ingress, sound

from policy import kinds
from policy.judge import Stack, findings
from policy.registry import RULES
from policy.resource import UNKNOWN

PRODUCTION = Stack(name="prod", production=True)
ELSEWHERE = Stack(name="dev", production=False)
HELD_ELSEWHERE = [id for id, rule in RULES.items() if not rule.production]


def of(rule, resource, stack=PRODUCTION):
    return [f for f in findings(resource, stack) if f.rule == rule]


def pairs(cases):
    return [
        pytest.param(rule, resource, id=f"{rule}-{i}")
        for rule, resources in cases.items()
        for i, resource in enumerate(resources)
    ]


def test_every_rule_has_a_case_that_breaks_it_and_one_that_keeps_it():
    assert set(BREAKS) == set(RULES)
    assert set(KEEPS) <= set(RULES)
    assert {kind for rule in RULES.values() for kind in rule.types} - set(SOUND) == {
        "aws:iam/rolePolicy:RolePolicy"  # there is none that is sound
    }


@pytest.mark.parametrize(("rule", "resource"), pairs(BREAKS))
def test_what_breaks_a_rule_is_found(rule, resource):
    [first, *_] = of(rule, resource)
    assert first.certain
    assert (first.severity, first.resource) == (RULES[rule].severity, "thing")
    assert first.path == resource.path
    assert len(first.message) > 10


@pytest.mark.parametrize(("rule", "resource"), pairs(KEEPS))
def test_what_comes_close_to_breaking_a_rule_is_not_found(rule, resource):
    assert of(rule, resource) == []


@pytest.mark.parametrize("kind", SOUND)
def test_what_is_sound_keeps_every_rule(kind):
    assert list(findings(sound(kind), PRODUCTION)) == []


def test_every_rule_that_can_meet_an_unknown_value_has_a_case_of_it():
    assert set(CANNOT_TELL) | ALWAYS_TELL == set(RULES)
    assert not set(CANNOT_TELL) & ALWAYS_TELL


@pytest.mark.parametrize(("rule", "resource"), CANNOT_TELL.items(), ids=list(CANNOT_TELL))
def test_a_value_that_is_not_known_is_a_finding_and_a_step_less_severe(rule, resource):
    found = of(rule, resource)
    assert [f.certain for f in found] == [False]
    assert found[0].message.startswith("cannot tell: ")
    assert "is known only in a run" in found[0].message
    assert found[0].severity == {"high": "medium"}.get(RULES[rule].severity, "low")


@pytest.mark.parametrize("rule", [id for id, rule in RULES.items() if rule.production])
def test_a_rule_for_production_holds_nowhere_else(rule):
    assert all(of(rule, resource, ELSEWHERE) == [] for resource in BREAKS[rule])


@pytest.mark.parametrize("rule", HELD_ELSEWHERE)
def test_the_other_rules_hold_everywhere(rule):
    assert all(of(rule, resource, ELSEWHERE) for resource in BREAKS[rule])


@pytest.mark.parametrize("id", RULES)
def test_a_rule_says_what_why_and_what_to_do(id):
    rule = RULES[id]
    assert rule.id == id
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", id)
    assert min(len(rule.title), len(rule.reason), len(rule.remedy)) > 10
    assert not any(text.endswith(".") for text in (rule.title, rule.reason, rule.remedy))


@pytest.mark.parametrize(
    "resource",
    [
        sound(kinds.INGRESS_RULE, cidrIpv4=UNKNOWN, cidrIpv6="::/0"),
        ingress(UNKNOWN, "0.0.0.0/0"),
        sound(kinds.SECURITY_GROUP, ingress=[{"cidrBlocks": UNKNOWN, "ipv6CidrBlocks": ["::/0"]}]),
        sound(kinds.SECURITY_GROUP, ingress=[UNKNOWN, {"cidrBlocks": ["0.0.0.0/0"]}]),
        sound(kinds.PUBLIC_PORTS, portInfos=[{"cidrs": UNKNOWN, "ipv6Cidrs": ["::/0"]}]),
    ],
)
def test_a_range_that_is_not_known_hides_no_other(resource):
    assert {f.certain for f in of("ingress-from-the-world", resource)} == {True, False}


def test_a_prefix_list_that_only_aws_knows_is_not_called_sound():
    [found] = of("ingress-from-the-world", ingress(prefixListIds=["pl-0123"]))
    assert not found.certain
    assert "pl-0123" in found.message


def test_ssh_is_named_where_the_open_ports_hold_it():
    messages = [
        of("ingress-from-the-world", ingress("0.0.0.0/0", fromPort=first, toPort=last))[0].message
        for first, last in ((22, 22), (1, 1000), (80, 80))
    ]
    assert messages == [
        "tcp 22 (ssh) is open to 0.0.0.0/0",
        "tcp 1-1000 (ssh) is open to 0.0.0.0/0",
        "tcp 80 is open to 0.0.0.0/0",
    ]


def test_no_finding_shows_the_value_of_a_secret():
    for resource in BREAKS["literal-secret"]:
        for found in findings(resource, PRODUCTION):
            assert "hunter22" not in found.message
            assert "BEGIN" not in found.message
