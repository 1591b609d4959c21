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
    return {(one.subject, one.text, one.kind) for one in inventory(shot)}


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
