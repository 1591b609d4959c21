"""The proof about volumes: how it is run, when it is run again, and that it can stop an `up`."""

import json

import pulumi
import pytest
from lab_program import program

from components.volume_check import VolumeCheck, VolumeCheckArgs

COMMAND = "command:local:Command"
NAME = "isolation-lifecycle"


def run(engine):
    return engine.of(COMMAND)[NAME]


def asked(engine):
    return json.loads(run(engine)["environment"]["LIFECYCLE_SPEC"])


def test_it_runs_the_program_with_the_interpreter_that_runs_pulumi(unchanged):
    made = run(unchanged)
    assert made["interpreter"] == ["/srv/clone/.docklab/venv/bin/python", "-m"]
    assert (made["create"], made["dir"]) == ("lifecycle", "/srv/clone")
    about = made["environment"].keys()
    assert about == {"DOCKER_HOST", "LIFECYCLE_SPEC", "LIFECYCLE_SSH_OPTIONS"}
    assert made["environment"]["LIFECYCLE_SSH_OPTIONS"] == "[]"
    assert made["environment"]["DOCKER_HOST"] == "unix:///run/x.sock"
    assert (asked(unchanged)["image"], asked(unchanged)["stack"]) == ("sha256:" + "1" * 64, "test")
    assert made["logging"] == "none"
    assert made["addPreviousOutputInEnv"] is False


def test_it_waits_for_the_image_and_for_no_container(unchanged):
    waits = unchanged.request(COMMAND, NAME).propertyDependencies["environment"].urns
    assert [urn.rsplit("::", 1)[-1] for urn in waits] == ["base-image"]


def test_it_is_made_anew_in_place_within_its_time(unchanged):
    request = unchanged.request(COMMAND, NAME)
    assert request.deleteBeforeReplace
    assert request.customTimeouts.create == request.customTimeouts.update == "2m"
    assert run(unchanged)["triggers"] == [asked(unchanged)["run_id"]]


def test_an_unchanged_lab_asks_the_same_and_a_changed_one_anew(built, unchanged):
    assert run(built(program())) == run(unchanged)
    changed = built(program(("containers.web.command", ["sleep", "61"])))
    assert asked(changed)["run_id"] != asked(unchanged)["run_id"]


def test_no_secret_of_the_lab_is_in_its_environment_or_command_line(built):
    lab = program(("containers.web.secret_environment", {"PASSWORD": "web_password"}))
    config = {"docklab:web_password": "hunter2"}
    assert "hunter2" not in json.dumps(run(built(lab, config=config)))


def test_a_host_elsewhere_adds_what_reaching_it_takes(built):
    def elsewhere():
        VolumeCheck(
            "x",
            VolumeCheckArgs(
                docker_host="ssh://user@host",
                image_id="sha256:1",
                stack="s",
                python="python3",
                folder="/srv/x",
                about={},
                ssh_options=["-i", "/home/me/key"],
            ),
        )

    made = built(elsewhere).of(COMMAND)["x-lifecycle"]
    assert json.loads(made["environment"]["LIFECYCLE_SSH_OPTIONS"]) == ["-i", "/home/me/key"]
    assert made["environment"]["DOCKER_HOST"] == "ssh://user@host"


def test_another_engine_is_asked_anew(built):
    def on(host):
        def lab():
            args = {"image_id": "i", "stack": "s", "python": "p", "folder": "/", "about": {}}
            VolumeCheck("x", VolumeCheckArgs(docker_host=host, **args))

        made = built(lab).of(COMMAND)["x-lifecycle"]
        return json.loads(made["environment"]["LIFECYCLE_SPEC"])["run_id"]

    assert on("unix:///a") != on("unix:///b")


def test_a_lab_that_gives_up_the_verification_tries_no_volume(built):
    assert NAME not in built(program(("verification", {"enabled": False}))).of(COMMAND)


def test_both_parts_are_in_one_report(unchanged):
    report = json.loads(unchanged.outputs["report"])
    assert [check["id"] for check in report["checks"]] == ["mnt.host", "vol.outlives", "vol.layer"]
    assert unchanged.outputs["verdict"].startswith("isolated: MNT (3 checks passed")


@pytest.mark.parametrize("preview", [False, True], ids=["up", "preview"])
@pytest.mark.parametrize(
    ("volumes", "said"),
    [
        ({"vol.outlives": "fail", "vol.layer": "pass"}, "vol.outlives *: does not hold: what is"),
        ({"vol.outlives": "pass", "vol.layer": "fail"}, "vol.layer *: does not hold: what is"),
        ({"vol.outlives": "pass", "vol.layer": "error"}, "vol.layer *: could not be told: what"),
        ({"vol.outlives": "pass"}, "vol.layer *: could not be told: what is"),
    ],
)
def test_a_volume_that_is_not_proven_stops_the_run_with_the_remedy(
    built, engine_for, preview, volumes, said
):
    engine = engine_for(preview)
    engine.mocks.volumes = volumes
    with pytest.raises(pulumi.RunError) as stopped:
        built(program(), engine)
    text = str(stopped.value)
    assert said in text
    assert "; remedy: " in text
    assert "make verify STACK=test" in text
    assert "VolumeCheck$command:local:Command::isolation-lifecycle'" in text
    assert not engine.outputs["verdict"].startswith("isolated")
    assert json.loads(engine.outputs["report"])["verdict"] != "isolated"


def test_a_first_preview_tries_nothing(built, engine_for):
    engine = built(program(), engine_for(preview=True, new_stack=True))
    assert NAME in engine.of(COMMAND)
