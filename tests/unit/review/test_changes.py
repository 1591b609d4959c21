"""What the engine is expected to do between two declared stacks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.resource import Options, Resource
from review.changes import changes
from review.changes.generate import main, updated
from review.changes.table import FILE, table

CONTAINER = "docker:index/container:Container"
NETWORK = "docker:index/network:Network"
VOLUME = "docker:index/volume:Volume"
IMAGE = "docker:index/remoteImage:RemoteImage"
COMMAND = "command:local:Command"
INSTANCE = "aws:ec2/instance:Instance"


def one(type_: str, name: str, inputs: dict[str, Any] | None = None, **more: Any) -> Resource:
    uses = {key: (path,) for key, path in more.pop("uses", {}).items()}
    component = more.pop("component", False)
    return Resource(
        path=f"{type_}::{name}",
        type=type_,
        name=name,
        inputs=inputs or {},
        uses=uses,
        options=Options(**more),
        is_component=component,
    )


def kinds(before: list[Resource], after: list[Resource]) -> dict[str, str]:
    return {change.name: change.kind for change in changes(before, after)}


def only(before: Resource, after: Resource) -> Any:
    [change] = changes([before], [after])
    return change


def test_what_comes_and_goes_is_told_and_components_are_not():
    before = [one(IMAGE, "a"), one("a:b:C", "x", component=True)]
    assert kinds(before, [one(IMAGE, "b")]) == {"a": "delete", "b": "create"}


@pytest.mark.parametrize(
    ("type_", "before", "after", "kind"),
    [
        (CONTAINER, {"memory": 32}, {"memory": 64}, "update"),
        (CONTAINER, {"image": "a"}, {"image": "b"}, "replace"),
        (CONTAINER, {"healthcheck": {"retries": 1}}, {"healthcheck": {"retries": 2}}, "update"),
        (NETWORK, {"internal": True}, {"internal": False}, "replace"),
        (VOLUME, {"driverOpts": None}, {"driverOpts": {"a": "b"}}, "replace"),
        (COMMAND, {"create": "a"}, {"create": "b"}, "update"),
        (COMMAND, {"triggers": ["a"]}, {"triggers": ["b"]}, "replace"),
        (INSTANCE, {"ami": "a"}, {"ami": "b"}, "replace"),
        (INSTANCE, {"instanceType": "a"}, {"instanceType": "b"}, "update"),
        (INSTANCE, {"tags": {"a": "b"}}, {"tags": {"a": "c"}}, "update"),
        (
            INSTANCE,
            {"rootBlockDevice": {"encrypted": True, "volumeSize": 1}},
            {"rootBlockDevice": {"encrypted": False, "volumeSize": 1}},
            "replace",
        ),
        (
            INSTANCE,
            {"rootBlockDevice": {"volumeSize": 1}},
            {"rootBlockDevice": {"volumeSize": 2}},
            "update",
        ),
        (INSTANCE, {"userData": "a"}, {"userData": "b"}, "update"),
        (
            INSTANCE,
            {"userData": "a", "userDataReplaceOnChange": True},
            {"userData": "b", "userDataReplaceOnChange": True},
            "replace",
        ),
    ],
)
def test_some_properties_change_in_place_and_others_do_not(type_, before, after, kind):
    assert only(one(type_, "x", before), one(type_, "x", after)).kind == kind


@pytest.mark.parametrize(
    "inputs",
    [
        {"envs": ["A=1", "B=2"]},
        {"mounts": [{"target": "/a"}, {"target": "/b"}]},
        {"networksAdvanced": [{"name": "a"}, {"name": "b"}]},
        {"labels": [{"label": "a", "value": "1"}, {"label": "b", "value": "2"}]},
        {"capabilities": {"adds": ["A", "B"], "drops": ["ALL"]}},
        {"securityOpts": ["a", "b"]},
    ],
)
def test_the_order_of_a_providers_set_is_no_change(inputs):
    turned = {
        key: {k: v[::-1] for k, v in value.items()} if isinstance(value, dict) else value[::-1]
        for key, value in inputs.items()
    }
    assert changes([one(CONTAINER, "x", inputs)], [one(CONTAINER, "x", turned)]) == ()


def test_the_order_of_a_command_is_a_change():
    before, after = {"command": ["a", "b"]}, {"command": ["b", "a"]}
    assert only(one(CONTAINER, "x", before), one(CONTAINER, "x", after)).kind == "replace"


def test_members_of_a_set_are_named_by_their_key():
    before = {
        "mounts": [{"target": "/a", "readOnly": True}, {"target": "/b"}],
        "envs": ["A=1", "B=2"],
    }
    after = {"mounts": [{"target": "/a", "readOnly": False}], "envs": ["A=3", "B=2"]}
    change = only(one(CONTAINER, "x", before), one(CONTAINER, "x", after))
    assert {p.path: (p.before, p.after) for p in change.properties} == {
        "envs[A]": ("A=1", "A=3"),
        "mounts[/a].readOnly": (True, False),
        "mounts[/b]": ({"target": "/b"}, None),
    }


def test_another_secret_is_a_change_whose_fingerprint_is_not_shown():
    before = one(CONTAINER, "x", {"envs": ["T=[secret 11111111]"]})
    change = only(before, one(CONTAINER, "x", {"envs": ["T=[secret 22222222]"]}))
    assert [(p.before, p.after) for p in change.properties] == [("T=[secret]", "T=[secret]")]


def test_what_is_ignored_is_no_change():
    before = one(COMMAND, "x", {"create": "a"}, ignore_changes=("create",))
    after = one(COMMAND, "x", {"create": "b"}, ignore_changes=("create",))
    assert changes([before], [after]) == ()


@pytest.mark.parametrize("asked", ["*", "healthcheck", "healthcheck[*]"])
def test_the_program_can_ask_for_a_replacement(asked):
    before = one(CONTAINER, "x", {"healthcheck": {"retries": 1}}, replace_on_changes=(asked,))
    after = replace(before, inputs={"healthcheck": {"retries": 2}})
    assert only(before, after).kind == "replace"


def test_another_provider_replaces():
    before = one(IMAGE, "x", provider="p::a")
    assert only(before, replace(before, options=Options(provider="p::b"))).kind == "replace"


def test_a_resource_that_answers_to_its_old_name_is_not_made_anew():
    before = one(VOLUME, "old", {"driver": "local"})
    after = one(VOLUME, "new", {"driver": "local"}, aliases=("old",))
    assert changes([before], [after]) == ()
    urn = f"urn:pulumi:s::docklab::{before.path}"
    assert changes([before], [one(VOLUME, "new", {"driver": "local"}, aliases=(urn,))]) == ()


def test_what_is_made_from_a_replaced_resource_is_replaced_where_it_holds_an_output_of_it():
    image, other = one(IMAGE, "i", {"name": "a"}), one(IMAGE, "i", {"name": "b"})
    uses = {"image": image.path}
    made = one(CONTAINER, "made", {"image": "${i.imageId}"}, uses=uses)
    fixed = one(CONTAINER, "fixed", {"image": "a"}, uses=uses)
    found = {change.name: change for change in changes([image, made, fixed], [other, made, fixed])}
    assert {name: change.kind for name, change in found.items()} == {
        "i": "replace",
        "made": "replace",
    }
    assert found["made"].cause == image.path


def test_what_hangs_on_something_that_is_deleted_first_is_replaced_even_so():
    network = one(NETWORK, "n", {"name": "n", "internal": True}, delete_before_replace=True)
    other = replace(network, inputs={"name": "n", "internal": False})
    uses = {"networksAdvanced": network.path}
    member = one(CONTAINER, "c", {"networksAdvanced": [{"name": "n"}]}, uses=uses)
    assert kinds([network, member], [other, member]) == {"n": "replace", "c": "replace"}
    # A property that may change in place drags nothing along.
    member = one(CONTAINER, "c", {"memory": 1}, uses={"memory": network.path})
    assert kinds([network, member], [other, member]) == {"n": "replace"}


def test_a_replaced_machine_takes_along_what_is_on_it_and_what_is_made_from_that():
    machine = one(INSTANCE, "m", {"ami": "a"})
    volume = one(VOLUME, "v", {}, replace_with=(machine.path,), deleted_with=machine.path)
    inputs = {"mounts": [{"target": "/d", "source": "${v.name}"}]}
    mounting = one(CONTAINER, "c", inputs, uses={"mounts": volume.path})
    after = [replace(machine, inputs={"ami": "b"}), volume, mounting]
    found = {change.name: change for change in changes([machine, volume, mounting], after)}
    assert {name: change.kind for name, change in found.items()} == dict.fromkeys("mvc", "replace")
    assert found["v"].data_loss
    assert found["m"].data_loss
    assert not found["c"].data_loss
    assert "machine m" in found["v"].because


def test_data_loss_comes_first_and_says_what_to_do():
    gone, other = one(VOLUME, "data-volume"), one(IMAGE, "a-image")
    [first, second] = changes([gone, other], [])
    assert (first.name, first.data_loss, second.data_loss) == ("data-volume", True, False)
    assert "allow_data_loss" in first.because


def test_what_is_kept_at_its_end_loses_nothing():
    [change] = changes([one(VOLUME, "v", retain_on_delete=True)], [])
    assert (change.kind, change.data_loss) == ("delete", False)


def test_of_a_protected_resource_the_refusal_is_said():
    [change] = changes([one(VOLUME, "v", protect=True)], [])
    assert "Pulumi refuses" in change.because


def test_a_container_that_writes_its_layer_loses_that():
    [change] = changes([one(CONTAINER, "c", {"readOnly": False})], [])
    assert "its own layer is gone" in change.because
    [change] = changes([one(CONTAINER, "c", {"readOnly": True})], [])
    assert "layer" not in change.because


def test_a_provider_for_another_region_takes_along_all_that_is_in_it():
    provider = one("pulumi:providers:aws", "p", {"region": "a"})
    machine = one(INSTANCE, "m", {"ami": "x"}, provider=provider.path)
    other = replace(provider, inputs={"region": "b"})
    [lost, also] = changes([provider, machine], [other, machine])
    assert (lost.name, lost.kind, lost.data_loss) == ("m", "replace", True)
    assert (also.name, also.kind) == ("p", "replace")


def test_an_engine_at_another_place_is_an_update_of_its_provider():
    before = one("pulumi:providers:docker", "p", {"host": "a"})
    assert only(before, one("pulumi:providers:docker", "p", {"host": "b"})).kind == "update"


def test_the_table_is_made_anew_from_a_schema_and_keeps_what_that_does_not_have():
    table = {
        "a:b:C": {"replacing": ["old"], "source": "x", "deletes_first": True},
        "d:e:F": {"replacing": ["kept"], "source": "y"},
    }
    properties = {
        "z": {"willReplaceOnChanges": True},
        "y": {"replaceOnChanges": True},
        "x": {"type": "string"},
    }
    schema = {
        "name": "a",
        "resources": {t: {"inputProperties": properties} for t in ("a:b:C", "a:b:Other")},
    }
    assert updated(table, schema, "v1.2.3") == {
        "a:b:C": {
            "replacing": ["y", "z"],
            "source": "pulumi-a v1.2.3, schema",
            "deletes_first": True,
        },
        "d:e:F": {"replacing": ["kept"], "source": "y"},
    }


def test_the_table_is_written_in_its_own_order(tmp_path):
    file, schema = tmp_path / "table.json", tmp_path / "schema.json"
    file.write_text(FILE.read_text())
    schema.write_text('{"name": "none", "resources": {}}')
    assert main(["--schema", str(schema), "v1"], file) == 0
    assert file.read_text() == FILE.read_text()


names = st.sampled_from("abcd")
types = st.sampled_from([CONTAINER, NETWORK, VOLUME, IMAGE, INSTANCE])
values = st.dictionaries(st.sampled_from(["image", "memory", "ami", "name"]), st.sampled_from("xy"))


@st.composite
def stacks(draw: st.DrawFn) -> list[Resource]:
    keys = draw(st.lists(st.tuples(types, names), unique=True))
    paths = [f"{type_}::{name}" for type_, name in keys]
    found = []
    for type_, name in keys:
        others = st.sampled_from(paths)
        uses = draw(st.dictionaries(st.sampled_from(["image", "mounts"]), others, max_size=2))
        with_ = draw(st.lists(others, max_size=2))
        inputs = draw(values)
        found.append(one(type_, name, inputs, uses=uses, replace_with=tuple(with_)))
    return found


@given(stacks())
def test_nothing_changes_where_nothing_does(found):
    assert changes(found, found) == ()


@given(stacks(), stacks(), st.randoms())
def test_the_order_of_what_is_given_is_no_matter_and_it_always_ends(before, after, random):
    expected = changes(before, after)
    turned, others = list(before), list(after)
    random.shuffle(turned)
    random.shuffle(others)
    again = changes(turned, others)
    assert {(c.path, c.kind) for c in again} == {(c.path, c.kind) for c in expected}
    assert [c.path for c in again] == [c.path for c in expected]


@given(stacks(), stacks())
def test_what_is_made_is_new_and_what_is_deleted_was_there(before, after):
    then, now = {r.path for r in before}, {r.path for r in after}
    for change in changes(before, after):
        there = (change.path in then, change.path in now)
        expected = {"create": (False, True), "delete": (True, False)}
        assert there == expected.get(change.kind, (True, True))


def test_each_entry_of_the_table_says_where_it_is_from():
    assert all(facts.source for facts in table().values())
