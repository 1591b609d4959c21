"""NSV_SPEC: what is taken, and how each thing that is wrong is refused."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.verifier.facts_of_a_lab import container_id

from verifier.parse import SpecError, parse

WEB = {"name": "web", "id": container_id(1)}
DB = {"name": "db", "id": container_id(2)}
PORT = {
    "container": "web",
    "address": "127.0.0.1",
    "port": 8080,
    "container_port": 80,
    "protocol": "tcp",
}


def text(**changes: Any) -> str:
    return json.dumps({"run_id": "run-1", "containers": [WEB, DB], **changes})


def with_volume(**changes: Any) -> str:
    volume = {"path": "/data", "mode": "ro", "key": "data", **changes}
    return text(containers=[{**WEB, "volumes": [volume]}, DB])


def test_a_whole_spec_is_taken_as_it_is_written() -> None:
    spec = parse(
        text(
            containers=[
                {
                    **WEB,
                    "networks": ["front"],
                    "volumes": [{"path": "/data", "mode": "rw", "key": "data"}],
                },
                DB,
            ],
            allow_shared=[["net", "web", "db"]],
            dns_networks=["front"],
            icc_false=[],
            internal=["back"],
            egress=["192.0.2.1:443"],
            published=[PORT],
            require={"user": True, "cgroup": False, "time": "auto"},
            deadline_ms=300,
        )
    )
    assert spec.containers[0].volumes[0].mode == "rw"
    assert spec.shared_allowed("net", "db", "web")
    assert not spec.shared_allowed("ipc", "db", "web")
    assert (spec.require_user, spec.require_cgroup, spec.require_time) == (True, False, "auto")
    assert (spec.egress, spec.deadline_ms) == (("192.0.2.1:443",), 300)
    assert [(p.container, p.port, p.container_port) for p in spec.published] == [("web", 8080, 80)]


def test_all_but_run_id_and_containers_may_be_left_out() -> None:
    spec = parse(text())
    assert (spec.require_user, spec.deadline_ms, spec.egress) == ("auto", 250, ())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("", "NSV_SPEC is not JSON"),
        ("{", "NSV_SPEC is not JSON"),
        ("[]", "expected a JSON object"),
        ("[" * 100_000, "nested too deeply"),
        ('{"run_id": "a", "run_id": "b"}', 'key "run_id" is given twice'),
        (text(deadline_ms=float("nan")), "NaN is not a JSON value"),
        (text(run_id=""), 'run_id: "" is not a name'),
        (text(run_id=7), "run_id: 7 is not a name"),
        (text(run_id="a\nb"), r'run_id: "a\nb" is not a name'),
        (text(extra=1), 'NSV_SPEC: unknown key "extra"'),
        (json.dumps({"run_id": "r"}), "the key containers is missing"),
        (text(containers={}), "containers: {} is not a list"),
        (text(containers=[]), "containers: 0 given"),
        (text(containers=[WEB]), "containers: 1 given"),
        (text(containers=["web", "db"]), 'containers[0]: "web" is not an object'),
        (text(containers=[WEB, {"name": "db"}]), "containers[1]: the key id is missing"),
        (text(containers=[WEB, {**DB, "ip": 1}]), 'containers[1]: unknown key "ip"'),
        (text(containers=[WEB, {**DB, "name": "web"}]), 'name "web" is given twice'),
        (text(containers=[WEB, {**WEB, "name": "db"}]), "is given twice"),
        (text(containers=[WEB, {**DB, "id": "abc"}]), '"abc" is not a full container id'),
        (text(containers=[WEB, {**DB, "id": "A" * 64}]), "is not a full container id"),
        (text(containers=[WEB, {**DB, "id": container_id(2) + "\n"}]), "full container id"),
        (text(containers=[WEB, {**DB, "name": "d\u001b[31mb"}]), "is not a name"),
        (text(containers=[WEB, {**DB, "name": "<b>db</b>"}]), "is not a name"),
        (text(containers=[WEB, {**DB, "name": "x" * 200}]), "is not a name"),
        (text(containers=[WEB, {**DB, "networks": "front"}]), "is not a list"),
        (text(containers=[WEB, {**DB, "networks": ["a", "a"]}]), '"a" is given twice'),
        (with_volume(path="data"), '"data" is not an absolute path'),
        (with_volume(path="/data/../etc"), "without '..'"),
        (with_volume(path="/data/"), "trailing slash"),
        (with_volume(path="/"), "trailing slash"),
        (with_volume(path="/da\tta"), "control characters"),
        (with_volume(mode="w"), '"w" is not ro or rw'),
        (with_volume(key=""), "is not a printable text"),
        (with_volume(size=1), 'unknown key "size"'),
        (text(allow_shared=[["net", "web"]]), "[namespace, container, other container]"),
        (text(allow_shared=[["nets", "web", "db"]]), "[namespace, container, other container]"),
        (text(allow_shared=[["net", "web", "web"]]), "[namespace, container, other container]"),
        (text(allow_shared=[["net", "web", "host"]]), "the name of a container in this spec"),
        (text(require={"net": True}), 'require: unknown key "net"'),
        (text(require={"user": "yes"}), 'require.user: "yes" is not true, false or "auto"'),
        (text(require={"user": 1}), "require.user: 1 is not true"),
        (text(deadline_ms=True), "deadline_ms: true is not a whole number"),
        (text(deadline_ms=10), "deadline_ms: 10 is not a whole number from 50 to 10000"),
        (text(published=[8080]), "published[0]: 8080 is not an object"),
        (text(published=[{**PORT, "port": 0}]), "published[0].port: 0 is not a whole number"),
        (text(published=[{**PORT, "container": "x"}]), '"x" is not the name of a container'),
        (text(published=[{**PORT, "container": []}]), "[] is not the name of a container"),
        (text(published=[{**PORT, "address": "::1"}]), '"::1" is not an IPv4 address'),
        (text(published=[{**PORT, "protocol": "sctp"}]), '"sctp" is not tcp or udp'),
        (text(published=[{**PORT, "host": 1}]), 'published[0]: unknown key "host"'),
        (text(egress="192.0.2.1:443"), 'egress: "192.0.2.1:443" is not a list'),
        (text(egress=["example.org:443"]), "is not an IPv4 address and port"),
        (text(egress=["192.0.2.256:443"]), "is not an IPv4 address and port"),
        (text(egress=["192.0.2.1"]), 'egress[0]: "192.0.2.1" is not an IPv4 address and port'),
        (text(egress=["192.0.2.1:1"] * 2), 'address "192.0.2.1:1" is given twice'),
        (text(egress=[f"192.0.2.1:{n}" for n in range(1, 10)]), "egress: 9 addresses; at most 8"),
        (text(internal=["a b"]), '"a b" is not a name'),
    ],
)
def test_a_spec_that_is_wrong_is_refused_with_what_is_wrong(given: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse(given)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_more_than_a_thousand_containers_are_refused() -> None:
    many = [{"name": f"c{n}", "id": container_id(n)} for n in range(1001)]
    with pytest.raises(SpecError, match="1001 given"):
        parse(text(containers=many))
    assert len(parse(text(containers=many[:1000])).containers) == 1000


def test_more_than_a_mebibyte_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(SpecError, match="larger than 1048576 bytes"):
        parse("[" * (1 << 20) + "[")


def test_a_refusal_carries_the_run_id_so_that_the_caller_knows_its_own() -> None:
    with pytest.raises(SpecError) as caught:
        parse(text(extra=1))
    assert caught.value.run_id == "run-1"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["run_id", "containers", "require", "egress", "published", "allow_shared"]),
    JSON,
)
def test_any_value_under_any_key_is_taken_or_refused_but_never_crashes(
    key: str, value: Any
) -> None:
    with suppress(SpecError):
        assert len(parse(text(**{key: value})).containers) == 2


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text_is_refused_but_never_crashes(given: str) -> None:
    with pytest.raises(SpecError):
        parse(given)
