"""The program on the recording engine: what the review reads, with nothing but the checkout."""

import json
import os
import subprocess
import sys

import pulumi_command as command
import pytest
import yaml
from unit.review.lab_files import recorded, stack_file

from infra.program import build
from review.changes.table import table
from review.comparison import compared
from review.recorder import Refused, record
from review.samples import HOST_KEY, HOST_KEY_PAIR, PLACEHOLDERS
from review.snapshot import Snapshot, to_text
from review.stacks import ROOT, names, read
from review.written import files, snapshot

PRINT = """
from review.recorder import record
from review.snapshot import to_text
from review.stacks import names, read
from review.written import snapshot
for name in names():
    print(to_text(snapshot(record(read(name)))))
"""


def by_name(found):
    return {one.name: one for one in found.resources}


@pytest.fixture(scope="module")
def texts():
    return {name: to_text(snapshot(record(read(name)))) for name in names()}


def test_the_text_is_the_same_in_any_process_whatever_its_environment(texts):
    for seed, more in (("1", {}), ("2", {"DOCKER_HOST": "tcp://192.0.2.9:1", "AWS_REGION": "x"})):
        environment = {**os.environ, **more, "PYTHONHASHSEED": seed}
        environment |= {"AWS_SECRET_ACCESS_KEY": "canary", "DOCKER_CERT_PATH": "/nowhere"}
        done = subprocess.run(
            [sys.executable, "-c", PRINT],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout == "".join(f"{texts[name]}\n" for name in names())


def test_every_type_that_is_registered_is_in_the_table_of_what_replaces_it():
    with_sessions = recorded("prod", ("host.session_manager", True))
    ssh = {"kind": "ssh", "address": "lab.example.org", "user": "me", "host_key": HOST_KEY}
    every = [*map(record, map(read, names())), with_sessions, recorded("local", ("host", ssh))]
    types = {one.type for found in every for one in found.resources if not one.is_component}
    assert types - table().keys() == set()


def test_nothing_that_is_registered_today_is_judged_by_nobody():
    ssh = {"kind": "ssh", "address": "lab.example.org", "user": "me", "host_key": HOST_KEY}
    with_sessions = recorded("prod", ("host.session_manager", True))
    for found in (
        *map(record, map(read, names())),
        with_sessions,
        recorded("local", ("host", ssh)),
    ):
        empty = Snapshot(stack=found.stack, production=False, resources=())
        assert compared(empty, snapshot(found)).unjudged == ()


def test_a_program_that_asks_what_only_a_run_can_answer_is_refused(monkeypatch):
    def asks(lab, around):
        command.local.run_output(command="id")
        return build(lab, around)

    monkeypatch.setattr("review.recorder.build", asks)
    with pytest.raises(Refused, match="calls command:local:run, which only a run can answer"):
        record(read("local"))


def test_of_a_program_that_fails_the_place_is_told_and_not_its_words(monkeypatch):
    def fails(*_):
        raise KeyError("canary")

    monkeypatch.setattr("review.recorder.build", fails)
    with pytest.raises(Refused, match=r"fails with KeyError in .*, line \d+") as told:
        record(read("local"))
    assert "canary" not in str(told.value)


def test_the_environment_is_as_it_was(monkeypatch):
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    record(read("local"))
    assert os.environ["AWS_REGION"] == "eu-west-1"


def test_no_sample_and_no_key_is_in_a_text(texts):
    for text in texts.values():
        assert not [sample for sample in PLACEHOLDERS.values() if sample in text]
        assert "PRIVATE KEY" not in text
        assert HOST_KEY_PAIR.splitlines()[1] not in text
        assert str(ROOT) not in text


def test_every_text_is_yaml_that_github_can_show(texts):
    for text in texts.values():
        assert len(text) < 60_000
        assert yaml.safe_load(text)["stack"]["format"] == 1


def test_outputs_of_others_are_there_by_name_and_what_they_are_made_from_is_known():
    web = by_name(recorded())["web-container"]
    assert web.inputs["image"] == "${base-image.imageId}"
    assert [path.rpartition("::")[2] for path in web.uses["image"]] == ["base-image"]
    assert web.path == (
        "docklab:container:LabContainer$docker:index/container:Container::web-container"
    )


def test_a_volume_has_no_name_before_a_run_gives_it_one():
    mounts = by_name(recorded())["web-container"].inputs["mounts"]
    assert mounts[0]["source"] == "${data-volume.name}"


def test_options_are_recorded():
    found = by_name(recorded("prod"))
    assert found["data-volume"].options.protect
    assert found["data-volume"].options.deleted_with.endswith("::host-instance")
    assert found["web-container"].options.delete_before_replace
    assert found["isolation-container"].options.replace_on_changes == ("*",)
    assert found["web-container"].options.provider.endswith("::host-docker")


def test_a_secret_is_there_by_its_variable_alone():
    changes = ("containers.web.secret_environment", {"TOKEN": "token"})
    found = recorded("local", changes, token={"secure": "v1:canary"})
    [entry] = by_name(found)["web-container"].inputs["envs"]
    assert entry.startswith("TOKEN=[secret ")
    assert "canary" not in to_text(snapshot(found))


def test_user_data_is_a_secret_whose_change_is_seen():
    then = by_name(recorded("prod"))["host-instance"].inputs["userData"]
    now = by_name(recorded("prod", ("host.updates", "all")))["host-instance"].inputs["userData"]
    assert then.startswith("[secret ")
    assert then != now


def test_moved_lines_of_the_stack_file_change_nothing():
    def turned(value):
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return value

    file = read("local")
    lab = yaml.safe_load(file.config["docklab:lab"])
    moved = {**file.config, "docklab:lab": yaml.safe_dump(turned(lab), sort_keys=False)}
    moved["docklab:lab"] = json.dumps(turned(lab))
    other = type(file)(name=file.name, config=moved, secrets=file.secrets)
    assert to_text(snapshot(record(other))) == to_text(snapshot(record(file)))


@pytest.mark.parametrize(
    ("stack", "change", "why"),
    [
        ("prod", ("host.admin_cidr", "0.0.0.0/0"), "lab.host.admin_cidr: .*sshd to the world"),
        ("local", ("containers.web.image", "nope"), "lab.containers.web.image: 'nope' is no image"),
        ("local", ("containers.web.secret_environment", {"A": "token"}), "has no token"),
    ],
)
def test_a_stack_that_the_program_refuses_is_told_in_its_words(stack, change, why):
    with pytest.raises(Refused, match=why):
        record(stack_file(stack, change))


def test_a_secret_in_plain_text_is_refused_and_not_shown():
    change = ("containers.web.secret_environment", {"A": "token"})
    with pytest.raises(Refused, match="is in plain text") as told:
        recorded("local", change, token="canary")
    assert "canary" not in str(told.value)


def test_a_lab_that_is_a_secret_is_refused_and_not_shown():
    with pytest.raises(Refused, match="holds a secret value") as told:
        recorded("local", ("containers.web.environment", {"A": {"secure": "canary"}}))
    assert "canary" not in str(told.value)


WEB = "containers.web"


@pytest.mark.parametrize(
    "change",
    [
        (f"{WEB}.environment", {"REDIS_URL": "redis://:hunter22@db:6379/0"}),
        (f"{WEB}.environment", {"TLS_KEY": "hunter22" * 400}),
        (f"{WEB}.command", ["redis-server", "--requirepass", "hunter22"]),
        (f"{WEB}.entrypoint", ["serve", "--token=hunter22"]),
        (f"{WEB}.health_check.command", ["redis-cli", "--pass", "hunter22", "ping"]),
        (f"{WEB}.health_check.command", "redis-cli -a hunter22 ping"),
        (
            "volumes.data",
            {"options": {"type": "cifs", "device": "nas/s", "o": "password=hunter22"}},
        ),
        ("volumes.data", {"driver": "vieux/sshfs", "options": {"password": "hunter22"}}),
    ],
    ids=str,
)
def test_a_secret_in_plain_text_is_found_and_in_no_text_of_the_review(change):
    texts = files(recorded("local", change))
    assert "hunter22" not in "".join(texts.values())
    assert "literal-secret" in texts["policy.md"]
