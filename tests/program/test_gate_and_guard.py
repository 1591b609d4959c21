"""The two ways a run is stopped: an isolation that is not proven, and data that would be lost."""

import json
import logging

import pulumi
import pytest
from lab_program import program

CONTAINER = "docker:index/container:Container"
VOLUME = "docker:index/volume:Volume"
EVERY_RUN = pytest.mark.parametrize("preview", [False, True], ids=["up", "preview"])


def spec(engine):
    [text] = engine.of(CONTAINER)["isolation-container"]["envs"]
    return json.loads(text.removeprefix("NSV_SPEC="))


def test_the_verifying_container_has_what_it_needs_and_no_more(unchanged):
    check = unchanged.of(CONTAINER)["isolation-container"]
    assert check["capabilities"] == {
        "adds": ["CAP_SETGID", "CAP_SETUID", "CAP_SYS_ADMIN", "CAP_SYS_PTRACE"],
        "drops": ["ALL"],
    }
    assert (check["networkMode"], check["usernsMode"]) == ("none", "host")
    assert check["readOnly"] is True
    assert set(check["securityOpts"]) == {
        "no-new-privileges:true",
        "apparmor=unconfined",
        "label=disable",
    }
    assert check["mounts"] == [
        {"type": "bind", "source": "/proc", "target": "/host/proc", "readOnly": True}
    ]
    assert (check["attach"], check["logs"], check["mustRun"], check["rm"]) == (
        True,
        True,
        False,
        False,
    )
    assert (check["restart"], list(check["tmpfs"])) == ("no", ["/tmp"])
    assert "pidMode" not in check


def test_a_verification_that_broke_off_is_made_again(unchanged):
    for name in ("isolation-container", "isolation-files"):
        request = unchanged.request(CONTAINER, name)
        assert list(request.replaceOnChanges) == ["*"]
        assert request.deleteBeforeReplace
    assert unchanged.request(CONTAINER, "isolation-container").customTimeouts.create == "5m"


def test_the_verifier_is_lent_read_only_by_a_container_that_never_runs(unchanged):
    containers = unchanged.of(CONTAINER)
    files = containers["isolation-files"]
    assert (files["start"], files["mustRun"], files["networkMode"]) == (False, False, "none")
    assert files["uploads"] == [{"file": "/verifier/verifier.pyz", "contentBase64": "emlwYXBw"}]
    assert containers["isolation-container"]["volumes"] == [
        {"fromContainer": "isolation-files-id:ro"}
    ]
    assert containers["isolation-container"]["command"] == ["/verifier/verifier.pyz"]


def test_the_verifier_is_asked_about_every_container_and_mount(unchanged):
    asked = spec(unchanged)
    assert [(c["name"], c["id"], c["networks"]) for c in asked["containers"]] == [
        ("keeper", "keeper-container-id", ["back"]),
        ("visitor", "visitor-container-id", ["front"]),
        ("web", "web-container-id", ["front"]),
    ]
    assert asked["containers"][1]["volumes"] == [
        {"path": "/notes", "mode": "rw", "key": "bind:${lab_dir}/notes"}
    ]
    assert asked["internal"] == ["back"]
    assert asked["egress"] == []
    [port] = asked["published"]
    assert (port["container"], port["address"], port["port"]) == ("web", "127.0.0.1", 8080)
    assert (port["container_port"], port["protocol"]) == (80, "tcp")


def test_the_verifier_is_told_which_address_only_networks_with_a_way_out_reach(built):
    engine = built(program(("verification", {"egress": ["192.0.2.1:443"]})))
    assert spec(engine)["egress"] == ["192.0.2.1:443"]


def test_leave_to_share_is_not_passed_on_to_the_verifier(built):
    relaxed = program(
        ("containers.keeper.ipc_mode", "host"),
        ("containers.keeper.allow_shared_namespaces", ["ipc"]),
    )
    assert spec(built(relaxed))["allow_shared"] == []


@pytest.fixture
def failing(engine_for):
    def make(preview=False, new_stack=False):
        engine = engine_for(preview, new_stack)
        engine.mocks.exit_code = 1
        engine.mocks.report = {
            "verdict": "not_isolated",
            "checks": [
                {
                    "id": "ipc.host",
                    "subject": "keeper",
                    "status": "fail",
                    "required": True,
                    "claim": "keeper has an IPC namespace of its own",
                    "remedy": "remove ipc_mode",
                }
            ],
        }
        return engine

    return make


