"""Veth pairs and bridges: how they are put together, and net.link on hand-made facts."""

from __future__ import annotations

import socket
import struct
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.verifier.facts_of_a_lab import HOST as HOST_NAMESPACES
from unit.verifier.facts_of_a_lab import failing, lab, report_of, rows, target, with_ns
from unit.verifier.rooms_of_a_lab import HOST, A, bent, facts, sound, spec

from verifier.facts import Interface, Room
from verifier.net.interfaces import UNKNOWN, Link, own_links, paired, parse
from verifier.net.netlink import Netlink, attribute, attributes, bodies

BRIDGE = Link(5, "br-1", "bridge", True, 0, UNKNOWN, 0)
ETH0 = Link(8, "eth0", "veth", True, 9, 0, 0)
VETH = Link(9, "veth9", "veth", True, 8, 3, 5)
ADDRESSES = [(8, A)]


def pair(own: Link = ETH0, other: Link = VETH, namespace: int = 3) -> Interface:
    (found,) = paired([own], ADDRESSES, {5: BRIDGE, 9: other}, namespace)
    return found


def test_two_ends_that_name_each_other_are_a_pair() -> None:
    assert (pair().veth, pair().bridge, pair().addresses) == ("veth9", "br-1", (A,))


@pytest.mark.parametrize(
    "other",
    [
        VETH._replace(peer=7),
        VETH._replace(peer_namespace=4),
        VETH._replace(peer_namespace=UNKNOWN),
        VETH._replace(kind="dummy"),
    ],
)
def test_an_end_that_names_another_is_no_pair(other: Link) -> None:
    assert (pair(other=other).veth, pair(other=other).bridge) == ("", "")


def test_equal_numbers_in_a_namespace_that_is_not_known_are_no_pair() -> None:
    assert pair(other=VETH._replace(peer_namespace=UNKNOWN), namespace=UNKNOWN).veth == ""


def test_a_pair_without_a_bridge_has_none() -> None:
    assert pair(other=VETH._replace(master=0)).bridge == ""
    assert pair(other=VETH._replace(master=9)).bridge == ""


def test_tunnels_that_every_namespace_has_are_not_in_use() -> None:
    tunnel = Link(2, "tunl0", "ipip", False, 0, UNKNOWN, 0)
    assert [one.name for one in paired([tunnel, ETH0], ADDRESSES, {}, 3)] == ["eth0"]
    up = tunnel._replace(up=True)
    assert [one.name for one in paired([up, ETH0], ADDRESSES, {}, 3)] == ["eth0", "tunl0"]


def test_a_link_is_read_from_its_message() -> None:
    kind = attribute(18, attribute(1, b"veth\0"))
    numbers = [attribute(at, struct.pack("=i", n)) for at, n in ((5, 9), (10, 5), (37, 3))]
    body = struct.pack("=BxHiII", 0, 1, 8, 0x41, 0) + attribute(3, b"eth0\0") + kind
    assert parse(body + b"".join(numbers)) == Link(8, "eth0", "veth", True, 9, 3, 5)


def test_loopback_is_no_link_of_anybodys() -> None:
    assert parse(struct.pack("=BxHiII", 0, 772, 1, 0x49, 0)) is None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80))
def test_no_bytes_make_reading_a_link_crash(noise: bytes) -> None:
    parse(noise)
    attributes(noise)


def test_a_refusal_of_the_kernels_is_raised() -> None:
    message = struct.pack("=IHHIIi", 20, 2, 0, 1, 0, -1)
    with pytest.raises(PermissionError):
        bodies(message)


def test_the_links_of_this_machine_can_be_listed() -> None:
    with Netlink() as netlink:
        found = {link.number: link.name for link in own_links(netlink)}
    assert found == {n: name for n, name in socket.if_nameindex() if name != "lo"}


def link_row(made: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in rows(made, "net.link") if one["subject"] == name)


def eth(bridge: str, name: str = "eth0") -> Interface:
    return Interface(name=name, kind="veth", veth=f"v-{name}", bridge=bridge)


def linked(name: str, *interfaces: Interface) -> dict[str, Any]:
    return report_of(facts(bent(name, interfaces=interfaces)), spec())


def test_a_container_names_the_veth_bridge_and_network_behind_it() -> None:
    made = report_of(facts(sound()), spec())
    told = link_row(made, "c1")["evidence"]["interfaces"]
    assert told == {"eth0": "veth-c1 on br-1 (front)"}


def test_a_container_on_another_networks_bridge_fails() -> None:
    made = linked("c2", eth("br-2"))
    assert failing(made) == {"net.link"}
    wrong = link_row(made, "c2")["evidence"]["wrong"]
    assert wrong == [
        {"to": "c1", "expected": "one bridge", "got": "no bridge"},
        {"to": "c3", "expected": "no bridge", "got": "br-2"},
    ]


def test_a_container_on_a_second_bridge_fails_though_nobody_else_is_there() -> None:
    made = linked("c2", eth("br-1"), eth("br-9", "eth1"))
    assert failing(made) == {"net.link"}
    assert link_row(made, "c2")["evidence"]["bridges"] == 2
    assert link_row(made, "c1")["status"] == "pass"


def test_a_container_without_its_interface_fails() -> None:
    assert failing(linked("c3")) == {"net.link"}


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ({"veth": "", "bridge": "", "kind": "macvlan"}, "macvlan, no veth pair with the host"),
        ({"bridge": ""}, "v-eth1 on no bridge"),
    ],
)
def test_an_interface_that_leads_to_no_bridge_fails(odd: dict[str, str], words: str) -> None:
    made = linked("c2", eth("br-1"), replace(eth("br-1", "eth1"), **odd))
    assert failing(made) == {"net.link"}
    assert link_row(made, "c2")["evidence"]["interfaces"]["eth1"] == words


def test_the_hosts_own_network_fails_whatever_its_interfaces_are() -> None:
    exposed = with_ns(target(2), "net", HOST_NAMESPACES["net"])
    made = replace(lab(target(1), exposed, target(3)), rooms=sound())
    report = report_of(made, spec())
    assert link_row(report, "c2")["evidence"]["interfaces"] == "the host's own"
    assert "net.link" in failing(report)


def test_links_that_were_lost_while_a_container_restarted_are_in_doubt_and_no_leak() -> None:
    moved = replace(target(2), moved="process 1002 ended")
    rooms = bent("c2", interfaces=())
    made = report_of(replace(lab(target(1), moved, target(3)), rooms=rooms), spec())
    assert "net.link" in failing(made, "error")
    assert "net.link" not in failing(made)


def test_a_container_that_was_not_read_puts_the_others_in_doubt() -> None:
    rooms = {name: one for name, one in sound().items() if name != "c2"}
    made = report_of(facts(rooms), spec())
    assert link_row(made, "c1")["status"] == "error"
    assert isinstance(rooms[HOST], Room)
