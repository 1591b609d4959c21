"""A secret in the wrong place of a stack file is in no message about it."""

import pytest
from lab_refusal import refusal
from lab_values import changed

from infra.config import secret_problems
from infra.model.base import shown
from infra.model.credentials import masked
from infra.model.lab import Lab

CANARY = "hunter2CANARY"
FORMS = {
    "user and password": f"me:{CANARY}@example.org",
    "an address with a password": f"https://me:{CANARY}@example.org/x:1",
    "a private key": f"-----BEGIN OPENSSH PRIVATE KEY-----\n{CANARY}",
    "an address cut short": f"https://me:{CANARY}/x:1",
    "a password by its name": f"password={CANARY}",
    "an option": f"serve --token {CANARY}",
    "a token": f"ghp_{CANARY}{CANARY}",
    "a random word": f"x8{CANARY}Qz71{CANARY}",
}
EC2 = {"kind": "ec2", "region": "eu-central-1", "admin_cidr": "192.0.2.1/32", "public_key": "x"}
SSH = {"kind": "ssh", "address": "192.0.2.1", "user": "me", "host_key": "x"}
WEB = "containers.web"
PLACES = (
    *("images.base.name", "images.base.digest", "networks.front.subnet", "networks.front.gateway"),
    *("volumes.data.options", "verification.egress", "verification.image"),
    *("verification.require.user", "verification.deadline_ms", "allow_data_loss", "policy"),
    *("protect_data", "host", "host.kind", f"{WEB}.environment", f"{WEB}.secret_environment"),
    *(f"{WEB}.{name}" for name in ("image", "command", "entrypoint", "user", "hostname")),
    *(f"{WEB}.{name}" for name in ("working_dir", "networks", "volumes", "binds", "tmpfs")),
    *(f"{WEB}.{name}" for name in ("ports", "memory", "cpus", "read_only_root", "restart", "init")),
    *(f"{WEB}.{name}" for name in ("ipc_mode", "pid_mode", "network_mode", "userns_mode")),
    *(f"{WEB}.{name}" for name in ("capabilities", "health_check", "health_check.interval")),
    *(f"{WEB}.volumes.0.{name}" for name in ("volume", "target", "mode")),
    *(f"{WEB}.ports.0.{name}" for name in ("host", "address", "protocol")),
    *(f"containers.visitor.binds.0.{name}" for name in ("source", "target", "missing")),
    f"{WEB}.networks.front.address",
)
LISTS = (f"{WEB}.capabilities", "verification.egress", "allow_data_loss")
KEYS = ("images", "networks", "volumes", "containers", f"{WEB}.environment", f"{WEB}.networks")
HOSTS = (
    *((SSH, name) for name in ("address", "user", "host_key", "identity_file", "socket", "port")),
    *((SSH, name) for name in ("lab_dir", "ready_within")),
    *((EC2, name) for name in ("ami", "region", "os", "admin_cidr", "public_key", "instance_type")),
    *((EC2, name) for name in ("vpc_id", "subnet_id", "vpc_cidr", "updates", "tags")),
)
secrets = pytest.mark.parametrize("secret", FORMS.values(), ids=list(FORMS))


@secrets
@pytest.mark.parametrize("place", PLACES)
def test_no_value_that_looks_like_a_secret_is_in_a_message(place, secret):
    assert CANARY not in refusal((place, secret))


@secrets
@pytest.mark.parametrize("place", LISTS)
def test_nor_an_item_of_a_list(place, secret):
    assert CANARY not in refusal((place, [secret]))


@secrets
@pytest.mark.parametrize("place", KEYS)
def test_nor_a_key(place, secret):
    lab = changed()
    here = lab
    for part in place.split("."):
        here = here[part]
    here[secret] = None
    message = refusal((place, here))
    assert CANARY not in message
    assert "lab." in message


@secrets
@pytest.mark.parametrize(("host", "name"), HOSTS)
def test_nor_what_is_said_of_a_host(host, name, secret):
    value = {secret: "x!"} if name == "tags" else secret
    assert CANARY not in refusal(("host", {**host, name: value}))


def test_an_entry_written_as_a_key_is_told_by_its_name():
    message = refusal((f"{WEB}.environment", {f"MODE={CANARY}": None}))
    assert CANARY not in message
    assert "environment.MODE=[not shown]: 'MODE=[not shown]' is not a variable's name" in message


def test_a_command_written_as_text_is_told_as_that():
    message = refusal((f"{WEB}.command", f"mysql -p{CANARY}"))
    assert f"lab.{WEB}.command: must be a list; got text" in message
    assert CANARY not in message


@pytest.mark.parametrize("key", [CANARY, "x8Qz71", "9X9"])
def test_a_secret_in_the_place_of_a_keys_name_is_not_shown(key):
    lab = Lab.model_validate(changed((f"{WEB}.secret_environment", {"A": f"k{key}"})))
    [problem] = secret_problems(lab, lambda _: False, lambda _: False, "dev")
    assert key not in problem
    assert "has no key of the name that stands there" in problem
    assert "run `pulumi config set --secret <key> --stack dev`" in problem


@pytest.mark.parametrize("key", ["db_password", "dbPassword", "token", "TOKEN", "a-key_2"])
def test_a_keys_name_is_shown(key):
    lab = Lab.model_validate(changed((f"{WEB}.secret_environment", {"A": key})))
    [problem] = secret_problems(lab, lambda _: False, lambda _: False, "dev")
    assert f"has no {key}; run `pulumi config set --secret {key} --stack dev`" in problem


def test_a_long_value_is_told_by_its_length():
    for value in ("a:" * 100_000, f"a:{CANARY}{'x' * 600}@h"):
        assert refusal((f"{WEB}.memory", value)).count(f"'[{len(value)} characters]'") == 1


@pytest.mark.parametrize(
    "value",
    [
        f"python:3.11@sha256:{'0' * 64}",
        f"sha256:{'ab' * 20}",
        "registry.example.org:5000/some/image:1.2",
        "http://example.org:5000/x",
        "/srv/Some-Folder/of_2024/with.dots",
        "ami-0123456789abcdef0",
        "10.0.0.0/8",
        "10.0.0.7:443",
        "container:web",
        "me@example.org",
        "65534:65534",
        "sleep 60",
        "a name of words that is long enough",
        "AmazonSSMManagedInstanceCore",
        "<your address>/32",
    ],
)
def test_ordinary_values_are_shown(value):
    assert masked(value) == value
    assert shown(value) == (value if len(value) <= 80 else f"{value[:77]}...")
