"""Ranges, addresses, names and ports that do not fit are refused by name."""

import pytest
from lab_refusal import refusal

WEB = "containers.web"
BAD = {
    "overlapping subnets": (
        [("networks.back.subnet", "172.30.0.0/16"), ("networks.back.gateway", "172.30.0.1")],
        "lab.networks.back.subnet: 172.30.0.0/16 overlaps 172.30.10.0/24 of network front; "
        "give each a range of its own",
    ),
    "a public subnet": (
        [("networks.front.subnet", "8.8.8.0/24")],
        "lab.networks.front.subnet: 8.8.8.0/24 is not private; take a range inside 10.0.0.0/8",
    ),
    "the engine's own range": (
        [("networks.front.subnet", "172.17.5.0/24")],
        "172.17.5.0/24 overlaps 172.17.0.0/16, the engine's default bridge",
    ),
    "host bits": (
        [("networks.front.subnet", "172.30.10.5/24")],
        "172.30.10.5/24 has host bits set; the range is 172.30.10.0/24",
    ),
    "no prefix length": (
        [("networks.front.subnet", "172.30.10.0")],
        "172.30.10.0 has no prefix length; write it as in 172.30.10.0/24",
    ),
    "no range at all": (
        [("networks.front.subnet", "front")],
        "'front' is not an IPv4 range; write it as in 172.30.10.0/24",
    ),
    "a subnet for nobody": (
        [("networks.front.subnet", "172.30.10.0/30")],
        "172.30.10.0/30 is too small for a gateway and containers; take /29 or wider",
    ),
    "a subnet too small for its containers": (
        [
            ("networks.back.subnet", "172.30.20.8/29"),
            ("containers.keeper.networks.back.address", "172.30.20.10"),
            *((f"containers.c{i}", {"image": "base", "networks": {"back": {}}}) for i in range(5)),
        ],
        "lab.networks.back.subnet: 172.30.20.8/29 has room for 5 containers and 6 are on it",
    ),
    "a gateway outside": (
        [("networks.front.gateway", "172.30.11.1")],
        "lab.networks.front.gateway: 172.30.11.1 is outside the subnet 172.30.10.0/24; "
        "172.30.10.1 is the usual choice",
    ),
    "a gateway that is the broadcast address": (
        [("networks.front.gateway", "172.30.10.255")],
        "172.30.10.255 is the network or broadcast address of 172.30.10.0/24",
    ),
    "an address outside": (
        [(f"{WEB}.networks.front.address", "172.30.20.10")],
        "lab.containers.web.networks.front.address: 172.30.20.10 is outside the subnet "
        "172.30.10.0/24 of network front",
    ),
    "an address that is the gateway's": (
        [(f"{WEB}.networks.front.address", "172.30.10.1")],
        "172.30.10.1 is the gateway of network front; take another",
    ),
    "an address that is the network's": (
        [(f"{WEB}.networks.front.address", "172.30.10.0")],
        "172.30.10.0 is the network or broadcast address of 172.30.10.0/24",
    ),
    "an address taken twice": (
        [("containers.visitor.networks.front", {"address": "172.30.10.10"})],
        "lab.containers.visitor.networks.front.address: 172.30.10.10 is already container web's",
    ),
    "no address": (
        [(f"{WEB}.networks.front.address", "web")],
        "'web' is not an IPv4 address; write it as in 172.30.10.10",
    ),
    "an undeclared network": (
        [(f"{WEB}.networks.side", {})],
        "lab.containers.web.networks.side: 'side' is no network of this lab; declared: front, back",
    ),
    "a name of another container": (
        [("containers.visitor.networks.front", {"aliases": ["web"]})],
        "lab.containers.visitor.networks.front.aliases[0]: 'web' already means container web on "
        "network front",
    ),
    "an alias twice": (
        [("containers.visitor.networks.front", {"aliases": ["www"]})],
        "'www' already means container web on network front; take another name",
    ),
    "a hostname that is another's alias": (
        [("containers.visitor.hostname", "www")],
        "lab.containers.visitor.hostname: 'www' already means container web on network front",
    ),
    "a port taken twice": (
        [("containers.visitor.ports", [{"host": 8080, "container": 90}])],
        "lab.containers.visitor.ports[0].host: 8080/tcp on 127.0.0.1 is already published by web",
    ),
    "a port taken on every address": (
        [("containers.visitor.ports", [{"host": 8080, "container": 9, "address": "0.0.0.0"}])],
        "8080/tcp on 0.0.0.0 is already published by web",
    ),
    "a port on internal networks only": (
        [("containers.keeper.ports", [{"host": 9090, "container": 90}])],
        "lab.containers.keeper.ports[0]: port 9090 is published, but keeper is on internal "
        "networks only (back)",
    ),
    "a port without any network": (
        [(f"{WEB}.networks", {})],
        "port 8080 is published by a container that is on no network",
    ),
    "a port that is none": (
        [(f"{WEB}.ports.0.host", 70000)],
        "lab.containers.web.ports[0].host: 70000 is out of range: at most 65535",
    ),
    "a port in quotes": (
        [(f"{WEB}.ports.0.host", "8080")],
        "ports[0].host: must be a whole number, without quotes; got 8080",
    ),
}


@pytest.mark.parametrize(("changes", "text"), BAD.values(), ids=BAD)
def test_a_bad_network_or_port_is_refused_by_key_value_and_way_out(changes, text):
    assert text in refusal(*changes)
