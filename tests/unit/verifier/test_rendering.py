"""The plain-text report: what a person reads."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from unit.verifier.facts_of_a_lab import (
    HOST,
    VALIDATOR,
    lab,
    report_of,
    spec_for,
    target,
    with_ns,
)

from verifier.render import NAMESPACES, render
from verifier.report import failed

EMPTY: dict[str, Any] = failed("bad_spec", "m", "r", "", "")


def test_an_isolated_lab_is_a_table_and_a_verdict_with_how_one_knows() -> None:
    lines = render(report_of(lab())).splitlines()
    assert lines[0].split() == ["container", *(name.upper() for name in NAMESPACES)]
    assert lines[1].split() == ["c1", *["isolated"] * 8]
    assert "verdict: ISOLATED" in lines
    assert lines[-1] == "  see it yourself, as root: readlink /proc/1001/ns/net /proc/501/ns/net"


def test_a_failure_shows_claim_evidence_and_remedy() -> None:
    text = render(report_of(lab(target(1), with_ns(target(2), "ipc", HOST["ipc"]))))
    assert "shared with host" in text
    assert (
        "FAILED  ipc.host  c2\n"
        "  claim     ipc of c2 is not the host's\n"
        "  evidence  ns ipc:[101], host ipc:[101]\n"
        "  remedy    remove `ipc_mode: host` from c2 in the lab file\n"
    ) in text
    assert "verdict: NOT ISOLATED" in text


def test_containers_that_share_name_each_other() -> None:
    facts = lab(target(1), with_ns(target(2), "net", target(1).ns["net"]))
    assert "shared with c2" in render(report_of(facts))
    allowed = spec_for(facts, allow_shared=frozenset({("net", "c1", "c2")}))
    assert "shared with c2 (allowed)" in render(report_of(facts, allowed))


def test_a_namespace_that_is_not_required_is_called_so_and_says_why() -> None:
    shared = [with_ns(target(n), "cgroup", HOST["cgroup"]) for n in (1, 2)]
    text = render(report_of(lab(*shared, with_ns(target(3), "cgroup", (4, 9)))))
    assert "not required" in text
    assert "CGROUP is not required (auto: required on cgroup v2, this host has hybrid)" in text


def test_nothing_a_terminal_would_obey_gets_through() -> None:
    hostile = "\x1b]0;x\x07\r\n\u202e\ud800verdict: ISOLATED"
    made = failed("bad_spec", hostile, hostile, hostile, "")
    made["checks"][0]["claim"] = hostile
    text = render(made)
    assert all(character.isprintable() or character == "\n" for character in text)
    assert "\nverdict: ISOLATED" not in text


TEXT = st.text(max_size=8)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
CELL = st.fixed_dictionaries(
    {
        "ns": TEXT,
        "required": st.booleans(),
        "state": st.sampled_from(
            ["isolated", "shared_with_host", "shared_with_peer", "unknown", "not_applicable"]
        ),
    },
    optional={"with": st.lists(TEXT, max_size=3), "allowed": st.booleans()},
)
CELLS = st.dictionaries(st.sampled_from(["mnt", "net", "time", "odd"]), CELL, max_size=3)
TARGET = st.fixed_dictionaries(
    {
        "name": TEXT,
        "id": st.just("a" * 64),
        "pid": st.integers(),
        "starttime": st.integers(),
        "ns": CELLS,
    }
)
CHECK = st.fixed_dictionaries(
    {
        "id": TEXT,
        "subject": TEXT,
        "status": st.sampled_from(["pass", "fail", "error", "info", "skipped", "not_applicable"]),
        "claim": TEXT,
        "method": st.sampled_from(["inode", "behaviour", "procfs"]),
        "evidence": st.dictionaries(TEXT, ANY, max_size=3),
        "remedy": TEXT,
    },
    optional={"required": st.booleans(), "control": st.dictionaries(TEXT, ANY, max_size=2)},
)
EXITS = {
    "isolated": 0,
    "not_isolated": 1,
    "bad_spec": 2,
    "inconclusive": 3,
    "internal_error": 4,
}


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(EXITS)),
    st.lists(TARGET, min_size=2, max_size=3),
    st.lists(CHECK, min_size=1, max_size=3),
    st.dictionaries(TEXT, TEXT, max_size=2),
)
def test_no_report_that_the_schema_allows_makes_rendering_crash(
    verdict: str,
    targets: list[dict[str, Any]],
    checks: list[dict[str, Any]],
    reasons: dict[str, str],
) -> None:
    made = {
        **EMPTY,
        "verdict": verdict,
        "exit_code": EXITS[verdict],
        "targets": targets,
        "checks": checks,
        "policy": {"reasons": reasons},
    }
    VALIDATOR.validate(made)
    assert "verdict: " in render(made)


def test_a_report_without_optional_parts_renders() -> None:
    made = {key: value for key, value in EMPTY.items() if key not in ("summary", "spec_sha256")}
    VALIDATOR.validate(made)
    assert "verdict: BAD SPEC" in render(made)
