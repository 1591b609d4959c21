"""Properties of the address plan, over labs that Hypothesis draws."""

from ipaddress import IPv4Address, IPv4Network

import pulumi
from hypothesis import given
from hypothesis import strategies as st

from infra.config import parse


@st.composite
def subnets(draw):
    """A private range of /20 to /29."""
    base = draw(st.sampled_from([0x0A000000, 0xAC1E0000, 0xC0A80000]))
    prefix = draw(st.integers(20, 29))
    offset = draw(st.integers(0, 0xFFFF)) & ~((1 << (32 - prefix)) - 1)
    return str(IPv4Network((base + offset, prefix)))


@st.composite
def plans(draw):
    """Two networks and two containers on both, with addresses around the first range."""
    one, two = draw(subnets()), draw(subnets())
    first = int(IPv4Network(one).network_address)
    size = IPv4Network(one).num_addresses
    near = st.integers(-1, size).map(lambda n: str(IPv4Address(first + n)))
    addresses = draw(st.tuples(near, near))
    return {
        "host": {"kind": "local"},
        "images": {"base": {"name": "base:1"}},
        "networks": {"one": {"subnet": one}, "two": {"subnet": two}},
        "containers": {
            name: {"image": "base", "networks": {"one": {"address": address}, "two": {}}}
            for name, address in zip(("a", "b"), addresses, strict=True)
        },
    }


def told(plan):
    try:
        return parse(plan), ""
    except pulumi.RunError as error:
        return None, str(error)


@given(plans())
def test_an_accepted_plan_gives_everyone_an_address_of_its_own(plan):
    lab, _ = told(plan)
    if lab is None:
        return
    one, two = (network.subnet for network in lab.networks.values())
    assert not one.overlaps(two)
    addresses = [container.networks["one"].address for container in lab.containers.values()]
    taken = [*addresses, lab.networks["one"].router, one.network_address, one.broadcast_address]
    assert len(set(taken)) == len(taken)
    assert all(address in one for address in addresses)


@given(plans())
def test_a_refused_plan_says_which_rule_it_breaks(plan):
    lab, said = told(plan)
    one, two = (IPv4Network(network["subnet"]) for network in plan["networks"].values())
    addresses = [IPv4Address(c["networks"]["one"]["address"]) for c in plan["containers"].values()]
    assert ("overlaps" in said) == one.overlaps(two)
    assert ("outside the subnet" in said) == any(address not in one for address in addresses)
    special = (one.network_address, one.broadcast_address)
    assert ("network or broadcast" in said) == any(address in special for address in addresses)
    assert ("is the gateway" in said) == (one.network_address + 1 in addresses)
    assert lab is None or not said
