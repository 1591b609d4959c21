"""The rules through the real CLI: a lab that breaks one is refused before anything is touched."""

from __future__ import annotations

import re
import secrets
from typing import Any

import pytest
from e2e.cloning import commit
from e2e.harness import Lab, NewLab, Run, Started

from policy.judge import Judged, Stack, judge
from policy.registry import RULES
from review.recorder import record
from review.stacks import read

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

REASON = "the lesson is what a container sees on the machine's network"
SHARED: dict[str, Any] = {
    "network_mode": "host",
    "networks": {},
    "allow_shared_namespaces": ["net"],
}
SUPPRESSED = {"rule": "host-namespace", "resource": "two-container", "reason": REASON}
_FOUND = re.compile(r"- \[(mandatory|advisory)\].*?  ([a-z-]+)  \(\S+ ([\w-]+)\)")


@pytest.fixture(scope="module")
def lab(new_lab: NewLab, plain: str) -> Lab:
    """A clone with the pack's environment, made as a user makes it."""
    made = new_lab(plain)
    ready = made.verb("setup", "--with-policy")
    assert ready.code == 0, ready.text
    return made


def judged(lab: Lab, wanted: dict[str, Any], **more: str) -> Run:
    """The preview under the pack, which touches nothing."""
    lab.write(wanted)
    run = lab.verb("preview", "--policy-pack", "policy", **more)
    assert "Traceback" not in run.text, run.text
    assert lab.things().nothing()
    return run


def found(run: Run) -> set[tuple[str, str, str]]:
    """What the pack reports: level, policy and resource."""
    return {(m[1], m[2], m[3]) for m in _FOUND.finditer(run.text)}


def by_judge(lab: Lab) -> Judged:
    """What the offline review finds on the same stack file."""
    recorded = record(read(lab.stack, lab.root))
    return judge(recorded.resources, Stack(name=lab.stack, production=False))


def test_a_lab_that_keeps_the_rules_passes_without_a_word(lab: Lab) -> None:
    run = judged(lab, lab.small())
    assert run.code == 0, run.text
    assert run.said("docklab@v0.0.1 (local: policy)")
    assert found(run) == set()
    assert by_judge(lab).findings == ()


def test_a_lab_that_breaks_a_rule_is_refused_with_the_reason_and_the_way_out(lab: Lab) -> None:
    run = judged(lab, lab.small(two=SHARED))
    assert run.code != 0
    assert ("mandatory", "host-namespace", "two-container") in found(run)
    rule = RULES["host-namespace"]
    assert run.said("networkMode is host", f"Why: {rule.reason}", f"Way out: {rule.remedy}")
    assert run.said("[{rule: host-namespace, resource: two-container, reason: ...}]")


def test_a_suppression_with_a_reason_lets_it_pass_and_is_shown(lab: Lab) -> None:
    wanted = {**lab.small(two=SHARED), "policy": {"suppress": [SUPPRESSED]}}
    run = judged(lab, wanted)
    assert run.code == 0, run.text
    assert found(run) == {("advisory", "suppressed", "two-container")}
    assert run.said("host-namespace: networkMode is host", f"Let pass by the stack file: {REASON}")


def test_a_suppression_of_nothing_is_said(lab: Lab) -> None:
    run = judged(lab, {**lab.small(), "policy": {"suppress": [SUPPRESSED]}})
    assert run.code == 0, run.text
    assert run.said("unused-suppression", "host-namespace finds nothing on two-container")


def test_a_stack_of_production_is_judged_by_the_rules_for_production(lab: Lab) -> None:
    run = judged(lab, {**lab.small(), "policy": {"production": True}})
    assert run.code != 0
    assert found(run) == {
        ("mandatory", "image-by-digest", "base-image"),
        ("mandatory", "data-volume-protected", f"{lab.volume}-volume"),
    }


def test_the_pack_and_the_offline_review_find_the_same(lab: Lab) -> None:
    ports = [{"host": 18080, "container": 80, "address": "0.0.0.0"}]
    run = judged(
        lab,
        lab.small(
            one={"ports": ports, "capabilities": ["NET_RAW", "NET_ADMIN"], "memory": "32MiB"},
            two={**SHARED, "environment": {"API_TOKEN": "in-plain-sight"}},
            three={
                "read_only_root": False,
                "binds": [{"source": "/etc/hostname", "target": "/x", "mode": "rw"}],
            },
        ),
    )
    findings = by_judge(lab).findings
    assert len({one.rule for one in findings}) >= 8
    assert found(run) == {
        ("mandatory" if one.severity == "high" else "advisory", one.rule, one.resource)
        for one in findings
    }
    assert run.said("the variable API_TOKEN has its value in plain text")
    assert "in-plain-sight" not in run.text


def test_a_secret_of_the_lab_is_neither_called_a_literal_nor_printed(lab: Lab) -> None:
    canary = f"canary-{secrets.token_hex(16)}"
    lab.write(lab.small(one={"secret_environment": {"TOKEN": "token"}}))
    # Not lab.pulumi(): this command is there to change the clone.
    script = 'eval "$("$0" -m toolchain env)"; exec pulumi config set --secret token --stack "$1"'
    argv = ["sh", "-c", script, str(lab.home / "venv" / "bin" / "python"), lab.stack]
    kept = Started(argv, lab.root, lab.environment(), canary).end()
    assert kept.code == 0, kept.text
    commit(lab.root)
    run = lab.verb("preview", "--policy-pack", "policy", "--diff")
    assert run.code == 0, run.text
    assert run.said("docklab|local|policy")
    assert "[mandatory]" not in run.text
    assert "[advisory]" not in run.text
    assert canary not in run.text
