"""What CrossGuard hands over, as the rules know it; what the pack says of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import yaml
from unit.policy.cases import container

from policy import kinds
from policy.conversion import Around, plain, resource_of
from policy.judge import Stack, Suppression
from policy.resource import SECRET, UNKNOWN
from policy.stack_file import secret_keys, stack_of
from policy.told import Book

ROOT = Path(__file__).parents[3]
SIGN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
AROUND = Around(home="/home/me/clone/.docklab", unknown={SIGN}, secrets=["hunter22-hunter22", "x"])
URN = (
    "urn:pulumi:dev::docklab::docklab:container:LabContainer$docker:index/container:Container::web"
)


class Wrapped(Mapping):
    """As pulumi_policy's: raises when what is unknown is looked at."""

    def __init__(self, target):
        self._target = target

    def __getitem__(self, key):
        if key == "__target":
            return self._target
        if self._target[key] == SIGN:
            raise AssertionError("an unknown value was looked at")
        return self._target[key]

    def __iter__(self):
        return iter(self._target)

    def __len__(self):
        return len(self._target)


class WrappedList(Sequence):
    def __init__(self, target):
        self._target = target

    def __getitem__(self, key):
        if key == "__target":
            return self._target
        raise AssertionError("a wrapped list was looked at")

    def __len__(self):
        return len(self._target)


def converted(properties, **more):
    return resource_of(
        urn=URN, type=kinds.CONTAINER, name="web", properties=properties, around=AROUND, **more
    )


def test_a_resource_has_the_path_that_the_offline_review_gives_it():
    one = converted({})
    assert one.path == "docklab:container:LabContainer$docker:index/container:Container::web"
    assert (one.type, one.name) == (kinds.CONTAINER, "web")
    assert converted({}, protect=True).options.protect


def test_wrapped_values_and_unknown_ones_are_read_without_an_error():
    given = Wrapped({"mounts": WrappedList([Wrapped({"source": SIGN, "readOnly": True})])})
    assert converted(given).inputs == {"mounts": [{"source": UNKNOWN, "readOnly": True}]}


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (64.0, 64),
        (0.5, 0.5),
        (True, True),
        ('{"tags": {"a": "b"}}', {"tags": {"a": "b"}}),
        ('["-o", "x=y"]', ["-o", "x=y"]),
        ("[not json", "[not json"),
        ({"__defaults": ["driver"], "driver": "local"}, {"driver": "local"}),
        ("/home/me/clone/.docklab/lab/dev/notes", "${clone}/.docklab/lab/dev/notes"),
        ("TOKEN=hunter22-hunter22", f"TOKEN={SECRET}"),
        ("hunter22-hunter22", SECRET),
        ("psql://me:hunter22-hunter22@db", SECRET),
        ("x", "x"),
        ("A=x", f"A={SECRET}"),
        (
            {"envs": ["A=x", "a=x", "x", "A=xy"]},
            {"envs": [f"A={SECRET}", f"a={SECRET}", SECRET, "A=xy"]},
        ),
        (
            {"environment": {"A": "x"}, "pidMode": "x"},
            {"environment": {"A": SECRET}, "pidMode": "x"},
        ),
        ({"securityOpts": ["label=x"]}, {"securityOpts": ["label=x"]}),
        ("example", "example"),
    ],
    ids=str,
)
def test_values_are_those_of_the_offline_review_without_secrets(given, read):
    assert plain(given, AROUND) == read


@pytest.mark.parametrize(
    ("secret", "rule", "inputs"),
    [
        ("host", "host-namespace", {"pidMode": "host"}),
        ("/etc", "sensitive-folder", {"mounts": [{"type": "bind", "source": "/etc"}]}),
        ("disable", "profile-off", {"securityOpts": ["label=disable"]}),
    ],
)
def test_a_short_secret_that_is_a_word_of_an_input_hides_no_finding(secret, rule, inputs):
    one = resource_of(
        urn=URN, type=kinds.CONTAINER, name="web", properties=inputs,
        around=Around(secrets=[secret]),
    )  # fmt: skip
    assert list(book().of_rule(one, rule))
    assert not any(text.startswith(rule) for text in book().doubts(one))


