"""The whole lab on a recording engine: what is declared, under whom, and what is not."""

import json
import time
from pathlib import Path

import pulumi
import pytest
import yaml
from lab_program import AROUND, program
from lab_values import changed, good_lab

from infra.config import load, parse
from infra.program import build, export
from infra.surroundings import surroundings

CONTAINER = "docker:index/container:Container"
IMAGE = "docker:index/remoteImage:RemoteImage"
NETWORK = "docker:index/network:Network"
VOLUME = "docker:index/volume:Volume"
COMMAND = "command:local:Command"
PROVIDER = "pulumi:providers:docker"
DEFAULT_LAB = Path(__file__).parents[2] / "stacks" / "Pulumi.local.yaml"
EVERY_WAY = pytest.mark.parametrize(
    ("preview", "new_stack"), [(False, False), (True, False), (True, True)]
)


def made_folders(engine):
    return {name: made for name, made in engine.of(COMMAND).items() if name.endswith("-mkdir")}


@EVERY_WAY
def test_each_part_of_the_yaml_is_declared_once(built, engine_for, preview, new_stack):
    engine = built(program(), engine_for(preview, new_stack))
    assert {kind: sorted(engine.of(kind)) for kind in (IMAGE, NETWORK, VOLUME, CONTAINER)} == {
        IMAGE: ["base-image"],
        NETWORK: ["back-network", "front-network"],
        VOLUME: ["data-volume"],
        CONTAINER: [
            "isolation-container",
            "isolation-files",
            "keeper-container",
            "visitor-container",
            "web-container",
        ],
    }


def test_the_default_lab_builds_in_well_under_a_second(built):
    lab = parse(yaml.safe_load(DEFAULT_LAB.read_text())["config"]["docklab:lab"])
    started = time.perf_counter()
    engine = built(lambda: export(build(lab, AROUND)))
    assert time.perf_counter() - started < 1
    assert len(engine.of(CONTAINER)) == 4 + 2


def test_every_docker_resource_goes_to_the_engine_said_out_loud(unchanged):
    assert unchanged.of(PROVIDER) == {"host-docker": {"host": "unix:///run/x.sock"}}
    docker = [request for request in unchanged.requests if request.type.startswith("docker:")]
    assert docker
    assert all("::host-docker::" in request.provider for request in docker)


def test_a_network_has_its_gateway_written_and_an_internal_one_no_way_out(unchanged):
    networks = unchanged.of(NETWORK)
    assert networks["front-network"]["ipamConfigs"] == [
        {"subnet": "172.30.10.0/24", "gateway": "172.30.10.1"}
    ]
    assert networks["front-network"]["internal"] is False
    assert networks["back-network"]["internal"] is True
    assert networks["back-network"]["name"] == "docklab-test-back"


def test_a_volume_has_neither_name_nor_label(unchanged):
    assert unchanged.of(VOLUME) == {"data-volume": {"driver": "local"}}


def test_an_image_stays_when_the_lab_goes(unchanged):
    assert unchanged.of(IMAGE) == {
        "base-image": {"name": "python:3.11-slim-bookworm", "keepLocally": True}
    }


def test_containers_run_the_image_that_was_found_not_its_tag(unchanged):
    for container in unchanged.of(CONTAINER).values():
        assert container["image"] == "sha256:" + "1" * 64


def test_a_folder_made_on_demand_is_made_once_and_before_its_containers(built):
    bind = {"source": "${lab_dir}/notes", "target": "/n", "missing": "create"}
    engine = built(program(("containers.web.binds", [bind])))
    [(name, command)] = made_folders(engine).items()
    assert command["environment"] == {"DIRECTORY": "/srv/clone/.docklab/lab/test/notes"}
    waits = {
        request.name: any(name in urn for urn in request.dependencies)
        for request in engine.requests
        if request.type == "docklab:container:LabContainer"
    }
    assert waits == {"web": True, "visitor": True, "keeper": False}


