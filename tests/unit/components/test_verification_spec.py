"""What the verifier is asked, and the run id that follows from it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from components.verification_spec import (
    Expectations,
    Target,
    TargetMount,
    TargetPort,
    as_text,
    specification,
)
from verifier.parse import parse

TARGETS = [
    Target(
        name="web",
        networks=["front"],
        mounts=[TargetMount(path="/data", mode="ro", key="volume:data")],
        ports=[TargetPort(address="127.0.0.1", port=8080, container_port=80, protocol="tcp")],
    ),
    Target(name="keeper", networks=["back"], mounts=[]),
]
EXPECTED = Expectations(
    networks=["front", "back"],
    internal=["back"],
    require={"user": "auto", "cgroup": True, "time": False},
    deadline_ms=250,
    egress=("192.0.2.1:443",),
)
IDS = ["a" * 64, "b" * 64]


def test_targets_meet_their_ids():
    spec = specification(TARGETS, IDS, EXPECTED)
    assert [(c["name"], c["id"]) for c in spec["containers"]] == [
        ("keeper", "b" * 64),
        ("web", "a" * 64),
    ]
    assert spec["containers"][1]["volumes"] == [
        {"path": "/data", "mode": "ro", "key": "volume:data"}
    ]
    assert spec["internal"] == ["back"]
    assert spec["require"] == {"user": "auto", "cgroup": True, "time": False}


def test_the_order_in_the_lab_file_makes_no_other_question():
    turned = specification(TARGETS[::-1], IDS[::-1], EXPECTED)
    assert turned == specification(TARGETS, IDS, EXPECTED)


def test_published_ports_name_their_container():
    assert specification(TARGETS, IDS, EXPECTED)["published"] == [
        {
            "container": "web",
            "address": "127.0.0.1",
            "port": 8080,
            "container_port": 80,
            "protocol": "tcp",
        }
    ]


def test_the_verifier_takes_every_key_that_it_is_given():
    spec = parse(as_text(specification(TARGETS, IDS, EXPECTED)))
    assert spec.egress == ("192.0.2.1:443",)
    assert [(port.container, port.port) for port in spec.published] == [("web", 8080)]


def test_no_sharing_is_ever_declared_as_allowed():
    assert specification(TARGETS, IDS, EXPECTED)["allow_shared"] == []


ids = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(st.tuples(ids, ids), st.tuples(ids, ids))
def test_the_run_id_is_equal_exactly_where_the_question_is(one, two):
    first, second = (specification(TARGETS, pair, EXPECTED) for pair in (one, two))
    assert (first["run_id"] == second["run_id"]) == (one == two)
    assert json.loads(as_text(first)) == first
