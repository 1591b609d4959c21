"""What happens to a lab when its machine goes: order, options, and what is said beforehand."""

import logging
import subprocess
import sys
from pathlib import Path

import pulumi
import pytest
from aws_values import filled
from lab_program import program_of

KIND = {"dev": "ec2", "prod": "ec2", "lightsail": "lightsail"}
EVERY_STACK = pytest.mark.parametrize("stack", KIND)
INSTANCES = ("aws:ec2/instance:Instance", "aws:lightsail/instance:Instance")
COMMAND = "command:local:Command"
VOLUME = "docker:index/volume:Volume"
SETTLED = {"ec2": "host-association", "lightsail": "host-attachment"}


@pytest.fixture(scope="module", params=KIND)
def each(request, stack_on):
    return stack_on(request.param)


def machine(engine):
    [found] = [r for r in engine.requests if r.type in INSTANCES]
    return found, engine.make_urn(found.parent, found.type, found.name)


def on_the_machine(engine):
    """Everything that is gone when the machine is."""
    return [
        r
        for r in engine.requests
        if r.type.startswith("docker:")
        or (r.type == COMMAND and r.name.endswith(("-mkdir", "-lifecycle")))
    ]


def named(urns):
    return {urn.rsplit("::", 1)[-1] for urn in urns}


def test_what_is_on_the_machine_ends_and_is_replaced_with_it(each):
    _, urn = machine(each)
    found = on_the_machine(each)
    assert {"data-volume", "front-network", "web-container", "base-image"} <= {
        r.name for r in found
    }
    assert any(r.name.endswith("-mkdir") for r in found)
    for request in found:
        assert request.deletedWith == urn, request.name
        assert list(request.replace_with) == [urn], request.name


def test_what_is_not_on_the_machine_lives_and_dies_by_itself(each):
    there = on_the_machine(each)
    rest = [r for r in each.requests if r not in there]
    assert rest
    assert {r.name for r in rest if r.deletedWith or r.replace_with} == set()


@EVERY_STACK
def test_a_new_machine_is_waited_for_again_once_it_has_the_address(stack_on, stack):
    engine = stack_on(stack)
    ready = engine.request(COMMAND, "host-ready")
    settled = SETTLED[KIND[stack]]
    triggers = engine.of(COMMAND)["host-ready"]["triggers"]
    assert triggers[0] == "host-instance-id"
    assert len(triggers) == 2
    assert settled in named(ready.propertyDependencies["triggers"].urns)
    assert {settled} <= named(ready.dependencies)
    assert engine.of(COMMAND)["host-ready"]["environment"]["FIRST_BOOT"] == "yes"


def test_lightsail_is_waited_for_behind_its_closed_firewall(stack_on):
    assert "host-firewall" in named(
        stack_on("lightsail").request(COMMAND, "host-ready").dependencies
    )


def test_a_lightsail_address_leaves_the_old_machine_before_it_goes_to_the_new(stack_on):
    kind = "aws:lightsail/staticIpAttachment:StaticIpAttachment"
    assert stack_on("lightsail").request(kind, "host-attachment").deleteBeforeReplace


def test_the_engine_is_asked_for_nothing_before_it_is_ready(each):
    [provider] = [r for r in each.requests if r.type == "pulumi:providers:docker"]
    assert "host-ready" in named(provider.dependencies)


def test_the_address_does_not_come_from_the_machine_and_so_is_known_before_it(each):
    [provider] = [r for r in each.requests if r.type == "pulumi:providers:docker"]
    assert named(provider.propertyDependencies["host"].urns) == {"host-address", "host-hostkey"}


def test_a_fixed_address_read_back_does_not_replace_the_machine(stack_on):
    request, _ = machine(stack_on("dev"))
    assert list(request.ignoreChanges) == ["associatePublicIpAddress"]


def test_a_session_managers_permission_is_there_before_the_machine(stack_on):
    request, _ = machine(stack_on("dev", ("host.session_manager", True)))
    assert "host-session-manager" in named(request.dependencies)


def protected(engine):
    return {r.name for r in engine.requests if r.protect}


def test_in_prod_the_volumes_are_protected_and_nothing_else(stack_on):
    assert protected(stack_on("prod")) == {"data", "data-volume"}
    assert protected(stack_on("dev")) == set()


