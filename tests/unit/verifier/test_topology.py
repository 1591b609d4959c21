"""The lab as a map in the report, published ports, and what is read of the host's way out."""

from __future__ import annotations

import os
import struct
import threading
from pathlib import Path
from typing import Any

import pytest
from unit.verifier.facts_of_a_lab import failing, lab, report_of, rows
from unit.verifier.rooms_of_a_lab import REFUSED, SILENT, bent, facts, sound, spec

from verifier.facts import Unread, Uplink
from verifier.net import outside
from verifier.net.errands import Errands
from verifier.procfs import ProcFs
from verifier.spec import Published, Spec, Volume

PORT = Published(container="c1", address="0.0.0.0", port=8080, container_port=80, protocol="tcp")
LOCAL = Published(container="c1", address="127.0.0.1", port=8081, container_port=81, protocol="tcp")
UDP = Published(container="c1", address="0.0.0.0", port=53, container_port=53, protocol="udp")


def with_volumes() -> Spec:
    made = spec(internal=("back",), icc_false=("front",), published=(PORT,))
    first, second, third = made.containers
    shared = [Volume(path="/data", mode=mode, key="volume:data") for mode in ("ro", "rw")]
    changed = [
        type(first)(name=one.name, id=one.id, networks=one.networks, volumes=(volume,))
        for one, volume in ((first, shared[0]), (second, shared[1]))
    ]
    return Spec(
        run_id="r",
        containers=(*changed, third),
        dns_networks=made.dns_networks,
        internal=made.internal,
        icc_false=made.icc_false,
        published=made.published,
    )


def test_networks_have_their_bridge_and_containers() -> None:
    assert report_of(facts(sound()), with_volumes())["lab"]["networks"] == [
        {
            "name": "front",
            "internal": False,
            "icc": False,
            "bridge": "br-1",
            "containers": ["c1", "c2"],
        },
        {"name": "back", "internal": True, "icc": True, "bridge": "br-2", "containers": ["c3"]},
    ]


def test_links_and_volumes_and_ports_are_told_as_they_are() -> None:
    made = report_of(facts(sound()), with_volumes())["lab"]
    assert made["links"][2] == {
        "container": "c3",
        "interface": "eth0",
        "address": "172.30.2.2/24",
        "veth": "veth-c3",
        "bridge": "br-2",
        "network": "back",
    }
    assert made["volumes"] == [
        {
            "key": "volume:data",
            "mounts": [
                {"container": "c1", "path": "/data", "mode": "ro"},
                {"container": "c2", "path": "/data", "mode": "rw"},
            ],
        }
    ]
    assert made["published"] == [
        {
            "container": "c1",
            "address": "0.0.0.0",
            "port": 8080,
            "container_port": 80,
            "protocol": "tcp",
        }
    ]


def test_a_bridge_that_could_not_be_told_is_empty_and_not_guessed() -> None:
    rooms = {**sound(), "c3": Unread("EPERM")}
    made = report_of(facts(rooms), spec())["lab"]
    assert [network["bridge"] for network in made["networks"]] == ["br-1", ""]
    assert {link["container"] for link in made["links"]} == {"c1", "c2"}


def test_a_container_on_the_wrong_bridge_does_not_rename_it() -> None:
    third = sound()["c3"]
    assert not isinstance(third, Unread)
    moved = bent("c2", interfaces=third.interfaces)
    made = report_of(facts(moved), spec())["lab"]["networks"]
    assert [network["bridge"] for network in made] == ["", "br-2"]


def test_a_lab_without_declared_networks_has_none() -> None:
    assert report_of(lab())["lab"] == {"networks": [], "volumes": [], "links": [], "published": []}


def published(*ports: Published, **elsewhere: tuple[str, float]) -> dict[str, Any]:
    rooms = bent("c3", elsewhere=elsewhere)
    made = report_of(facts(rooms), spec(published=ports))
    assert not failing(made)
    (row,) = rows(made, "net.published")
    assert (row["status"], row["required"], row["subject"]) == ("info", False, "c1")
    found: dict[str, Any] = row["evidence"]
    return found


def test_a_published_port_is_told_as_containers_of_other_networks_find_it() -> None:
    found = published(PORT, **{"172.30.2.1:8080": ("OK", 0.4)})
    assert found == {"0.0.0.0:8080 to 80/tcp": {"c3": "OK at 172.30.2.1:8080"}}


def test_a_port_on_loopback_is_looked_for_at_the_gateway_where_it_is_not() -> None:
    found = published(LOCAL, **{"172.30.2.1:8081": REFUSED})
    assert found == {"127.0.0.1:8081 to 81/tcp": {"c3": "ECONNREFUSED at 172.30.2.1:8081"}}


