"""What the stack file lets pass, what it says in vain, and in which order all is told."""

import random
from dataclasses import replace

import pytest
from unit.policy.cases import container

from policy.judge import UNUSED, Stack, Suppression, is_production, judge
from policy.registry import RULES
from policy.resource import UNKNOWN

REASON = "a lesson about root filesystems"
WEB = replace(container(readOnly=False, privileged=True), name="web", path="C::web")
KEEPER = replace(container(readOnly=False), name="keeper", path="C::keeper")


def stack(*suppressed, production=False):
    return Stack(
        name="s",
        production=production,
        suppressions=tuple(Suppression(rule=r, resource=n, reason=REASON) for r, n in suppressed),
    )


def seen(findings):
    return [(f.severity, f.rule, f.resource) for f in findings]


def test_the_severe_comes_first_then_by_rule_and_resource():
    assert seen(judge([WEB, KEEPER], stack()).findings) == [
        ("high", "privileged-container", "web"),
        ("low", "writable-root", "keeper"),
        ("low", "writable-root", "web"),
    ]


def test_the_order_of_resources_changes_nothing():
    resources = [replace(WEB, name=f"c{i}", path=f"C::c{i}") for i in range(20)]
    mixed = random.Random(1).sample(resources, len(resources))
    assert judge(mixed, stack()) == judge(resources, stack())


def test_a_suppressed_finding_is_told_with_its_reason_and_no_more_among_the_findings():
    judged = judge([WEB, KEEPER], stack(("writable-root", "web")))
    assert seen(judged.findings) == [
        ("high", "privileged-container", "web"),
        ("low", "writable-root", "keeper"),
    ]
    assert [(f.rule, f.resource, reason) for f, reason in judged.suppressed] == [
        ("writable-root", "web", REASON)
    ]
    assert judged.unused == ()


def test_a_finding_that_could_not_be_told_can_be_suppressed_too():
    judged = judge([container(privileged=UNKNOWN)], stack(("privileged-container", "thing")))
    assert judged.findings == ()
    assert [f.certain for f, _ in judged.suppressed] == [False]


@pytest.mark.parametrize(
    ("rule", "resource", "says"),
    [
        (
            "writable-root",
            "kepper",
            "there is no resource kepper; the review prints names such as keeper",
        ),
        (
            "writable-root",
            "binder",
            "there is no resource binder; the review prints names such as binder-container",
        ),
        ("image-by-digest", "w", "there is no resource w; the review prints names such as web"),
        ("data-volume-protected", "web-volume", "there is no resource web-volume; take the entry"),
        ("host-namespace", "web", "host-namespace finds nothing on web; take the entry out"),
        ("writable-rot", "wed", "there is no rule writable-rot; docs/guide/policy.md lists them"),
        (UNUSED, "web", f"there is no rule {UNUSED}; docs/guide/policy.md lists them"),
    ],
)
def test_a_suppression_of_nothing_is_a_finding(rule, resource, says):
    resources = [WEB, KEEPER, replace(container(), name="binder-container", path="C::binder")]
    judged = judge(resources, stack((rule, resource)))
    assert seen(judged.unused) == [("low", UNUSED, resource)]
    message = judged.unused[0].message
    assert message.startswith(f"lab.policy.suppress: {says}")
    assert ("take the entry out" in message) == (";" not in says or "take the" in says)
    assert len(judged.findings) == 3


def test_a_suppression_for_production_is_in_vain_elsewhere():
    said = ("image-by-digest", "thing")
    image = container(image="python:3.11")
    assert judge([image], stack(said, production=True)).unused == ()
    assert len(judge([image], stack(said)).unused) == 1


def test_nothing_to_judge_is_nothing_found():
    judged = judge([], stack())
    assert (judged.findings, judged.suppressed, judged.unused) == ((), (), ())


def test_the_stack_named_prod_is_production_unless_the_stack_file_says_otherwise():
    assert [
        is_production(said, name) for said in (None, True, False) for name in ("prod", "dev")
    ] == [
        *(True, False),
        *(True, True),
        *(False, False),
    ]


def test_the_registry_cannot_be_changed_and_its_ids_are_apart():
    assert list(RULES) == sorted({rule.id for rule in RULES.values()})
    assert UNUSED not in RULES
    with pytest.raises(TypeError):
        RULES["mine"] = RULES["host-namespace"]  # type: ignore[index]
