"""The port publisher reads docker-proxy's arguments."""

from __future__ import annotations

import pytest

from toolchain.setup.port_publisher import parse

ARGUMENTS = ["--listen-in", "/run/net", "-proto", "tcp", "-host-ip", "127.0.0.1"]
ARGUMENTS += ["-host-port", "8080", "-container-ip", "172.30.10.2", "-container-port", "80"]


def test_docker_proxys_arguments_are_read() -> None:
    found = parse(ARGUMENTS)
    assert found.protocol == "tcp"
    assert found.host == ("127.0.0.1", 8080)
    assert found.container == ("172.30.10.2", 80)
    assert found.listen_in == "/run/net"


def test_arguments_of_newer_engines_are_no_error() -> None:
    assert parse([*ARGUMENTS, "-use-listen-fd"]) == parse(ARGUMENTS)


def _with(name: str, value: str) -> list[str]:
    at = ARGUMENTS.index(name)
    return [*ARGUMENTS[: at + 1], value, *ARGUMENTS[at + 2 :]]


def test_a_protocol_that_cannot_be_published_is_named() -> None:
    with pytest.raises(ValueError, match="-proto sctp: only tcp and udp"):
        parse(_with("-proto", "sctp"))


@pytest.mark.parametrize("port", ["0", "65536", "-1"])
def test_a_number_that_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(ValueError, match=r"is no port|expected one argument"):
        parse(_with("-host-port", port))


def test_a_missing_argument_is_refused() -> None:
    with pytest.raises((ValueError, SystemExit)):
        parse(ARGUMENTS[:-2])
