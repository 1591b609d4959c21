"""Stack files as Pulumi's configuration."""

import json

import pytest

from review.samples import PLACEHOLDERS
from review.stacks import StackFileError, names, parsed, read


def lab_of(text):
    return json.loads(parsed("x", text).config["docklab:lab"])


def test_every_tracked_stack_is_there():
    assert {"local", "dev", "prod", "lightsail"} <= set(names())


def test_an_unknown_stack_is_told_with_those_there_are():
    with pytest.raises(StackFileError, match=r"no stacks/Pulumi\.nope\.yaml; .*dev.*local.*prod"):
        read("nope")


def test_a_secret_is_never_opened_and_never_kept():
    text = "config:\n  docklab:token: {secure: v1:canary}\n  docklab:plain: 3\n  on: true\n"
    found = parsed("x", text)
    assert found.secrets == ("docklab:token",)
    assert found.config == {
        "docklab:token": "${secret docklab:token}",
        "docklab:plain": "3",
        "docklab:on" if "docklab:on" in found.config else "docklab:True": "true",
    }
    assert "canary" not in repr(found)


def test_a_secret_inside_a_mapping_makes_all_of_it_a_secret():
    found = parsed("x", "config:\n  docklab:lab:\n    a: [{b: {secure: canary}}]\n")
    assert found.secrets == ("docklab:lab",)
    assert "canary" not in repr(found)


@pytest.mark.parametrize("placeholder", PLACEHOLDERS)
def test_a_placeholder_is_filled_where_it_is_the_whole_value(placeholder):
    text = f'config:\n  docklab:lab:\n    a: "{placeholder}"\n    b: "x {placeholder}"\n'
    assert lab_of(text) == {"a": PLACEHOLDERS[placeholder], "b": f"x {placeholder}"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("config: [", r"stacks/Pulumi\.x\.yaml, line \d+ is not YAML"),
        ("config: [1]", "holds no mapping under `config:`"),
        ("- 1", "holds no mapping under `config:`"),
    ],
)
def test_a_file_that_is_no_stack_file_is_told(text, why):
    with pytest.raises(StackFileError, match=why):
        parsed("x", text)


def test_what_is_wrong_with_a_file_is_told_without_its_values():
    with pytest.raises(StackFileError) as told:
        parsed("x", "config:\n  docklab:token: {secure: canary\n  a: b: c\n")
    assert "canary" not in str(told.value)


@pytest.mark.parametrize("text", ["", "config:\n", "encryptionsalt: v1:x\n"])
def test_a_file_without_configuration_has_none(text):
    assert parsed("x", text).config == {}
