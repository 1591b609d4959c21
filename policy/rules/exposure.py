"""Who may connect: firewalls of machines, published ports of containers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from policy import kinds
from policy.resource import Resource
from policy.rule import CannotTell, Rule
from policy.values import PLACEHOLDER, at, each, items, known, listed, look

# What is wider is no range of one's own; several that make up such a range are not, either.
WIDEST = {4: 8, 6: 16}
_EVERYWHERE = ("", "0.0.0.0", "::", "[::]")
_SSH = 22


def ranges_of_the_world(cidrs: Sequence[object]) -> list[str]:
    """Those that are the world, or together make up a large part of it.

    Raises CannotTell for a range that is not known.
    """
    v4: list[IPv4Network] = []
    v6: list[IPv6Network] = []
    for cidr in cidrs:
        match _network(known(cidr, "a range of addresses")):
            case IPv4Network() as network:
                v4.append(network)
            case IPv6Network() as wide:
                v6.append(wide)
    joined: list[IPv4Network | IPv6Network] = [*collapse_addresses(v4), *collapse_addresses(v6)]
    return [str(found) for found in joined if found.prefixlen < WIDEST[found.version]]


def _network(value: object) -> IPv4Network | IPv6Network:
    # Of a range that is still to be written, the length says how much it is.
    written = re.sub(rf"^{PLACEHOLDER.pattern}(?=/)", "192.0.2.0", str(value))
    try:
        return ip_network(written, strict=False)
    except ValueError:
        raise CannotTell(f"{written!r} is not a range of addresses") from None


def _ingress(resource: Resource) -> Iterator[str | CannotTell]:
    match resource.type:
        case kinds.SECURITY_GROUP:
            yield from each(listed(resource, "ingress"), _opened)
        case kinds.SECURITY_GROUP_RULE if look(resource, "type") != "egress":
            yield from _opened(resource.inputs)
        case kinds.INGRESS_RULE:
            yield from _world(resource.inputs, "ipProtocol", "cidrIpv4", "cidrIpv6")
            yield from _prefix_lists(listed(resource, "prefixListId"))
        case kinds.PUBLIC_PORTS:
            yield from each(listed(resource, "portInfos"), _public)


def _opened(rule: object) -> Iterator[str | CannotTell]:
    yield from _world(rule, "protocol", "cidrBlocks", "ipv6CidrBlocks")
    yield from _prefix_lists(items(at(rule, "prefixListIds")))


def _public(port: object) -> Iterator[str | CannotTell]:
    yield from _world(port, "protocol", "cidrs", "ipv6Cidrs")
    if not at(port, "cidrs"):
        yield f"{_ports(port, 'protocol')} names no range, and so is open to the world"


def _world(rule: object, protocol: str, *keys: str) -> Iterator[str | CannotTell]:
    """A range that is not known does not hide one that is too wide."""
    sure: list[object] = []
    given = rule if isinstance(rule, Mapping) else dict.fromkeys(keys, known(rule, "a rule"))
    for cidr in (cidr for key in keys for cidr in items(given.get(key))):
        try:
            _network(known(cidr, "a range of addresses that may connect"))
            sure.append(cidr)
        except CannotTell as reason:
            yield reason
    yield from (f"{_ports(rule, protocol)} is open to {r}" for r in ranges_of_the_world(sure))


def _prefix_lists(lists: Sequence[object]) -> Iterator[CannotTell]:
    for one in lists:
        yield CannotTell(f"what is in the prefix list {one} is kept in AWS alone")


def _ports(rule: object, protocol: str) -> str:
    """The ports of a firewall's rule, as far as they are known."""
    if not isinstance(rule, Mapping):
        return "a port"
    name, first, last = (rule.get(key) for key in (protocol, "fromPort", "toPort"))
    if str(name) in ("-1", "all", "None"):
        return "every port"
    if not isinstance(first, int | float) or not isinstance(last, int | float):
        return f"{name} {first}" if first is not None else str(name)
    also = " (ssh)" if str(name) in ("tcp", "6") and first <= _SSH <= last else ""
    return f"{name} {first:g}{also}" if first == last else f"{name} {first:g}-{last:g}{also}"


def _published(resource: Resource) -> Iterator[str | CannotTell]:
    if look(resource, "publishAllPorts") is True:
        yield "every port that the image exposes is published on all addresses"
    yield from each(listed(resource, "ports"), _bound)


def _bound(port: object) -> Iterator[str]:
    address = at(port, "ip")
    if (address or "") in _EVERYWHERE:
        inside = at(port, "internal")
        yield f"port {at(port, 'external') or 'of any number'} (to {inside}) is on all addresses"


RULES = (
    Rule(
        id="ingress-from-the-world",
        title="A machine's firewall lets in ranges of one's own only",
        severity="high",
        reason="What is open to the internet is tried by strangers within minutes, sshd first",
        remedy="name your own range, such as 203.0.113.7/32, in lab.host.admin_cidr; on EC2 "
        "session_manager: true needs no open port",
        reference="cdk-nag EC23, EC2RestrictedSSH; checkov CKV_AWS_24, CKV_AWS_260",
        types=(
            kinds.SECURITY_GROUP,
            kinds.SECURITY_GROUP_RULE,
            kinds.INGRESS_RULE,
            kinds.PUBLIC_PORTS,
        ),
        check=_ingress,
    ),
    Rule(
        id="port-on-all-addresses",
        title="A published port is bound to one address",
        severity="medium",
        reason="Docker's own rules come before most host firewalls, so a port on all addresses is "
        "open to every network that the machine is on",
        remedy="leave the port's address out of the lab (it is then 127.0.0.1), or name one",
        reference="CIS Docker 1.2, 5.13",
        types=(kinds.CONTAINER,),
        check=_published,
    ),
)