def test_a_folder_that_must_exist_is_not_made(built):
    bind = {"source": "/srv/notes", "target": "/n"}
    assert made_folders(built(program(("containers.visitor.binds", [bind])))) == {}


def test_the_keys_of_two_folders_never_meet(built):
    binds = [
        {"source": f"${{lab_dir}}/{name}", "target": f"/{i}", "missing": "create"}
        for i, name in enumerate(["a/b", "a-b", "a_b"])
    ]
    assert len(made_folders(built(program(("containers.visitor.binds", binds))))) == 3


def test_taking_one_part_away_renames_no_other(built):
    before = built(program()).requests
    after = built(program(("containers.c", {"image": "base"}))).requests
    assert {(r.type, r.name) for r in before} < {(r.type, r.name) for r in after}


def test_the_outputs_say_what_the_lab_is(unchanged):
    said = unchanged.outputs
    assert said["containers"] == {
        key: f"docklab-test-{key}" for key in ("web", "visitor", "keeper")
    }
    assert said["networks"] == {key: f"docklab-test-{key}" for key in ("front", "back")}
    assert said["volumes"] == {"data": "data-volume-0a1b2c3"}
    assert said["docker_host"] == "export DOCKER_HOST=unix:///run/x.sock"
    assert json.loads(said["report"])["verdict"] == "isolated"
    assert said["verdict"].startswith("isolated:")


def test_the_outputs_say_in_short_which_namespaces_are_isolated(built, engine_for):
    engine = engine_for()
    engine.mocks.report |= {
        "targets": [{"name": "web", "ns": {"mnt": {"state": "isolated", "required": True}}}]
    }
    assert built(program(), engine).outputs["isolation"] == {"web": {"MNT": "isolated"}}


def test_a_lab_that_gives_up_the_verification_says_so(built):
    engine = built(program(("verification", {"enabled": False})))
    assert "isolation-container" not in engine.of(CONTAINER)
    assert engine.outputs["verdict"] == "not verified: the lab says verification: {enabled: false}"
    assert engine.outputs["isolation"] == {}


def test_the_lab_is_read_from_the_stacks_configuration(built):
    labs = []
    config = {"docklab:lab": json.dumps(good_lab())}

    def read():
        pulumi.runtime.set_all_config(config)
        labs.append(load())

    built(read)
    assert labs == [parse(good_lab())]


@pytest.mark.parametrize(
    ("config", "secrets", "said"),
    [
        ({}, [], "holds no docklab:lab"),
        ({"docklab:lab": "a text"}, [], "lab: must be a mapping of keys to settings"),
        ({"docklab:lab": json.dumps({"host": "hunter2"})}, ["docklab:lab"], "holds a secret value"),
        (
            {"docklab:lab": json.dumps(changed(("containers.web.secret_environment", {"P": "p"})))},
            [],
            "secret_environment.P: the stack's configuration has no p; run",
        ),
    ],
)
def test_a_configuration_that_is_no_lab_is_refused_without_a_secret(built, config, secrets, said):
    def read():
        pulumi.runtime.set_all_config(config, secrets)
        load()

    with pytest.raises(pulumi.RunError, match=said) as refused:
        built(read)
    assert "hunter2" not in str(refused.value)


def test_the_surroundings_are_the_environments_with_defaults(built):
    seen = []
    built(lambda: seen.append(surroundings(b"", {})))
    built(
        lambda: seen.append(surroundings(b"", {"DOCKER_HOST": "tcp://h:1", "DOCKLAB_HOME": "/h"}))
    )
    assert seen[0].docker_host == "unix:///var/run/docker.sock"
    assert seen[0].lab_dir == str(DEFAULT_LAB.parents[1] / ".docklab/lab/test")
    assert (seen[1].docker_host, seen[1].lab_dir) == ("tcp://h:1", "/h/lab/test")
