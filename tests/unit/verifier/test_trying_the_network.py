"""What tries the network, on real sockets of this machine's loopback; and child processes."""

from __future__ import annotations

import os
import socket
import struct
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.child import Child
from verifier.facts import Unread
from verifier.net import dns
from verifier.net.addresses import own_addresses, same_network
from verifier.net.attempts import Loop
from verifier.net.netlink import Netlink


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop(0.2)
    yield made
    made.close()


def outcome(loop: Loop, port: int, secret: bytes) -> str:
    found: list[tuple[str, float]] = []
    loop.connect("127.0.0.1", port, secret, found.append)
    loop.run()
    ((what, _),) = found
    return what


def test_a_connection_to_the_right_listener_is_ok(loop: Loop) -> None:
    port = loop.listen("127.0.0.1", b"a" * 16)
    assert outcome(loop, port, b"a" * 16) == "OK"


def test_a_connection_to_another_listener_is_not_ok(loop: Loop) -> None:
    port = loop.listen("127.0.0.1", b"a" * 16)
    assert outcome(loop, port, b"b" * 16) == "OTHER"


def test_a_port_nobody_listens_on_refuses(loop: Loop) -> None:
    with socket.socket() as link:
        link.bind(("127.0.0.1", 0))
        assert outcome(loop, link.getsockname()[1], b"a" * 16) == "ECONNREFUSED"


def knocked(loop: Loop, port: int) -> str:
    found: list[tuple[str, float]] = []
    loop.knock("127.0.0.1", port, found.append)
    began = time.monotonic()
    loop.run()
    assert time.monotonic() - began < 0.15
    return found[0][0]


def test_a_knock_is_answered_by_whoever_accepts_or_refuses_without_a_word(loop: Loop) -> None:
    with socket.socket() as link:
        link.bind(("127.0.0.1", 0))
        assert knocked(loop, link.getsockname()[1]) == "ECONNREFUSED"
        link.listen()
        assert knocked(loop, link.getsockname()[1]) == "OK"


def test_something_that_accepts_and_says_nothing_is_other_and_not_silence(loop: Loop) -> None:
    with socket.socket() as link:
        link.bind(("127.0.0.1", 0))
        link.listen()
        began = time.monotonic()
        assert outcome(loop, link.getsockname()[1], b"a" * 16) == "OTHER"
        assert 0.15 < time.monotonic() - began < 2.0


def test_an_address_family_without_a_route_is_named_by_its_error(loop: Loop) -> None:
    found: list[tuple[str, float]] = []
    loop.connect("255.255.255.255", 9, b"", found.append)
    loop.run()
    assert found[0][0] in ("EACCES", "ENETUNREACH", "EPERM")


def test_a_resolver_that_is_not_there_answers_for_every_name(loop: Loop) -> None:
    found: dict[int, str] = {}
    loop.ask({1: "a", 2: "b"}, lambda number, what, _: found.__setitem__(number, what))
    loop.run()
    assert set(found) == {1, 2}
    assert set(found.values()) <= {"ECONNREFUSED", "TIMEOUT"}


def reply(number: int, rcode: int, *addresses: str) -> bytes:
    ask = dns.question(number, "web.front")[12:]
    head = struct.pack("!6H", number, 0x8180 | rcode, 1, len(addresses), 0, 0)
    rest = b"".join(
        b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 600, 4) + socket.inet_aton(address)
        for address in addresses
    )
    return head + ask + rest


def test_an_answer_carries_its_number_code_and_addresses() -> None:
    assert dns.answer(reply(7, 0, "172.30.1.2", "172.30.1.3")) == (
        7,
        "OK",
        ["172.30.1.2", "172.30.1.3"],
    )
    assert dns.answer(reply(7, 3)) == (7, "NXDOMAIN", [])
    assert dns.answer(reply(7, 0)) == (7, "NODATA", [])


def test_a_question_is_not_taken_for_an_answer() -> None:
    assert dns.answer(dns.question(7, "web")) is None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=64), st.integers(0, 40))
def test_no_bytes_make_reading_an_answer_crash(noise: bytes, cut: int) -> None:
    for data in (noise, reply(7, 0, "172.30.1.2")[: len(noise) + cut] + noise):
        found = dns.answer(data)
        assert found is None or len(found) == 3


def test_own_addresses_have_no_loopback_and_fit_the_prefix() -> None:
    with Netlink() as netlink:
        found = own_addresses(netlink)
    for _, (address, prefix) in found:
        assert not address.startswith("127.")
        assert 0 <= prefix <= 32


def test_two_addresses_are_in_one_network_by_the_prefix_of_the_second() -> None:
    assert same_network(("10.0.0.9", 32), ("10.0.0.1", 24))
    assert not same_network(("10.0.1.9", 32), ("10.0.0.1", 24))
    assert same_network(("10.0.1.9", 32), ("10.0.0.1", 16))


def test_a_child_answers_with_what_its_work_returned() -> None:
    assert Child(lambda: {"pid": [os.getpid() != 0]}).answer(10) == {"pid": [True]}


def test_a_child_that_is_refused_says_why() -> None:
    assert Child(lambda: os.listdir("/nowhere")).answer(10) == Unread("No such file or directory")


def test_a_child_that_crashes_is_unread_and_prints_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert Child(lambda: 1 // 0).answer(10) == Unread("the child process died")
    assert capfd.readouterr() == ("", "")


def test_a_child_that_is_late_is_ended() -> None:
    began = time.monotonic()
    assert Child(lambda: time.sleep(60)).answer(0.1) == Unread("deadline")
    assert time.monotonic() - began < 5


def test_stopping_twice_is_no_error() -> None:
    child = Child(lambda: 1)
    child.stop()
    child.stop()


def test_the_lull_is_told_once_when_answers_cease_and_long_before_the_end() -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    told: list[float] = []
    results: list[tuple[str, float]] = []
    loop = Loop(0.2, lambda: told.append(time.monotonic()))
    loop.connect("127.0.0.1", silent.getsockname()[1], b"x" * 16, results.append)
    loop.run()
    loop.close()
    silent.close()
    assert [what for what, _ in results] == ["OTHER"]
    assert len(told) == 1
    assert time.monotonic() - told[0] > 0.1
