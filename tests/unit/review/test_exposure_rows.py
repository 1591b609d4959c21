"""Rows of the inventory: which of two opens less."""

from dataclasses import replace
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.resource import Options, Resource
from review.exposure.inventory import inventory, to_markdown
from review.exposure.row import Exposed, is_narrower
from review.snapshot import Snapshot

ranges = st.builds(
    lambda address, length: str(ip_network((address, length), strict=False)),
    st.integers(0, 2**32 - 1),
    st.integers(0, 32),
)


def row(reach, way="port 22/tcp", subject="host-firewall"):
    return Exposed(topic="from outside", subject=subject, text="x", way=way, reach=reach)


@given(ranges, ranges)
def test_narrower_is_a_range_inside_the_other(one, other):
    inside = ip_network(one).subnet_of(ip_network(other))
    assert is_narrower(row(one), row(other)) == inside


@pytest.mark.parametrize(
    "other",
    [row("0.0.0.0/0", way="port 80/tcp"), row("0.0.0.0/0", subject="x"), row("::/0"), row("?")],
)
def test_what_cannot_be_compared_is_not_narrower(other):
    assert not is_narrower(row("192.0.2.1/32"), other)
    assert not is_narrower(replace(row(""), reach=""), other)


def resource(type_, name, inputs, chain="a:b:C$", **options):
    path = f"{chain}{type_}::{name}"
    return Resource(path=path, type=type_, name=name, inputs=inputs, options=Options(**options))


def texts(*resources):
    shot = Snapshot(stack="x", production=False, resources=resources)
    return {
        (one.subject, one.told, one.kind)
        for one in inventory(shot)
        if one.way != "secrets provider"  # every stack has one
    }


def test_a_container_with_nothing_said_of_it_has_no_guard():
    found = texts(resource("docker:index/container:Container", "web-container", {}))
    assert ("web", "keeps the engine's capabilities", "opens") in found
    assert ("web", "writes to its own layer", "opens") in found
    assert not [one for one in found if one[2] == "guards"]


def test_a_firewall_without_ranges_lets_in_the_world():
    rule = {"protocol": "tcp", "fromPort": 80, "toPort": 90}
    kind = "aws:lightsail/instancePublicPorts:InstancePublicPorts"
    found = texts(resource(kind, "fw", {"portInfos": [rule]}))
    assert found == {("fw", "lets the whole world (0.0.0.0/0) in on ports 80-90/tcp", "opens")}


@pytest.mark.parametrize("protocol", ["-1", "all"])
def test_a_rule_for_every_protocol_is_told_as_every_port(protocol):
    rule = {"protocol": protocol, "fromPort": 0, "toPort": 0, "cidrBlocks": ["10.0.0.0/8"]}
    found = texts(resource("aws:ec2/securityGroup:SecurityGroup", "fw", {"ingress": [rule]}))
    assert found == {("fw", "lets 10.0.0.0/8 in on every port", "opens")}


def test_names_cannot_break_the_list():
    found = texts(resource("docker:index/volume:Volume", "<b>|`-volume", {}, protect=True))
    shot = Snapshot(
        stack="x",
        production=False,
        resources=(resource("docker:index/volume:Volume", "<b>|`-volume", {}),),
    )
    assert len(found) == 2
    assert "<b>" not in to_markdown(inventory(shot))


CONTAINER = "docker:index/container:Container"


def of_container(**inputs):
    return {
        text: kind for subject, text, kind in texts(resource(CONTAINER, "web-container", inputs))
    }


@pytest.mark.parametrize("user", ["0", "00", "0:50", "root", "root:50"])
def test_root_is_root_in_any_spelling(user):
    assert of_container(user=user)["runs as root"] == "opens"


def test_who_says_no_user_runs_as_the_image_says():
    assert of_container()["runs as its image says, which is mostly root"] == "opens"
    assert of_container(user="1000:0")["does not run as root"] == "guards"


