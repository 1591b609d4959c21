"""A lab as containers with their cables and mounts: of a report's lab section, or as a stack file
declares it (then no bridge, interface or veth has a name yet). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from report.reading import Row, mapping, rows, text, texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    name: str
    bridge: str
    internal: bool
    icc: bool
    subnet: str = ""

    @property
    def way_out(self) -> str:
        words = "internal: no way out" if self.internal else "with a way out"
        return words if self.icc else f"{words}, members apart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cable:
    """A container's end of a network; `declared` is false for one that the lab file lacks."""

    network: str
    interface: str
    address: str
    veth: str
    declared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A mount of the data `key`; mode is ro or rw."""

    key: str
    path: str
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A container with all that is plugged into it.

    shares: (namespace, the container whose it is, or nothing for the host's).
    """

    name: str
    cables: tuple[Cable, ...]
    holds: tuple[Hold, ...]
    ports: tuple[tuple[str, str], ...]
    shares: tuple[tuple[str, str], ...] = ()

    @property
    def apart(self) -> bool:
        """On no network, and in no other's network namespace."""
        return not self.cables and "net" not in dict(self.shares)

    @property
    def shared(self) -> list[str]:
        return [f"uses {name} of {other or 'the host'}" for name, other in self.shares]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """Networks and data by name in a fixed order; boxes so that neighbours share a network.

    declared: it is what a stack file says, and nothing of it was read from a running lab.
    """

    networks: Mapping[str, Network]
    data: tuple[str, ...]
    boxes: tuple[Box, ...]
    declared: bool = False


def wiring(lab: Row, names: Sequence[str] = ()) -> Wiring:
    """`names`: containers that are there though the lab section may not name them."""
    links = rows(lab.get("links"))
    networks = {
        text(one.get("name")): Network(
            name=text(one.get("name")),
            bridge=text(one.get("bridge")),
            internal=one.get("internal") is True,
            icc=one.get("icc") is not False,
        )
        for one in rows(lab.get("networks"))
    }
    for link in links:
        name = _network_of(link, networks)
        stranger = Network(name=name, bridge=text(link.get("bridge")), internal=False, icc=True)
        networks.setdefault(name, stranger)
    found = dict.fromkeys((*names, *_named(lab)))
    boxes = [_box(name, lab, networks) for name in found if name]
    keys = dict.fromkeys(text(volume.get("key")) for volume in rows(lab.get("volumes")))
    return arranged(networks, tuple(keys), boxes)


def arranged(
    networks: Mapping[str, Network],
    data: Sequence[str],
    boxes: Sequence[Box],
    *,
    declared: bool = False,
) -> Wiring:
    """The same in an order in which neighbours share a network; those of nobody come last."""
    ordered = sorted(boxes, key=lambda b: ([c.network for c in b.cables] or ["\uffff"], b.name))
    used = dict.fromkeys(cable.network for box in ordered for cable in box.cables)
    return Wiring(
        networks={name: networks[name] for name in (*used, *sorted(networks.keys() - used.keys()))},
        data=tuple(data),
        boxes=tuple(ordered),
        declared=declared,
    )


def _named(lab: Row) -> list[str]:
    members = [name for one in rows(lab.get("networks")) for name in texts(one.get("containers"))]
    mounting = [
        text(mount.get("container"))
        for volume in rows(lab.get("volumes"))
        for mount in rows(volume.get("mounts"))
    ]
    return [*members, *mounting, *(text(one.get("container")) for one in rows(lab.get("links")))]


def _network_of(link: Row, networks: Mapping[str, Network]) -> str:
    """Its name; for a link of no declared network, that of its bridge."""
    bridge = text(link.get("bridge"))
    known = next((one.name for one in networks.values() if bridge and one.bridge == bridge), "")
    return text(link.get("network")) or known or bridge or "unknown bridge"


def _box(name: str, lab: Row, networks: Mapping[str, Network]) -> Box:
    declared = {text(one.get("name")) for one in rows(lab.get("networks")) if name in _members(one)}
    cables = [
        Cable(
            network=_network_of(link, networks),
            interface=text(link.get("interface")),
            address=text(link.get("address")),
            veth=text(link.get("veth")),
            declared=_network_of(link, networks) in declared,
        )
        for link in rows(lab.get("links"))
        if link.get("container") == name
    ]
    seen = {cable.network for cable in cables}
    cables += [
        Cable(network=one, interface="", address="", veth="", declared=True)
        for one in sorted(declared - seen)
    ]
    holds = [
        Hold(key=text(one.get("key")), path=text(m.get("path")), mode=text(m.get("mode")))
        for one in rows(lab.get("volumes"))
        for m in rows(one.get("mounts"))
        if m.get("container") == name
    ]
    return Box(
        name=name,
        cables=tuple(sorted(cables, key=lambda cable: (not cable.declared, cable.network))),
        holds=tuple(holds),
        ports=tuple(_port(p) for p in rows(lab.get("published")) if p.get("container") == name),
    )


def _members(network: Row) -> list[str]:
    return texts(network.get("containers"))


def _port(one: Row) -> tuple[str, str]:
    """(where on the host, where in the container)."""
    protocol = f"/{text(one.get('protocol'))}" if one.get("protocol") else ""
    return f"{text(one.get('address'))}:{one.get('port')}", f"{one.get('container_port')}{protocol}"


def data_words(key: str) -> tuple[str, str]:
    """(name, what it is) of `volume:data` or `bind:/folder`."""
    kind, _, name = key.partition(":")
    word = {"volume": "volume", "bind": "folder of the host"}.get(kind, "mount")
    return name or kind, word


def sentences(wired: Wiring) -> list[tuple[str, list[str]]]:
    """The picture in words: (container, what is plugged into it)."""
    return [(box.name, _words(box, wired)) for box in wired.boxes]


def _words(box: Box, wired: Wiring) -> list[str]:
    lines = []
    for cable in box.cables:
        network = wired.networks[cable.network]
        ends = [
            f"{cable.interface} {cable.address}".strip(),
            f"cable {cable.veth}" if cable.veth else "",
            f"bridge {network.bridge}" if network.bridge else "",
            f"subnet {network.subnet}" if network.subnet else "",
        ]
        on = "on network" if cable.declared else "on a network that is not declared for it:"
        listed = ", ".join(end for end in ends if end)
        lines.append(
            f"{on} {cable.network} ({network.way_out})" + (f": {listed}" if listed else "")
        )
    if box.apart:
        lines.append("on no network")
    lines += [f"shares the {name} namespace of {other or 'the host'}" for name, other in box.shares]
    for hold in box.holds:
        name, kind = data_words(hold.key)
        mode = {"ro": ", read only", "rw": ", read and write"}.get(hold.mode, "")
        lines.append(f"mounts {kind} {name} at {hold.path}{mode}")
    lines += [f"port {inside} is published at {outside}" for outside, inside in box.ports]
    return lines


def of_report(report: Row) -> Wiring | None:
    """None when the report has no lab section to draw."""
    lab = mapping(report.get("lab"))
    if not lab:
        return None
    names = [text(target.get("name")) for target in rows(report.get("targets"))]
    found = wiring(lab, names)
    return found if found.boxes else None
