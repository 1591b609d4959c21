"""A lab as nodes and edges. Each has a key of its own, which no edit around it changes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from report.wiring import Box, Cable, Hold, Network, Wiring, data_words

NodeKey = tuple[str, str]
EdgeKey = tuple[NodeKey, NodeKey, str]
HOST: NodeKey = ("host", "")
_EVERYONE, _LOOPBACK = "0.0.0.0", "127."
_STYLES = {"rw": "writes", "ro": "reads"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """`kind` is how it looks; `lines` are what is written in it, its name first."""

    key: NodeKey
    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """`slot` tells edges between the same two apart: a path inside, a port, a namespace."""

    one: NodeKey
    other: NodeKey
    slot: str
    words: str
    style: str

    @property
    def key(self) -> EdgeKey:
        return self.one, self.other, self.slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Nodes and edges in the order in which they are drawn."""

    nodes: Mapping[NodeKey, Node]
    edges: Mapping[EdgeKey, Edge]

    def __or__(self, other: Chart) -> Chart:
        """Both; what both have is as the other has it."""
        return Chart(
            nodes=dict(sorted({**self.nodes, **other.nodes}.items())),
            edges=dict(sorted({**self.edges, **other.edges}.items())),
        )

    def neighbours(self, key: NodeKey) -> set[NodeKey]:
        return {
            there
            for edge in self.edges.values()
            for here, there in ((edge.one, edge.other), (edge.other, edge.one))
            if here == key
        }


EMPTY = Chart(nodes={}, edges={})


def chart(wired: Wiring) -> Chart:
    nodes = {node.key: node for node in _nodes(wired)}
    edges = {edge.key: edge for box in wired.boxes for edge in _edges(box)}
    return EMPTY | Chart(nodes=nodes, edges=edges)


def _nodes(wired: Wiring) -> Iterator[Node]:
    for network in wired.networks.values():
        yield _network(network)
    for box in wired.boxes:
        alone = ("no network",) if box.apart else ()
        kind = "shared" if box.shares else "container"
        yield Node(key=("container", box.name), kind=kind, lines=(box.name, *alone))
        for outside, _ in box.ports:
            yield _outside(_address(outside))
        if any(not other for _, other in box.shares):
            yield Node(key=HOST, kind="shared", lines=("the host itself",))
    held = (hold.key for box in wired.boxes for hold in box.holds)
    for key in dict.fromkeys((*wired.data, *held)):
        name, what = data_words(key)
        kind = {"volume": "volume"}.get(what, "bind")
        yield Node(key=("data", key), kind=kind, lines=(name, what))


def _network(network: Network) -> Node:
    lines = (network.name, network.subnet or network.bridge, network.way_out)
    return Node(
        key=("network", network.name),
        kind="internal" if network.internal else "network",
        lines=tuple(line for line in lines if line),
    )


def _outside(address: str) -> Node:
    if address == _EVERYONE:
        name = "the world"
    else:
        name = "the host alone" if address.startswith(_LOOPBACK) else "whoever reaches"
    return Node(key=("from", address), kind="outside", lines=(name, address))


def _address(outside: str) -> str:
    return outside.rpartition(":")[0]


def _edges(box: Box) -> Iterator[Edge]:
    here = ("container", box.name)
    for cable in box.cables:
        yield _cable(here, cable)
    for hold in box.holds:
        yield _hold(here, hold)
    for outside, inside in box.ports:
        source, port = ("from", _address(outside)), outside.rpartition(":")[2]
        yield Edge(
            one=source,
            other=here,
            slot=f"{port} {inside}",
            words=f"port {port} to {inside}",
            style="opens",
        )
    for name, other in box.shares:
        there = ("container", other) if other else HOST
        yield Edge(one=here, other=there, slot=name, words=f"shares {name}", style="joins")


def _cable(here: NodeKey, cable: Cable) -> Edge:
    words = f"{cable.interface} {cable.address}".strip()
    if not cable.declared:
        words = f"NOT DECLARED {words}".strip()
    return Edge(
        one=("network", cable.network),
        other=here,
        slot=cable.interface,
        words=words,
        style="plain" if cable.declared else "stray",
    )


def _hold(here: NodeKey, hold: Hold) -> Edge:
    return Edge(
        one=here,
        other=("data", hold.key),
        slot=hold.path,
        words=f"{hold.mode} {hold.path}".strip(),
        style=_STYLES.get(hold.mode, "reads"),
    )