def test_a_command_that_differs_by_a_line_break_is_told_apart():
    one, other = (of_container(command=["sh", "-c", word]) for word in ("# a\nb", "# a b"))
    assert one.keys() != other.keys()


def test_a_container_without_a_network_of_its_own_is_on_the_default_bridge():
    two = [resource(CONTAINER, f"{name}-container", {}) for name in ("a", "b")]
    assert ("a", "is on the engine's default bridge, and reaches b", "opens") in texts(*two)


def test_a_network_named_by_the_mode_is_one():
    net = resource("docker:index/network:Network", "back-network", {"name": "n", "internal": True})
    modes = ({"networkMode": "n"}, {"networksAdvanced": [{"name": "n"}]})
    two = [resource(CONTAINER, f"{n}-container", mode) for n, mode in enumerate(modes)]
    assert ("0", "is on back, and reaches 1", "opens") in texts(net, *two)


@pytest.mark.parametrize(
    ("volumes", "text"),
    [
        (
            {"fromContainer": "${a-container.id}"},
            "reads all that is mounted in a at the same places",
        ),
        ({"volumeName": "x", "containerPath": "/x", "readOnly": True}, "reads volume x at /x"),
        ({"hostPath": "/srv", "containerPath": "/x"}, "writes folder /srv of the machine at /x"),
    ],
)
def test_volumes_of_the_older_form_are_mounts_too(volumes, text):
    assert text in of_container(volumes=[volumes])


def test_the_options_of_a_mount_s_driver_are_told():
    mount = {"type": "volume", "source": "v", "target": "/x"}
    options = {"volumeOptions": {"driverOptions": {"device": "/"}}}
    found = of_container(mounts=[{**mount, **options}])
    assert "volume v at /x has the driver's option device=/" in found


@pytest.mark.parametrize(
    ("rule", "whom"),
    [
        ({"self": True}, "its own members"),
        ({"sourceSecurityGroupId": "sg-1"}, "members of sg-1"),
        ({"prefixListIds": ["pl-1"]}, "whoever is in the list pl-1"),
        ({}, "the whole world (0.0.0.0/0)"),
    ],
)
def test_a_source_that_is_no_range_is_not_the_world(rule, whom):
    ports = {"type": "ingress", "protocol": "tcp", "fromPort": 22, "toPort": 22}
    found = texts(resource("aws:ec2/securityGroupRule:SecurityGroupRule", "r", {**ports, **rule}))
    assert found == {("r", f"lets {whom} in on port 22/tcp", "opens")}


def test_a_command_whose_text_pulumi_ignores_is_not_told():
    found = resource("command:local:Command", "x", {"create": "a"}, ignore_changes=("create",))
    assert texts(found) == set()


def test_a_port_on_one_address_is_narrower_than_on_all():
    def port(address):
        ports = [{"internal": 80, "external": 80, "ip": address}]
        shot = Snapshot(
            stack="x",
            production=False,
            resources=(resource(CONTAINER, "web-container", {"ports": ports}),),
        )
        return next(row for row in inventory(shot) if row.topic == "published ports")

    assert is_narrower(port("10.0.0.5"), port("0.0.0.0"))
    assert not is_narrower(port("0.0.0.0"), port("10.0.0.5"))
    assert not is_narrower(port("10.0.0.6"), port("10.0.0.5"))


def test_of_many_that_are_reached_the_first_are_named_and_the_rest_counted():
    many = [resource(CONTAINER, f"c{n}-container", {}) for n in range(20)]
    told = {text for subject, text, _ in texts(*many) if subject == "c0" and "reaches" in text}
    assert [text.endswith("and 11 more") for text in told] == [True]


def test_the_inventory_of_a_crowd_is_as_long_as_the_crowd_and_no_longer():
    def rows(count):
        shot = Snapshot(
            stack="x",
            production=False,
            resources=tuple(resource(CONTAINER, f"c{n}-container", {}) for n in range(count)),
        )
        return len(inventory(shot))

    assert rows(40) - rows(20) == rows(60) - rows(40)