def test_a_port_on_one_address_is_looked_for_there_too() -> None:
    bound = Published(
        container="c1", address="198.51.100.2", port=80, container_port=80, protocol="tcp"
    )
    found = published(bound, **{"172.30.2.1:80": REFUSED, "198.51.100.2:80": SILENT})
    assert found["198.51.100.2:80 to 80/tcp"] == {
        "c3": "ECONNREFUSED at 172.30.2.1:80, TIMEOUT at 198.51.100.2:80"
    }


def test_a_udp_port_is_named_and_not_tried() -> None:
    assert published(UDP) == {"0.0.0.0:53 to 53/udp": "not tried: only tcp answers to a connection"}
    assert not Errands(spec(published=(UDP,))).of("c3", Uplink(), (("172.30.2.1", 24),), ())


def test_only_containers_of_other_networks_try_a_published_port() -> None:
    errands = Errands(spec(published=(PORT,)))
    host = (("172.30.1.1", 24), ("172.30.2.1", 24))
    assert errands.of("c3", Uplink(), host, (("172.30.2.2", 24),)) == ["172.30.2.1:8080"]
    assert not errands.of("c2", Uplink(), host, (("172.30.1.3", 24),))


def routes(*rows: str) -> bytes:
    return "\n".join(["Iface Destination Gateway Flags RefCnt Use Metric Mask MTU", *rows]).encode()


def hexed(address: str) -> str:
    (number,) = struct.unpack("=I", bytes(int(part) for part in address.split(".")))
    return f"{number:08X}"


def test_the_default_gateway_is_read_from_the_routes() -> None:
    one = f"eth0 00000000 {hexed('192.0.2.1')} 0003 0 0 0 00000000 0"
    near = "eth0 000200C0 00000000 0001 0 0 0 00FFFFFF 0"
    assert outside.default_gateways(routes(near, one)) == ("192.0.2.1",)
    assert outside.default_gateways(routes(near)) is None
    assert outside.default_gateways(b"") is None


def test_a_default_route_without_a_gateway_is_one() -> None:
    assert outside.default_gateways(routes("ppp0 00000000 00000000 0001 0 0 0 00000000 0")) == ()


@pytest.mark.parametrize("flags", ["0002", "0201"])
def test_a_route_that_is_down_or_rejects_is_none(flags: str) -> None:
    row = f"eth0 00000000 {hexed('192.0.2.1')} {flags} 0 0 0 00000000 0"
    assert outside.default_gateways(routes(row)) is None


def test_nameservers_beyond_the_host_are_read() -> None:
    text = (
        b"# x\nnameserver 127.0.0.53\nnameserver ::1\nnameserver 192.0.2.53 \nnameserver\nsearch a"
    )
    assert outside.nameservers(text) == ("192.0.2.53",)


def test_the_hosts_own_addresses_are_never_tried() -> None:
    uplink = Uplink(default_route=True, gateways=("192.0.2.1",), nameservers=("192.0.2.2",))
    tried = outside.addresses((), uplink, {"192.0.2.2"})
    assert tried == ("192.0.2.1:53", "192.0.2.1:80", "192.0.2.1:443")
    assert outside.addresses(("192.0.2.2:1",), uplink, {"192.0.2.2"}) == ()


def host_files(tmp_path: Path) -> Path:
    """A procfs in which process 7 is the host's, with an empty root."""
    (tmp_path / "7" / "net").mkdir(parents=True)
    (tmp_path / "7" / "net" / "route").write_bytes(
        routes(f"eth0 00000000 {hexed('192.0.2.1')} 0003 0 0 0 00000000 0")
    )
    (tmp_path / "7" / "root" / "etc").mkdir(parents=True)
    return tmp_path / "7" / "root"


def test_a_resolv_conf_behind_a_link_is_read_within_the_hosts_root(tmp_path: Path) -> None:
    root = host_files(tmp_path)
    (root / "run").mkdir()
    (root / "run" / "resolv.conf").write_text("nameserver 192.0.2.53\n")
    (root / "etc" / "resolv.conf").symlink_to("/run/resolv.conf")
    found = outside.read(ProcFs(str(tmp_path)), 7)
    assert found == Uplink(default_route=True, gateways=("192.0.2.1",), nameservers=("192.0.2.53",))


def test_a_resolv_conf_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(host_files(tmp_path) / "etc" / "resolv.conf")
    found: list[Uplink] = []
    work = threading.Thread(
        target=lambda: found.append(outside.read(ProcFs(str(tmp_path)), 7)), daemon=True
    )
    work.start()
    work.join(5)
    assert [one.nameservers for one in found] == [()]


def test_a_host_whose_routes_cannot_be_read_is_told_to_be_unknown(tmp_path: Path) -> None:
    assert outside.read(ProcFs(str(tmp_path)), 7).problem == "its routes: ENOENT"
