"""Check: what the stand-ins accept, refuse by name, and fill in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolchain.standin.checking import Checked, Naming, check
from toolchain.standin.command.table import COMMAND
from toolchain.standin.docker.container_table import CONTAINER
from toolchain.standin.docker.tables import IMAGE, NETWORK, VOLUME
from toolchain.standin.naming import Proposal
from toolchain.standin.properties import Table
from toolchain.standin.values import UNKNOWN

NAMING = Naming(logical="box", seed=b"seed")


def reasons(checked: Checked) -> str:
    return "\n".join(failure.reason for failure in checked.failures)


@pytest.mark.parametrize(
    ("table", "inputs", "path"),
    [
        (CONTAINER, {"image": "x", "gpus": "all"}, "Container.gpus"),
        (CONTAINER, {"image": "x", "exitCode": 1}, "Container.exitCode"),
        (CONTAINER, {"image": "x", "healthcheck": {"test": []}}, "Container.healthcheck.test"),
        (
            CONTAINER,
            {"image": "x", "mounts": [{"type": "bind", "target": "/x", "speed": 1}]},
            "Container.mounts[0].speed",
        ),
        (
            CONTAINER,
            {"image": "x", "networksAdvanced": [{"name": "n", "gwPriority": 1}]},
            "Container.networksAdvanced[0].gwPriority",
        ),
        (VOLUME, {"cluster": {}}, "Volume.cluster"),
        (IMAGE, {"name": "x", "build": {}}, "RemoteImage.build"),
        (NETWORK, {"enableIpv4": False}, "Network.enableIpv4"),
        (COMMAND, {"assetPaths": ["*"]}, "Command.assetPaths"),
    ],
)
def test_a_property_that_is_not_known_is_refused_by_its_name_at_any_depth(
    table: Table, inputs: dict[str, object], path: str
) -> None:
    text = reasons(check(table, inputs, None, NAMING))
    assert f"provider does not support {path}: use the official plugin" in text


def test_refusals_never_show_a_value() -> None:
    inputs = {"image": "x", "envs": "PASSWORD=hunter2", "restart": {"x": "hunter2"}}
    text = reasons(check(CONTAINER, inputs, None, NAMING))
    assert "Container.envs must be a list" in text
    assert "Container.restart must be a string" in text
    assert "hunter2" not in text


def test_defaults_that_say_something_are_filled_in_and_remembered_as_defaults() -> None:
    inputs = check(CONTAINER, {"image": "x", "ports": [{"internal": 80}]}, None, NAMING).inputs
    assert inputs["mustRun"] is True
    assert inputs["restart"] == "no"
    assert inputs["networkMode"] == "bridge"
    assert "attach" not in inputs
    assert {"mustRun", "restart", "networkMode", "start", "name"} <= set(inputs["__defaults"])
    assert inputs["ports"] == [
        {"internal": 80, "ip": "0.0.0.0", "protocol": "tcp", "__defaults": ["ip", "protocol"]}
    ]


def test_a_name_once_given_stays_until_the_program_names_it() -> None:
    first = check(VOLUME, {}, None, NAMING).inputs
    later = check(VOLUME, {}, first, Naming(logical="box", seed=b"another")).inputs
    named = check(VOLUME, {"name": "mine"}, later, NAMING).inputs
    unnamed = check(VOLUME, {}, named, NAMING).inputs
    assert later == first
    assert named == {"name": "mine", "__defaults": []}
    assert unnamed["name"] != "mine"


def test_a_default_that_drifted_is_the_default_again_and_not_what_was_found() -> None:
    """After a refresh a stopped container's inputs say mustRun=false, and no longer by default."""
    olds = {"image": "x", "name": "box", "mustRun": False, "__defaults": ["name", "restart"]}
    assert check(CONTAINER, {"image": "x"}, olds, NAMING).inputs["mustRun"] is True


@pytest.mark.parametrize(
    ("mode", "name"), [("propose", "given"), ("enforce", "given"), ("disable", None)]
)
def test_the_stacks_autonaming_setting_is_followed(mode: str, name: str | None) -> None:
    naming = Naming(logical="box", seed=b"s", proposal=Proposal(mode=mode, name="given"))
    checked = check(VOLUME, {}, None, naming)
    assert checked.inputs.get("name") == name
    assert ("automatic naming is disabled" in reasons(checked)) is (name is None)


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"memory": -1}, "Container.memory: cannot be lower than 0"),
        ({"memory": 1.5}, "Container.memory must be an integer"),
        ({"restart": "maybe"}, "Container.restart: doesn't match the pattern"),
        ({"healthcheck": {"interval": "-1s"}}, "Container.healthcheck.interval: duration must"),
        ({"uploads": [{"content": "x"}]}, "Container.uploads[0].file is required"),
        ({"uploads": [{"file": "/x", "contentBase64": "%"}]}, "is not base64 decodeable"),
        ({"volumes": [{"hostPath": "data"}]}, "hostPath: must be an absolute path"),
        ({"cpuSet": "a-b"}, "Container.cpuSet: doesn't match the pattern"),
    ],
)
def test_a_bad_value_is_refused_with_its_path_and_the_rule(
    inputs: dict[str, object], reason: str
) -> None:
    assert reason in reasons(check(CONTAINER, {"image": "x", **inputs}, None, NAMING))


def test_what_a_preview_cannot_know_is_let_through() -> None:
    inputs = {"image": UNKNOWN, "memory": UNKNOWN, "envs": ["A=1", UNKNOWN], "mounts": UNKNOWN}
    checked = check(CONTAINER, inputs, None, NAMING)
    assert checked.failures == []
    assert checked.inputs["memory"] == UNKNOWN


@given(st.text(min_size=1), st.binary())
def test_an_automatic_name_is_the_logical_one_and_seven_digits_and_the_seed_decides(
    logical: str, seed: bytes
) -> None:
    name = check(VOLUME, {}, None, Naming(logical=logical, seed=seed)).inputs.get("name")
    if name is None:
        assert len(logical) > 240
    else:
        assert name[:-7] == f"{logical}-"
        assert set(name[-7:]) <= set("0123456789abcdef")
        again = check(VOLUME, {}, None, Naming(logical=logical, seed=seed)).inputs["name"]
        assert not seed or again == name