def test_an_input_that_the_resource_keeps_secret_is_not_read():
    one = converted(
        {"userData": "#cloud-config", "envs": ["A=b"]}, secret_outputs=["userData", "envs"]
    )
    assert one.inputs == {"userData": SECRET, "envs": ["A=b"]}


LAB = {
    "policy": {
        "production": True,
        "suppress": [
            {"rule": "writable-root", "resource": "web", "reason": "a lesson about it"},
            {"rule": "writable-root", "resource": "two"},
            "nonsense",
        ],
    },
    "containers": {
        "web": {"secret_environment": {"A": "token", "B": "other"}},
        "two": {"secret_environment": {"C": "token"}},
        "three": {},
    },
}


def test_the_stack_file_says_production_suppressions_and_secrets():
    assert stack_of(LAB, "dev") == Stack(
        name="dev",
        production=True,
        suppressions=(
            Suppression(rule="writable-root", resource="web", reason="a lesson about it"),
        ),
    )
    assert secret_keys(LAB) == ["other", "token"]


@pytest.mark.parametrize(
    "lab", [None, "text", [], {}, {"policy": []}, {"policy": {"suppress": {}}, "containers": 3}]
)
def test_what_is_no_lab_lets_nothing_pass(lab):
    assert stack_of(lab, "prod") == Stack(name="prod", production=True)
    assert stack_of(lab, "dev") == Stack(name="dev", production=False)
    assert secret_keys(lab) == []


def book(*suppressed):
    return Book(
        Stack(
            name="dev",
            production=False,
            suppressions=tuple(
                Suppression(rule=rule, resource=name, reason="a lesson about it")
                for rule, name in suppressed
            ),
        )
    )


def test_a_finding_is_told_with_why_and_the_ways_out():
    [text] = book().of_rule(container(readOnly=False), "writable-root")
    assert text.splitlines()[0] == "readOnly is not true"
    assert "Why: What is written" in text
    assert "Way out: leave read_only_root out" in text
    assert "{rule: writable-root, resource: thing, reason: ...}" in text


def test_what_cannot_be_told_is_no_finding_of_the_rule_but_a_doubt():
    one = container(privileged=UNKNOWN)
    assert list(book().of_rule(one, "privileged-container")) == []
    [text] = book().doubts(one)
    assert text.startswith("privileged-container: cannot tell: privileged is known only in a run")


def test_what_is_let_pass_is_told_as_that_alone():
    kept = book(("writable-root", "thing"))
    one = container(readOnly=False)
    assert list(kept.of_rule(one, "writable-root")) == []
    assert list(kept.doubts(one)) == []
    [text] = kept.let_pass(one)
    assert text == (
        "writable-root: readOnly is not true\nLet pass by the stack file: a lesson about it"
    )
    assert list(kept.in_vain()) == []


def test_a_suppression_that_met_nothing_is_told():
    kept = book(("writable-root", "thing"))
    assert list(kept.let_pass(container())) == []
    [text] = kept.in_vain()
    assert "writable-root finds nothing on thing" in text


def test_a_suppression_for_a_resource_that_never_came_is_told_with_a_name_that_did():
    kept = book(("writable-root", "think"))
    assert list(kept.let_pass(container())) == []
    [text] = kept.in_vain()
    assert "there is no resource think; the review prints names such as thing" in text


def test_a_doubt_can_be_let_pass():
    kept = book(("privileged-container", "thing"))
    assert list(kept.doubts(container(privileged=UNKNOWN))) == []
    assert list(kept.in_vain()) == []


def test_the_pack_runs_on_packages_of_its_own_with_the_programs_pulumi():
    pack = yaml.safe_load((ROOT / "policy/PulumiPolicy.yaml").read_text())
    assert pack["runtime"]["options"]["virtualenv"] == "../.docklab/policy-venv"
    lines = (ROOT / "policy/requirements.txt").read_text().splitlines()
    pins = {line for line in lines if line and not line.startswith("#")}
    assert all(pin.count("==") == 1 for pin in pins)
    of_the_program = (ROOT / "requirements.txt").read_text().splitlines()
    assert {p for p in pins if p.startswith(("pulumi==", "grpcio=="))} <= set(of_the_program)