@EVERY_RUN
def test_a_failed_verification_stops_the_run_naming_check_subject_and_remedy(
    built, failing, preview
):
    with pytest.raises(pulumi.RunError) as stopped:
        built(program(), failing(preview))
    said = str(stopped.value)
    assert "ipc.host keeper: does not hold: keeper has an IPC namespace of its own" in said
    assert "remedy: remove ipc_mode" in said
    assert "make verify STACK=test" in said
    assert (
        "pulumi up --stack test --replace 'urn:pulumi:test::docklab::docklab:verification:"
        "NamespaceCheck$docker:index/container:Container::isolation-container'" in said
    )


def test_a_failed_verification_leaves_the_outputs_in_the_state(built, failing):
    engine = failing()
    with pytest.raises(pulumi.RunError):
        built(program(), engine)
    assert engine.outputs["verdict"] == "not_isolated: ipc.host"
    assert engine.outputs["volumes"] == {"data": "data-volume-0a1b2c3"}
    assert json.loads(engine.outputs["report"])["verdict"] == "not_isolated"


def test_a_first_preview_has_no_verdict_to_judge(built, failing):
    engine = built(program(), failing(preview=True, new_stack=True))
    assert "isolation-container" in engine.of(CONTAINER)


def checkpoint(**volumes):
    chain = "docklab:storage:DataVolume$docker:index/volume:Volume"
    return {
        f"urn:pulumi:test::docklab::{chain}::{key}-volume": {
            "type": VOLUME,
            "outputs": {"name": f"{key}-volume-0a1b2c3", "driver": "local", **more},
        }
        for key, more in volumes.items()
    }


def lab_components(engine):
    """What was registered beside the host."""
    return {r.name for r in engine.requests if r.type.startswith("docker:")}


@EVERY_RUN
def test_an_edit_that_loses_data_is_refused_before_anything_is_registered(
    built, engine_for, preview
):
    engine = engine_for(preview)
    engine.mocks.checkpoint = checkpoint(data={}, logs={})
    with pytest.raises(pulumi.RunError, match="would destroy data") as stopped:
        built(program(), engine)
    assert "lab.volumes.logs: is gone from the lab" in str(stopped.value)
    assert "lab.volumes.data" not in str(stopped.value)
    assert lab_components(engine) == set()


@EVERY_RUN
def test_an_edit_that_replaces_a_volume_is_refused(built, engine_for, preview):
    engine = engine_for(preview)
    engine.mocks.checkpoint = checkpoint(data={"driverOpts": {"type": "tmpfs"}})
    with pytest.raises(pulumi.RunError, match=r"lab\.volumes\.data: options .* replaces volume"):
        built(program(), engine)
    assert lab_components(engine) == set()


@EVERY_RUN
def test_a_loss_that_the_lab_allows_goes_through(built, engine_for, preview):
    engine = engine_for(preview)
    engine.mocks.checkpoint = checkpoint(data={}, logs={})
    built(program(("allow_data_loss", ["logs"])), engine)
    assert "data-volume" in engine.of(VOLUME)


def test_the_state_asked_for_is_the_stacks_own(built, engine_for):
    engine = built(program(), engine_for())
    [lookup] = engine.lookups
    assert lookup.args["stackName"] == "organization/docklab/test"


def test_a_new_stacks_preview_asks_for_no_state(built, engine_for):
    assert built(program(), engine_for(preview=True, new_stack=True)).lookups == []


def test_a_lab_last_seen_on_another_engine_is_warned_about(built, engine_for, caplog):
    engine = engine_for()
    chain = "docklab:host:LocalHost$pulumi:providers:docker"
    engine.mocks.checkpoint = {
        f"urn:pulumi:test::docklab::{chain}::host-docker": {
            "type": "pulumi:providers:docker",
            "outputs": {"host": "unix:///elsewhere.sock"},
        }
    }
    with caplog.at_level(logging.WARNING):
        built(program(), engine)
    assert "last brought up on unix:///elsewhere.sock, and now on unix:///run/x.sock" in caplog.text
