"""The host key of a machine in AWS: one half a secret all the way, the other pinned."""

import json
import subprocess

import pytest
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.rpc import deserialize_properties

SECRET = "4dabf18193072939515e22adb298388d"
COMMAND = "command:local:Command"
INSTANCE = "aws:ec2/instance:Instance"
SAIL = "aws:lightsail/instance:Instance"
DOCKER = "pulumi:providers:docker"
ADDRESS = "203.0.113.9"


@pytest.fixture(scope="module", params=["dev", "prod", "lightsail"])
def each(request, stack_on):
    return stack_on(request.param)


@pytest.fixture(scope="module")
def dev(stack_on):
    return stack_on("dev")


@pytest.fixture(scope="module")
def sail(stack_on):
    return stack_on("lightsail")


def without_secrets(value):
    """What anyone who reads the state sees of a registration's inputs."""
    if isinstance(value, dict):
        if SECRET in value:
            return "secret"
        return {key: without_secrets(item) for key, item in value.items()}
    return [without_secrets(item) for item in value] if isinstance(value, list) else value


def test_the_host_key_is_made_once_and_a_new_wording_makes_no_other(each):
    request = each.request(COMMAND, "host-hostkey")
    command = each.of(COMMAND)["host-hostkey"]
    assert (command["logging"], command["addPreviousOutputInEnv"]) == ("none", False)
    assert not {"delete", "update", "triggers", "environment"} & set(command)
    assert list(request.additionalSecretOutputs) == ["stdout", "stderr"]
    assert list(request.ignoreChanges) == ["create", "logging", "addPreviousOutputInEnv"]


def test_nothing_of_the_host_key_stays_on_this_machine(tmp_path, dev):
    done = subprocess.run(
        ["sh", "-c", dev.of(COMMAND)["host-hostkey"]["create"]],
        env={"TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert list(tmp_path.iterdir()) == []
    assert done.stderr == ""
    assert done.stdout.startswith("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    assert done.stdout.splitlines()[-1].startswith("ssh-ed25519 AAAA")


def test_the_private_host_key_is_in_secret_user_data_and_nowhere_else(each):
    canary = each.mocks.host_key.splitlines()[2]
    assert len(canary) == 70
    for request in each.requests:
        assert canary not in json.dumps(without_secrets(MessageToDict(request.object))), (
            request.name
        )
    for request in each.requests:
        if request.name != "host-instance":
            assert canary not in json.dumps(deserialize_properties(request.object)), request.name
    assert canary not in json.dumps(each.outputs)


def test_user_data_holds_the_host_key_and_is_a_secret_also_when_read_back(dev, sail):
    for engine, kind, names in (
        (dev, INSTANCE, ["userData", "userDataBase64"]),
        (sail, SAIL, ["userData"]),
    ):
        request = engine.request(kind, "host-instance")
        assert SECRET in request.object["userData"]
        assert list(request.additionalSecretOutputs) == names
    user_data = dev.of(INSTANCE)["host-instance"]["userData"]["value"]
    assert dev.mocks.host_key.splitlines()[2] in user_data
    assert user_data.startswith("#cloud-config\n")
    assert "\n" not in sail.of(SAIL)["host-instance"]["userData"]["value"]


def test_the_public_host_key_is_pinned_in_the_clear(each):
    public = " ".join(each.mocks.host_key.splitlines()[-1].split()[:2])
    [provider] = each.of(DOCKER).values()
    assert provider["host"] == f"ssh://ec2-user@{ADDRESS}"
    options = json.loads(provider["sshOpts"])
    assert f"KnownHostsCommand=/bin/echo * {public}" in options
    assert "StrictHostKeyChecking=yes" in options
    assert each.outputs["known_hosts"] == f"{ADDRESS} {public}"
