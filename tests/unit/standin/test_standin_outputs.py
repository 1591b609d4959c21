"""What the engine is told back: secrets stay secret, a refresh changes only what was an input."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from toolchain.standin.command.table import COMMAND
from toolchain.standin.docker.container_table import CONTAINER
from toolchain.standin.docker.provider import DockerProvider
from toolchain.standin.docker.tables import NETWORK
from toolchain.standin.errors import ResourceError
from toolchain.standin.outputs import marked, refreshed_inputs, updated_preview
from toolchain.standin.values import (
    UNKNOWN,
    from_struct,
    is_secret,
    revealed,
    secret,
    to_struct,
    without_unknowns,
)

PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(), PLAIN))
def test_values_come_back_from_the_wire_as_they_were(properties: dict[str, Any]) -> None:
    message = struct_pb2.Struct.FromString(to_struct(properties).SerializeToString())
    assert from_struct(message) == properties


def test_one_secret_input_makes_all_that_a_command_prints_secret() -> None:
    inputs = {"create": "x", "environment": {"A": secret("hunter2")}}
    outputs = marked({**revealed(inputs), "stdout": "hunter2"}, inputs, spread=True)
    assert outputs["create"] == "x"
    assert is_secret(outputs["environment"])
    assert is_secret(outputs["stdout"])
    assert revealed(outputs)["environment"] == {"A": "hunter2"}


def test_without_a_secret_nothing_is_marked() -> None:
    outputs = {"create": "x", "stdout": "y"}
    assert marked(outputs, {"create": "x"}, spread=True) == outputs


def test_a_preview_of_a_changed_command_does_not_promise_its_old_output() -> None:
    state = {"create": "a", "stdout": "old", "stderr": ""}
    assert updated_preview(COMMAND, state, {**state, "create": "b"})["stdout"] == UNKNOWN
    assert updated_preview(COMMAND, state, dict(state))["stdout"] == "old"


def test_a_refresh_takes_over_what_drifted_and_nothing_that_was_no_input() -> None:
    inputs = {"image": "x", "memory": 64, "mustRun": True, "__defaults": ["mustRun", "restart"]}
    outputs = {"image": "x", "memory": 32, "mustRun": False, "hostname": "found", "shmSize": 64}
    found = refreshed_inputs(CONTAINER, inputs, outputs, importing=False)
    assert found == {"image": "x", "memory": 32, "mustRun": False, "__defaults": ["restart"]}


def test_a_refresh_keeps_the_programs_order_of_a_set() -> None:
    inputs = {"labels": [{"label": "b", "value": "1"}, {"label": "a", "value": "2"}]}
    outputs = {"labels": inputs["labels"][::-1]}
    assert refreshed_inputs(NETWORK, inputs, outputs, importing=False) == inputs


def test_an_import_takes_all_that_is_not_empty_or_a_default() -> None:
    outputs = {"name": "n", "internal": True, "ipv6": False, "ipamDriver": "default", "scope": "x"}
    found = refreshed_inputs(NETWORK, {}, outputs, importing=True)
    assert found == {"name": "n", "internal": True, "__defaults": []}


def test_what_is_unknown_is_nothing_when_it_comes_to_doing() -> None:
    planned = {"a": UNKNOWN, "b": [{"c": UNKNOWN, "d": 1}], "e": None}
    assert without_unknowns(planned) == {"b": [{"d": 1}]}


@pytest.mark.parametrize(
    ("config", "key", "text"),
    [
        ({"host": "npipe:////./pipe"}, "host", "is not an address that the stand-in can reach"),
        ({"certPath": "/x"}, "certPath", "does not support Provider.certPath"),
        ({"context": "other"}, "context", "does not support Provider.context"),
        ({"registryAuth": []}, "registryAuth", "does not support Provider.registryAuth"),
    ],
)
def test_a_provider_setting_that_it_cannot_honour_is_refused_by_name(
    config: dict[str, Any], key: str, text: str
) -> None:
    assert text in DockerProvider().refusals(config)[key]


def test_a_variable_that_would_redirect_the_official_plugin_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DOCKER_CONTEXT", "elsewhere")
    assert "unset DOCKER_CONTEXT" in DockerProvider().refusals({"host": "unix:///x"})["host"]


def test_ssh_options_in_one_string_are_refused() -> None:
    with pytest.raises(ResourceError, match="sshOpts must be a list of strings"):
        DockerProvider().configure({"host": "ssh://x", "sshOpts": "-i key"})
