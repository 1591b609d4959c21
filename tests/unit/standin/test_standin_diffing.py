"""Plan and diff: what updates, what replaces, what is no change at all."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolchain.standin.command.table import COMMAND
from toolchain.standin.diffing import Difference, differences
from toolchain.standin.docker.container_table import CONTAINER
from toolchain.standin.docker.tables import IMAGE, NETWORK, VOLUME
from toolchain.standin.planning import plan_create, plan_update
from toolchain.standin.properties import Kind, Property, Table
from toolchain.standin.values import UNKNOWN, without_unknowns

TABLES = {table.name: table for table in (CONTAINER, NETWORK, VOLUME, IMAGE, COMMAND)}
TEXT = st.text("ab=", max_size=2)
FEW = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


def changes(table: Table, state: dict[str, Any], inputs: dict[str, Any]) -> list[Difference]:
    return differences(table, state, plan_update(table, inputs, state))


def kept(table: Table, inputs: dict[str, Any]) -> dict[str, Any]:
    """The state after a create from which the engine told nothing new."""
    state: dict[str, Any] = without_unknowns(plan_create(table, inputs))
    return state


def value_of(held: Property) -> st.SearchStrategy[Any]:
    if held.kind is Kind.STRING:
        return TEXT
    if held.kind is Kind.INT:
        return st.integers(0, 9)
    if held.kind is Kind.BOOL:
        return st.booleans()
    if held.kind is Kind.MAP:
        return st.dictionaries(TEXT, TEXT, max_size=3)
    if held.kind is Kind.OBJECT:
        return inputs_of(held.fields)
    if held.kind is Kind.ANY:
        return st.recursive(TEXT | st.booleans(), lambda inner: st.lists(inner, max_size=2))
    assert held.of is not None
    return st.lists(value_of(held.of), max_size=3)


def inputs_of(fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    settable = {key: value_of(held) for key, held in fields.items() if not held.output}
    return st.fixed_dictionaries({}, optional=settable)


@pytest.mark.parametrize("name", TABLES)
@FEW
@given(data=st.data())
def test_the_same_inputs_are_no_change_in_any_order_of_their_sets(
    name: str, data: st.DataObject
) -> None:
    table = TABLES[name]
    inputs = data.draw(inputs_of(table.properties))
    shuffled = dict(inputs)
    for key, held in table.properties.items():
        if held.kind is Kind.SET and inputs.get(key):
            shuffled[key] = random.Random(1).sample(inputs[key], len(inputs[key]))
    assert changes(table, kept(table, inputs), shuffled) == []


@pytest.mark.parametrize("name", TABLES)
@FEW
@given(data=st.data())
def test_after_an_update_to_them_other_inputs_are_no_change_any_more(
    name: str, data: st.DataObject
) -> None:
    table = TABLES[name]
    before = data.draw(inputs_of(table.properties))
    after = data.draw(inputs_of(table.properties))
    planned = without_unknowns(plan_update(table, after, kept(table, before)))
    assert changes(table, planned, after) == []


CHECK = {"timeout": "0s", "startPeriod": "0s", "startInterval": "0s", "interval": "0s"}
BOX = {"image": "x", "name": "box", "mustRun": True, "restart": "no", "networkMode": "bridge"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"memory": 64}, {"memory": 32}, {"memory": False}),
        ({"restart": "no"}, {"restart": "always"}, {"restart": False}),
        ({"envs": ["A=1"]}, {"envs": ["A=2"]}, {"envs[0]": True}),
        ({"envs": ["A=1"]}, {"envs": ["A=1", "B=1"]}, {"envs[1]": True}),
        (
            {"command": ["a", "b"]},
            {"command": ["b", "a"]},
            {"command[0]": True, "command[1]": True},
        ),
        ({"sysctls": {"a.b": "1"}}, {"sysctls": {"a.b": "2"}}, {'sysctls["a.b"]': True}),
        ({"tmpfs": {"/x": ""}}, {"tmpfs": {"/x": "size=1"}}, {'tmpfs["/x"]': False}),
        ({}, {"capabilities": {"adds": ["ALL"]}}, {"capabilities": True}),
        ({"capabilities": {"drops": ["ALL"]}}, {}, {"capabilities": True}),
        (
            {"healthcheck": {**CHECK, "interval": "1m0s"}},
            {"healthcheck": {**CHECK, "interval": "1m"}},
            {"healthcheck.interval": False},
        ),
        ({"mustRun": False}, {"mustRun": True}, {"mustRun": False}),
        ({"memorySwap": 128}, {}, {"memorySwap": False}),
        ({"user": "1000"}, {}, {}),
        ({"hostname": "found"}, {}, {}),
        ({"domainname": ""}, {}, {}),
        ({"init": False}, {}, {}),
    ],
)
def test_a_change_of_a_container_updates_or_replaces_as_the_official_provider_has_it(
    old: dict[str, Any], new: dict[str, Any], expected: dict[str, bool]
) -> None:
    found = changes(CONTAINER, {**kept(CONTAINER, BOX), **old}, {**BOX, **new})
    assert {one.path: one.replaces for one in found} == expected


def test_a_command_in_another_order_is_another_command() -> None:
    state = kept(CONTAINER, {**BOX, "command": ["a", "b"]})
    found = changes(CONTAINER, state, {**BOX, "command": ["b", "a"]})
    assert [one.path for one in found] == ["command[0]", "command[1]"]


def test_a_mount_replaces_by_their_number_and_not_by_what_is_in_it() -> None:
    mount = {"type": "volume", "target": "/data", "source": "one"}
    state = kept(CONTAINER, {**BOX, "mounts": [mount]})
    edited = changes(CONTAINER, state, {**BOX, "mounts": [{**mount, "readOnly": True}]})
    added = changes(CONTAINER, state, {**BOX, "mounts": [mount, {**mount, "target": "/two"}]})
    assert {one.path: one.replaces for one in edited} == {"mounts[0].readOnly": False}
    assert {one.path: one.replaces for one in added} == {"mounts[1]": True}


def test_ports_in_another_order_are_the_same_ports() -> None:
    ports = [{"internal": 80, "external": 8080}, {"internal": 90, "external": 9090}]
    state = kept(CONTAINER, {**BOX, "ports": ports})
    assert changes(CONTAINER, state, {**BOX, "ports": ports[::-1]}) == []
    moved = changes(CONTAINER, state, {**BOX, "ports": [ports[0], {**ports[1], "external": 1}]})
    assert [(one.path, one.replaces) for one in moved] == [("ports[1].external", True)]


def test_a_port_whose_host_port_is_not_known_yet_is_another_port() -> None:
    state = kept(CONTAINER, {**BOX, "ports": [{"internal": 80, "external": 8080}]})
    found = changes(CONTAINER, state, {**BOX, "ports": [{"internal": 80}, {"internal": 90}]})
    assert [(one.path, one.replaces) for one in found] == [("ports[1]", True)]


def test_a_host_port_that_the_engine_chose_is_kept() -> None:
    state = {
        **kept(CONTAINER, BOX),
        "ports": [{"internal": 80, "external": 32768, "ip": "0.0.0.0"}],
    }
    assert changes(CONTAINER, state, {**BOX, "ports": [{"internal": 80}]}) == []


def test_what_a_preview_cannot_know_counts_as_a_change() -> None:
    state = kept(CONTAINER, {**BOX, "memory": 64})
    unknown = {**BOX, "memory": UNKNOWN, "hostname": UNKNOWN, "envs": ["A=1", UNKNOWN]}
    found = {one.key: one.replaces for one in changes(CONTAINER, state, unknown)}
    assert found == {"memory": False, "hostname": True, "envs": True}


def test_everything_of_a_network_and_of_a_volume_replaces() -> None:
    for table in (NETWORK, VOLUME):
        settable = [held for held in table.properties.values() if not held.output]
        assert all(held.replaces for held in settable)


def test_a_gateway_that_the_program_left_out_replaces_once_it_is_read_back() -> None:
    block = {"subnet": "10.0.0.0/24", "gateway": "10.0.0.1"}
    read = {"ipamConfigs": [block], "name": "n", "ipamDriver": "default"}
    found = changes(NETWORK, read, {"name": "n", "ipamConfigs": [{"subnet": "10.0.0.0/24"}]})
    assert [(one.key, one.replaces) for one in found] == [("ipamConfigs", True)]


def test_for_a_command_false_is_not_the_same_as_left_out() -> None:
    found = changes(COMMAND, {"create": "x"}, {"create": "x", "addPreviousOutputInEnv": False})
    assert [(one.path, one.replaces) for one in found] == [("addPreviousOutputInEnv", False)]


def test_a_trigger_of_any_shape_replaces_a_command() -> None:
    state = {"triggers": [{"a": [1, True]}, "x"]}
    assert changes(COMMAND, state, {"triggers": [{"a": [1, True]}, "x"]}) == []
    found = changes(COMMAND, state, {"triggers": [{"a": [1, 1]}, "x"]})
    assert [(one.path, one.replaces) for one in found] == [("triggers[0]", True)]
