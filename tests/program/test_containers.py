"""How a container of the lab is registered: confined, and in forms that read back unchanged."""

import json

import pytest
from lab_program import program

CONTAINER = "docker:index/container:Container"
SECRET = "4dabf18193072939515e22adb298388d"


@pytest.fixture
def containers(built):
    """Inputs of the lab's containers by logical name, for changes of the good lab."""

    def of(*changes):
        return built(program(*changes)).of(CONTAINER)

    return of


def test_every_container_is_confined_by_default(containers):
    for name, container in containers().items():
        if not name.startswith("isolation-"):
            assert container["capabilities"] == {"drops": ["ALL"]}, name
            assert container["securityOpts"] == ["no-new-privileges:true"]
            assert (container["ipcMode"], container["cgroupnsMode"]) == ("private", "private")
            assert container["readOnly"] is True
            assert container["memory"] == container["memorySwap"] == 128
            assert not {"pidMode", "usernsMode", "privileged", "networkMode"} & set(container)


def test_a_capability_is_added_in_the_engines_own_form(containers):
    web = containers(("containers.web.capabilities", ["net_bind_service", "CHOWN"]))[
        "web-container"
    ]
    assert web["capabilities"] == {
        "adds": ["CAP_CHOWN", "CAP_NET_BIND_SERVICE"],
        "drops": ["ALL"],
    }


def test_names_on_the_engine_carry_the_stack_and_the_label(containers):
    web = containers()["web-container"]
    assert web["name"] == "docklab-test-web"
    assert web["labels"] == [{"label": "docklab.stack", "value": "test"}]


def test_a_container_is_found_by_its_key_on_each_of_its_networks(containers):
    web = containers()["web-container"]
    assert web["hostname"] == "web"
    assert web["networksAdvanced"] == [
        {"name": "docklab-test-front", "aliases": ["web", "www"], "ipv4Address": "172.30.10.10"}
    ]


def test_a_container_on_no_network_has_none(containers):
    keeper = containers(("containers.keeper.networks", {}))["keeper-container"]
    assert keeper["networkMode"] == "none"
    assert "networksAdvanced" not in keeper


def test_volumes_and_binds_are_mounts_with_their_modes(containers):
    found = containers()
    volume = {"type": "volume", "source": "data-volume-0a1b2c3", "target": "/data"}
    assert found["web-container"]["mounts"] == [{**volume, "readOnly": True}]
    assert found["keeper-container"]["mounts"] == [{**volume, "readOnly": False}]
    assert found["visitor-container"]["mounts"] == [
        {
            "type": "bind",
            "source": "/srv/clone/.docklab/lab/test/notes",
            "target": "/notes",
            "readOnly": False,
        }
    ]


def test_a_tmpfs_is_limited_and_nothing_runs_from_it(containers):
    assert containers()["visitor-container"]["tmpfs"] == {
        "/tmp": "rw,noexec,nosuid,nodev,size=16777216,mode=1777"
    }


def test_a_port_is_bound_to_this_machine(containers):
    assert containers()["web-container"]["ports"] == [
        {"internal": 80, "external": 8080, "ip": "127.0.0.1", "protocol": "tcp"}
    ]


def test_lists_do_not_depend_on_the_order_in_the_yaml(containers):
    def registered(*keys):
        return containers(
            ("containers.web.environment", dict.fromkeys(keys, "1")),
            (
                "containers.web.ports",
                [{"host": 8000 + len(key), "container": len(key)} for key in keys],
            ),
            ("containers.web.tmpfs", {f"/{key}": "1MiB" for key in keys}),
        )["web-container"]

    assert registered("A", "BB", "CCC") == registered("CCC", "A", "BB")


def test_durations_of_a_health_check_are_canonical(containers):
    check = {"command": "true", "interval": "1m", "timeout": "1500ms", "retries": 2}
    web = containers(("containers.web.health_check", check))["web-container"]
    assert web["healthcheck"] == {
        "tests": ["CMD-SHELL", "true"],
        "interval": "1m0s",
        "timeout": "1.5s",
        "startPeriod": "0s",
        "retries": 2,
    }


def test_what_the_provider_never_applies_replaces_the_container(unchanged):
    request = unchanged.request(CONTAINER, "web-container")
    assert {"healthcheck", "init", "mounts", "tmpfs"} <= set(request.replaceOnChanges)
    assert request.deleteBeforeReplace


def test_a_secret_is_a_secret_from_configuration_to_container(built):
    lab = program(("containers.web.secret_environment", {"PASSWORD": "db_password"}))
    engine = built(lab, config={"docklab:db_password": "hunter2"})
    request = engine.request(CONTAINER, "web-container")
    envs = request.object["envs"]
    assert SECRET in envs or any(SECRET in item for item in envs if not isinstance(item, str))
    assert list(request.additionalSecretOutputs) == ["envs"]
    assert "PASSWORD=hunter2" in json.dumps(engine.of(CONTAINER)["web-container"]["envs"])
    for name, container in engine.of(CONTAINER).items():
        assert name == "web-container" or "hunter2" not in json.dumps(container)


SHARED = [
    (("ipc_mode", "host", "ipc"), {"ipcMode": "host"}),
    (("pid_mode", "host", "pid"), {"pidMode": "host"}),
    (("userns_mode", "host", "user"), {"usernsMode": "host"}),
    (("pid_mode", "container:web", "pid"), {"pidMode": "container:web-container-id"}),
    (("ipc_mode", "container:web", "ipc"), {"ipcMode": "container:web-container-id"}),
]


@pytest.mark.parametrize(("relaxed", "expected"), SHARED)
def test_a_relaxation_reaches_the_engine_only_where_it_is_written(containers, relaxed, expected):
    key, mode, name = relaxed
    found = containers(
        (f"containers.keeper.{key}", mode), ("containers.keeper.allow_shared_namespaces", [name])
    )
    assert expected.items() <= found["keeper-container"].items()
    assert not expected.items() <= found["visitor-container"].items()


def test_a_container_whose_ipc_is_joined_lets_others_in(containers):
    found = containers(
        ("containers.keeper.ipc_mode", "container:web"),
        ("containers.keeper.allow_shared_namespaces", ["ipc"]),
    )
    assert found["web-container"]["ipcMode"] == "shareable"
    assert found["visitor-container"]["ipcMode"] == "private"


def test_joining_a_network_gives_up_hostname_and_networks(containers):
    found = containers(
        ("containers.keeper.networks", {}),
        ("containers.keeper.network_mode", "container:web"),
        ("containers.keeper.allow_shared_namespaces", ["net"]),
    )
    keeper = found["keeper-container"]
    assert keeper["networkMode"] == "container:web-container-id"
    assert not {"hostname", "networksAdvanced"} & set(keeper)


def test_with_the_hosts_ipc_the_label_that_the_engine_adds_is_said_beforehand(containers):
    keeper = containers(
        ("containers.keeper.ipc_mode", "host"),
        ("containers.keeper.allow_shared_namespaces", ["ipc"]),
    )["keeper-container"]
    assert keeper["securityOpts"] == ["label=disable", "no-new-privileges:true"]
