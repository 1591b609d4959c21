"""The JSON Schema of a stack file: what the program takes, an editor does not underline."""

import re
from typing import Any

import pytest
import yaml
from aws_values import ED25519, filled, public_key
from jsonschema import Draft202012Validator
from lab_values import changed, good_lab
from pydantic import ValidationError
from unit.infra.test_bad_aws_hosts import ONE_MISTAKE, STACKS
from unit.infra.test_bad_containers import BAD as BAD_CONTAINERS
from unit.infra.test_bad_labs import BAD as BAD_LABS
from unit.infra.test_bad_networks import BAD as BAD_NETWORKS

from infra.model.lab import Lab
from review.reference.schema import DIALECT, stack_schema
from review.stacks import ROOT
from review.stacks import names as stack_names
from review.stacks import path as stack_path

SCHEMA = stack_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
BAD = {**BAD_LABS, **BAD_NETWORKS, **BAD_CONTAINERS}
# Mistakes that take a look at two keys, or at more than a value's form.
BEYOND = {
    "the verification's own name",
    "a finding that is let pass twice",
    "an image without tag",
    "one container where isolation needs two",
    "an undeclared verification image",
    "no verification image among several",
    "a way out into the lab",
    "a way out twice",
    "too many ways out",
    "overlapping subnets",
    "host bits",
    "a subnet too small for its containers",
    "a gateway outside",
    "a gateway that is the broadcast address",
    "an address outside",
    "an address that is the gateway's",
    "an address that is the network's",
    "an address taken twice",
    "an undeclared network",
    "a name of another container",
    "an alias twice",
    "a hostname that is another's alias",
    "a port taken twice",
    "a port taken on every address",
    "a port on internal networks only",
    "a port without any network",
    "an undeclared volume",
    "a volume that shows the machine's files through another file system",
    "a volume that shows the machine's processes",
    "an undeclared image",
    "too little memory",
    "memory in pieces",
    "a way out of the lab's folder",
    "two mounts at one place",
    "a mount over the root",
    "a tmpfs of nothing",
    "a volume that is a bind mount in disguise",
    "a capability twice",
    "a variable twice",
    "containers that join in a circle",
    "a joined container that is none",
}


def complaints(lab: Any) -> list[str]:
    stack = {"config": {"docklab:lab": lab}}
    return [error.message for error in VALIDATOR.iter_errors(stack)]


def takes(lab: Any) -> bool:
    try:
        Lab.model_validate(lab)
    except ValidationError:
        return False
    return True


def parts(schema: Any) -> Any:
    """Every schema within a schema."""
    if isinstance(schema, dict):
        yield schema
    for inner in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(inner, dict | list):
            yield from parts(inner)


def test_it_is_a_schema_of_its_dialect():
    assert SCHEMA["$schema"] == DIALECT == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("stack", stack_names())
def test_every_tracked_stack_is_fine_once_it_is_filled_in(stack):
    whole = yaml.safe_load((ROOT / stack_path(stack)).read_text(encoding="utf-8"))
    whole["config"]["docklab:lab"] = filled(stack)
    assert [error.message for error in VALIDATOR.iter_errors(whole)] == []


@pytest.mark.parametrize("stack", STACKS)
def test_a_placeholder_is_underlined(stack):
    whole = yaml.safe_load((ROOT / stack_path(stack)).read_text(encoding="utf-8"))
    wrong = "\n".join(
        error.message
        for top in VALIDATOR.iter_errors(whole)
        for error in (top, *(top.context or ()))
    )
    assert "<your public key>" in wrong
    assert "<your address>/32" in wrong


def test_the_good_lab_and_an_empty_one_of_each_part_are_fine():
    assert complaints(good_lab()) == []
    empty = [("volumes.data", None), ("verification", None), ("policy", None)]
    assert takes(changed(*empty))
    assert complaints(changed(*empty)) == []


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_within_one_key_is_underlined(name):
    changes, _ = BAD[name]
    assert bool(complaints(changed(*changes))) == (name not in BEYOND)


def test_every_mistake_that_is_beyond_a_schema_is_one_that_is_told():
    assert BEYOND - BAD.keys() == set()


BEYOND_AWS = {
    ("dev", "vpc_id"): "vpc-0123abcd",
    ("dev", "instance_type"): "t4g.small",
    ("dev", "public_key"): public_key("ecdsa-sha2-nistp256"),
    ("lightsail", "public_key"): ED25519,
    ("lightsail", "blueprint"): "amazon_linux_2",
    ("lightsail", "zone"): "us-east-1a",
}


@pytest.mark.parametrize(("stack", "key", "value", "_said"), ONE_MISTAKE)
def test_a_mistake_within_one_key_of_a_machine_is_underlined(stack, key, value, _said):
    found = complaints(filled(stack, (f"host.{key}", value)))
    assert bool(found) == (BEYOND_AWS.get((stack, key)) != value)


def test_a_stack_file_may_hold_what_pulumi_writes():
    stack = {
        "secretsprovider": "passphrase",
        "encryptionsalt": "v1:abc",
        "config": {
            "docklab:lab": good_lab(),
            "docklab:token": {"secure": "v1:xyz"},
            "aws:region": "eu-central-1",
            "aws:defaultTags": {"tags": {"a": "b"}},
            "aws:maxRetries": 3,
        },
    }
    assert list(VALIDATOR.iter_errors(stack)) == []


@pytest.mark.parametrize(
    "stack",
    [
        {},
        {"config": {}},
        {"config": {"docklab:lab": {"secure": "v1:xyz"}}},
        {"config": {"docklab:lab": good_lab(), "docklab:token": {"secure": 3}}},
        {"config": {"docklab:lab": good_lab()}, "confg": {}},
    ],
)
def test_what_is_no_stack_file_is_underlined(stack):
    assert list(VALIDATOR.iter_errors(stack)) != []


def test_every_default_and_every_example_is_of_its_own_form():
    seen = 0
    for schema in parts(SCHEMA):
        own = {**schema, "$defs": SCHEMA["$defs"]}
        for value in (
            *([schema["default"]] if "default" in schema else []),
            *schema.get("examples", ()),
        ):
            seen += 1
            assert list(Draft202012Validator(own).iter_errors(value)) == [], (schema, value)
    assert seen > 50


def test_patterns_are_read_alike_by_python_and_by_editors():
    """ECMAScript with the u flag takes no other escapes, and has no flags and no names inside."""
    patterns = {
        schema["pattern"] for schema in parts(SCHEMA) if isinstance(schema.get("pattern"), str)
    }
    assert len(patterns) > 20
    for pattern in patterns:
        assert set(re.findall(r"\\(.)", pattern)) <= set(".$/{}|()[]sS0nr"), pattern
        assert set(re.findall(r"\(\?(.)", pattern)) <= {":", "=", "!"}, pattern