def test_a_volume_has_the_last_word_on_its_protection(stack_on):
    assert protected(stack_on("prod", ("volumes.data", {"protect": False}))) == set()
    assert protected(stack_on("dev", ("volumes.data", {"protect": True}))) == {
        "data",
        "data-volume",
    }


def test_protection_changes_nothing_of_the_volume_itself(stack_on):
    assert stack_on("prod").of(VOLUME) == stack_on("dev").of(VOLUME)


def previewed(engine_for, replaced=()):
    engine = engine_for(preview=True)
    chain = "docklab:storage:DataVolume$docker:index/volume:Volume"
    engine.mocks.checkpoint = {
        f"urn:pulumi:test::docklab::{chain}::data-volume": {
            "type": VOLUME,
            "outputs": {"name": "data-volume-0a1b2c3", "driver": "local"},
        }
    }
    engine.mocks.replaced = set(replaced)
    return engine


@EVERY_STACK
def test_a_preview_that_replaces_the_machine_says_whose_data_go(
    stack_on, engine_for, caplog, stack
):
    with caplog.at_level(logging.WARNING):
        stack_on(stack, engine=previewed(engine_for, ["host-instance"]))
    assert "DATA LOSS: the machine is replaced" in caplog.text
    assert "data-volume-0a1b2c3 (data)" in caplog.text
    refused = "Pulumi refuses it as long as data are protected"
    assert (refused in caplog.text) == (stack == "prod")


def test_a_preview_that_keeps_the_machine_says_nothing_of_a_loss(stack_on, engine_for, caplog):
    with caplog.at_level(logging.WARNING):
        stack_on("dev", engine=previewed(engine_for))
    assert "DATA LOSS" not in caplog.text


def test_with_session_manager_the_loss_is_said_though_the_address_is_unknown(
    stack_on, engine_for, caplog
):
    engine = previewed(engine_for, ["host-instance"])
    with caplog.at_level(logging.WARNING):
        stack_on("dev", ("host.session_manager", True), engine=engine)
    assert "DATA LOSS: the machine is replaced" in caplog.text


@pytest.mark.parametrize(("preview", "times"), [(True, 1), (False, 0)], ids=["preview", "up"])
def test_the_end_of_amazon_linux_2_is_said_once_at_preview(
    stack_on, engine_for, caplog, preview, times
):
    with caplog.at_level(logging.WARNING):
        stack_on("dev", engine=engine_for(preview=preview, new_stack=True))
    assert caplog.text.count("reached its end of support on 2026-06-30") == times
    assert caplog.text.count("write `os: al2023` and run `make pin STACK=test`") == times


def test_amazon_linux_2023_is_not_warned_about(stack_on, engine_for, caplog):
    with caplog.at_level(logging.WARNING):
        stack_on("prod", engine=engine_for(preview=True))
    assert "end of support" not in caplog.text


def test_user_data_that_is_too_long_stops_the_run_and_shows_no_key(built, monkeypatch):
    from components.cloud_init import render

    monkeypatch.setattr(render, "LIMIT", 100)
    with pytest.raises(pulumi.RunError) as stopped:
        built(program_of(filled("dev")))
    assert str(stopped.value).startswith("lab.host: the user data is ")
    assert "and AWS takes 100" in str(stopped.value)
    assert "PRIVATE KEY" not in str(stopped.value)


_RUN = """
import asyncio, sys
sys.path[:0] = [".", "tests"]
import pulumi
from pulumi.runtime.settings import SETTINGS, set_root_resource
from lab_program import program, program_of
from aws_values import filled
from program.conftest import Engine, Provider
asyncio.set_event_loop(loop := asyncio.new_event_loop())
engine = Engine(Provider(preview=True, new_stack=True))
pulumi.runtime.set_mocks(engine.mocks, "docklab", "test", preview=True, monitor=engine)
set_root_resource(None)
SETTINGS.outputs.clear()
SETTINGS.rpc_manager.clear()
declare = program() if sys.argv[1] == "local" else program_of(filled(sys.argv[1]))
loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: (declare(), None)[1]))
print(len(engine.requests) > 9, any(name.startswith("pulumi_aws") for name in sys.modules))
"""


@pytest.mark.parametrize(("stack", "needs"), [("local", False), ("dev", True)])
def test_what_aws_needs_is_imported_for_aws_alone(stack, needs):
    root = Path(__file__).parents[2]
    command = [sys.executable, "-W", "ignore", "-c", _RUN, stack]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["True", str(needs)]
