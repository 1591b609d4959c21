"""What an accepted lab means: its defaults are the confined ones, its forms are normal."""

from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from aws_values import filled
from lab_values import changed, good_lab
from pydantic import ValidationError

from infra.config import parse, secret_problems
from infra.model.lab_rules import start_order

STACKS = Path(__file__).parents[3] / "stacks"
MIB = 1024 * 1024


def stack_lab(path):
    return parse(yaml.safe_load(path.read_text())["config"]["docklab:lab"])


@pytest.mark.parametrize("path", sorted(STACKS.glob("Pulumi.*.yaml")), ids=lambda p: p.stem)
def test_every_committed_stack_is_a_lab(path):
    """With a user's own values for its placeholders, where it has any."""
    assert parse(filled(path.stem.removeprefix("Pulumi."))).containers


def test_the_default_lab_shows_what_a_lab_can_be():
    lab = stack_lab(STACKS / "Pulumi.local.yaml")
    assert sorted(network.internal for network in lab.networks.values()) == [False, True]
    assert len(lab.containers) >= 4
    modes = {m.mode for c in lab.containers.values() for m in c.volumes}
    assert modes == {"ro", "rw"}
    binds = [b for c in lab.containers.values() for b in c.binds]
    assert {"ro", "rw"} <= {b.mode for b in binds}
    assert all(b.source.startswith("${lab_dir}/") for b in binds)
    assert all(c.read_only_root and not c.capabilities for c in lab.containers.values())


def test_what_is_not_written_is_the_confined_choice():
    keeper = parse(good_lab()).containers["keeper"]
    assert keeper.read_only_root
    assert keeper.capabilities == ()
    assert keeper.memory == 128 * MIB
    assert (keeper.ipc_mode, keeper.pid_mode) == ("private", "private")
    assert (keeper.network_mode, keeper.userns_mode) == ("private", "private")


def test_a_mount_is_read_only_and_a_missing_source_an_error_unless_written():
    lab = parse(changed(("containers.web.binds", [{"source": "/srv/x", "target": "/x"}])))
    web = lab.containers["web"]
    assert [m.mode for m in (*web.volumes, *web.binds)] == ["ro", "ro"]
    assert web.binds[0].missing == "error"


def test_a_port_is_published_to_this_machine_only_unless_written():
    assert str(parse(good_lab()).containers["web"].ports[0].address) == "127.0.0.1"


def test_the_gateway_is_the_first_host_unless_written():
    networks = parse(good_lab()).networks
    assert str(networks["back"].router) == "172.30.20.1"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("64MiB", 64 * MIB),
        ("64m", 64 * MIB),
        ("64M", 64 * MIB),
        ("1g", 1024 * MIB),
        ("1.5GiB", 1536 * MIB),
        ("65536kb", 64 * MIB),
        ("6291456b", 6 * MIB),
        ("64 MiB", 64 * MIB),
    ],
)
def test_memory_is_written_as_docker_writes_it(text, size):
    assert parse(changed(("containers.web.memory", text))).containers["web"].memory == size


def test_capabilities_have_one_form_however_written():
    lab = parse(changed(("containers.web.capabilities", ["net_bind_service", "CAP_CHOWN"])))
    assert lab.containers["web"].capabilities == ("CAP_NET_BIND_SERVICE", "CAP_CHOWN")


def test_a_bare_no_is_the_restart_policy_that_yaml_takes_for_false():
    assert parse(changed(("containers.web.restart", False))).containers["web"].restart == "no"


def test_a_health_check_may_be_shell_text_and_has_the_engines_defaults():
    lab = parse(changed(("containers.web.health_check", {"command": "test -e /data/now"})))
    check = lab.containers["web"].health_check
    assert check.interval == check.timeout == timedelta(seconds=30)


@pytest.mark.parametrize(
    "name",
    [
        "python:3.11",
        "a/b:1",
        "registry.example:5000/a/b_c:v1.0-rc",
        "localhost/x:y",
        "ghcr.io/o/i:t",
    ],
)
def test_image_references_of_every_usual_form_are_accepted(name):
    assert parse(changed(("images.base.name", name))).images["base"].reference == name


def test_a_known_digest_decides_over_the_tag():
    digest = "sha256:" + "a" * 64
    lab = parse(
        changed(("images.base", {"name": "registry.example:5000/python:3.11", "digest": digest}))
    )
    assert lab.images["base"].reference == f"registry.example:5000/python@{digest}"


def test_the_same_port_number_is_free_on_another_address_or_protocol():
    parse(
        changed(
            (
                "containers.visitor.ports",
                [
                    {"host": 8080, "container": 80, "protocol": "udp"},
                    {"host": 8080, "container": 80, "address": "127.0.0.2"},
                ],
            )
        )
    )


def test_one_container_is_a_lab_where_the_yaml_gives_up_the_verification():
    parse(changed(("containers", {"web": {"image": "base"}}), ("verification", {"enabled": False})))


def test_a_container_starts_after_the_one_whose_namespace_it_joins():
    lab = parse(
        changed(
            ("containers.web.ipc_mode", "container:keeper"),
            ("containers.web.allow_shared_namespaces", ["ipc"]),
        )
    )
    order = start_order(lab)
    assert order.index("keeper") < order.index("web")


def test_the_lab_cannot_be_changed_once_read():
    with pytest.raises(ValidationError, match="frozen"):
        parse(good_lab()).verification = None


def problems(exists, encrypted):
    lab = parse(changed(("containers.web.secret_environment", {"PASSWORD": "db_password"})))
    return list(
        secret_problems(lab, exists=lambda _: exists, encrypted=lambda _: encrypted, stack="mine")
    )


def test_a_secret_that_the_stack_lacks_is_told_with_the_command_that_sets_it():
    assert problems(exists=False, encrypted=False) == [
        "lab.containers.web.secret_environment.PASSWORD: the stack's configuration has no "
        "db_password; run `pulumi config set --secret db_password --stack mine`"
    ]


def test_a_secret_in_plain_text_is_refused():
    [said] = problems(exists=True, encrypted=False)
    assert "db_password is in plain text" in said


def test_an_encrypted_secret_is_fine():
    assert problems(exists=True, encrypted=True) == []
