"""Address ranges and addresses, each by itself; how they fit together is `address_plan`."""

from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError
from typing import Annotated

from pydantic import BeforeValidator

from infra.model.base import quoted, text_of
from infra.model.form import IPV4, prefix, text_form

PRIVATE = tuple(IPv4Network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
ENGINE_DEFAULT = IPv4Network(
    "172.17.0.0/16"
)  # docker0, on every engine that was not told otherwise
SMALLEST_PREFIX = 29
THIS_MACHINE = IPv4Network("0.0.0.0/8")
MULTICAST = IPv4Address("224.0.0.0")
EXAMPLE = "192.0.2.1:443"


def private_subnet(value: object) -> IPv4Network:
    """A private IPv4 range, written with no host bits, of /8 to /29."""
    if isinstance(value, IPv4Network):
        return value
    text = text_of(value, "a subnet", "172.30.10.0/24")
    try:
        loose = IPv4Network(text, strict=False)
    except (AddressValueError, NetmaskValueError, ValueError):
        raise ValueError(
            f"{quoted(text)} is not an IPv4 range; write it as in 172.30.10.0/24"
        ) from None
    if "/" not in text:
        raise ValueError(f"{text} has no prefix length; write it as in {text}/24")
    if str(loose.network_address) != text.partition("/")[0]:
        raise ValueError(f"{text} has host bits set; the range is {loose}")
    if not any(loose.subnet_of(private) for private in PRIVATE):
        raise ValueError(
            f"{loose} is not private; take a range inside 10.0.0.0/8, 172.16.0.0/12 or "
            "192.168.0.0/16"
        )
    if loose.prefixlen > SMALLEST_PREFIX:
        raise ValueError(f"{loose} is too small for a gateway and containers; take /29 or wider")
    if loose.overlaps(ENGINE_DEFAULT):
        raise ValueError(
            f"{loose} overlaps {ENGINE_DEFAULT}, the engine's default bridge; take another range"
        )
    return loose


def ipv4(value: object) -> IPv4Address:
    if isinstance(value, IPv4Address):
        return value
    text = text_of(value, "an address", "172.30.10.10")
    try:
        return IPv4Address(text)
    except AddressValueError:
        raise ValueError(
            f"{quoted(text)} is not an IPv4 address; write it as in 172.30.10.10"
        ) from None


def endpoint(value: object) -> str:
    """`address:port` of another machine's, as it was written."""
    if isinstance(value, int):
        raise ValueError(
            f"{value} is a number; write an address and port in quotes, as in '{EXAMPLE}'"
        )
    text = text_of(value, "an address and port", EXAMPLE)
    host, _, port = text.rpartition(":")
    try:
        address = IPv4Address(host)
    except AddressValueError:
        raise ValueError(
            f"{quoted(text)} is not an IPv4 address and port (names are not looked up); write it "
            f"as in {EXAMPLE}"
        ) from None
    if not port.isascii() or not port.isdigit() or str(int(port)) != port:
        raise ValueError(f"{quoted(text)} has no port; write it as in {address}:443")
    if not 1 <= int(port) <= 65535:
        raise ValueError(f"{port} is no port; take one from 1 to 65535, as in {address}:443")
    if address in THIS_MACHINE or address.is_loopback or address >= MULTICAST:
        raise ValueError(f"{address} is no address of another machine; write it as in {EXAMPLE}")
    return text


_PORT = "[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
PrivateSubnet = Annotated[
    IPv4Network,
    BeforeValidator(private_subnet),
    text_form(
        "range",
        rf"(?=10\.|172\.(?:1[689]|2[0-9]|3[01])\.|192\.168\.){IPV4}{prefix(SMALLEST_PREFIX)}",
        "a private range of /8 to /29, and not the engine's own 172.17.0.0/16",
        "172.30.10.0/24",
    ),
]
Ipv4 = Annotated[
    IPv4Address,
    BeforeValidator(ipv4),
    text_form("address", IPV4, "an IPv4 address", "172.30.10.10"),
]
Endpoint = Annotated[
    str,
    BeforeValidator(endpoint),
    text_form(
        "address and port",
        rf"(?!0\.|127\.|22[4-9]\.|2[3-5][0-9]\.){IPV4}:(?:{_PORT})",
        "an IPv4 address of another machine, and a port",
        EXAMPLE,
    ),
]
