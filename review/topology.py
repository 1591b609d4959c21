"""The topology that a stack file declares, and what a change does to it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from infra.model.container import ContainerConfig
from infra.model.host import HostConfig
from infra.model.lab import Lab
from infra.model.sharing import MODES, PRIVATE, joined
from report.chart import EMPTY, Chart, Edge, EdgeKey, Node, NodeKey, chart
from report.mermaid import Marks, flowchart
from report.wiring import Box, Cable, Hold, Network, Wiring, arranged
from review.markdown import fenced

# GitHub draws no text of more than 500 edges or 50,000 characters; a reader gives up long before.
MOST_NODES, MOST_EDGES = 150, 400
MOST_CHANGED_NODES, MOST_CHANGED_EDGES = 30, 80
_SYSTEMS = {"al2": "Amazon Linux 2", "al2023": "Amazon Linux 2023"}
_DRAWN_APART = {"image", "networks", "volumes", "binds", "ports", *MODES}
_UNORDERED = {"capabilities", "allow_shared_namespaces"}


def wiring_of(lab: Lab) -> Wiring:
    """What is plugged into what, as far as a lab's model alone can tell."""
    networks = {
        name: Network(name=name, bridge="", internal=one.internal, icc=True, subnet=str(one.subnet))
        for name, one in lab.networks.items()
    }
    boxes = [_box(name, one) for name, one in lab.containers.items()]
    binds = {hold.key for box in boxes for hold in box.holds if hold.key.startswith("bind:")}
    data = [*(f"volume:{name}" for name in sorted(lab.volumes)), *sorted(binds)]
    return arranged(networks, data, boxes, declared=True)


def _box(name: str, container: ContainerConfig) -> Box:
    cables = [
        Cable(network=network, interface="", address=str(one.address or ""), veth="", declared=True)
        for network, one in sorted(container.networks.items())
    ]
    holds = [
        *(Hold(key=f"volume:{m.volume}", path=m.target, mode=m.mode) for m in container.volumes),
        *(Hold(key=f"bind:{m.source}", path=m.target, mode=m.mode) for m in container.binds),
    ]
    ports = [
        (f"{port.address}:{port.host}", f"{port.container}/{port.protocol}")
        for port in container.ports
    ]
    return Box(
        name=name,
        cables=tuple(cables),
        holds=tuple(sorted(holds, key=lambda hold: (hold.key[0] == "b", hold.key, hold.path))),
        ports=tuple(sorted(ports)),
        shares=tuple(_shares(container)),
    )


def _shares(container: ContainerConfig) -> Iterator[tuple[str, str]]:
    for key, namespace in MODES.items():
        mode = getattr(container, key)
        if mode != PRIVATE:
            yield namespace, joined(mode) or ""


def host_words(host: HostConfig) -> tuple[str, ...]:
    """Where the lab runs, in a few short lines."""
    match host.kind:
        case "local":
            return ("this machine's engine",)
        case "ssh":
            port = () if host.port == 22 else (f"port {host.port}",)
            return "a machine behind SSH", f"{host.user}@{host.address}", *port
        case "ec2":
            return f"EC2 {host.instance_type}", _SYSTEMS[host.os], host.region
        case "lightsail":
            return f"Lightsail {host.bundle}", _SYSTEMS[host.os], host.zone


def topology(lab: Lab) -> str:
    """Markdown: the whole lab as a mermaid flowchart."""
    return "\n".join([*fenced(whole(lab).splitlines(), "mermaid"), ""])


def whole(lab: Lab) -> str:
    """The mermaid text of the whole lab, or of as much as GitHub draws."""
    drawn = chart(wiring_of(lab))
    order = _ranked(drawn.nodes)
    only = _first(drawn, order, MOST_NODES, MOST_EDGES)
    return flowchart(drawn, host_words(lab.host), only=only, left_out=len(order) - len(only))


def changed_topology(before: Lab | None, after: Lab | None) -> str | None:
    """The mermaid text of what changes and its neighbours; None when nothing of it does.

    None as `before` is a lab that is new, as `after` one that is removed. What is removed is drawn
    too; each mark is also a word.
    """
    then, now = (chart(wiring_of(lab)) if lab else EMPTY for lab in (before, after))
    edges = _edge_marks(then, now)
    nodes = _node_marks(then, now, before, after)
    moved = before is not None and after is not None and before.host != after.host
    if not (edges or nodes or moved):
        return None
    drawn = _told(then, now, edges, nodes, before, after)
    near = {key for node in nodes for key in drawn.neighbours(node)}
    ends = {key for edge in edges for key in edge[:2]}
    order = [*_ranked(nodes), *_ranked(ends - nodes.keys()), *_ranked(near - ends - nodes.keys())]
    only = _first(drawn, order, MOST_CHANGED_NODES, MOST_CHANGED_EDGES)
    marks = Marks(nodes=nodes, edges=edges, host="~" if moved else "")
    words = (
        _host_then_and_now(before.host, after.host) if before and after and moved else ("the host",)
    )
    return flowchart(drawn, words, marks=marks, only=only, left_out=len(order) - len(only))


def _host_then_and_now(before: HostConfig, after: HostConfig) -> tuple[str, ...]:
    then, now = host_words(before), host_words(after)
    return *now, *(f"was {line}" for line in then if line not in now)


def _edge_marks(then: Chart, now: Chart) -> dict[EdgeKey, str]:
    return {
        key: "+" if key not in then.edges else "-" if key not in now.edges else "~"
        for key in sorted(then.edges.keys() | now.edges.keys())
        if then.edges.get(key) != now.edges.get(key)
    }


def _node_marks(
    then: Chart, now: Chart, before: Lab | None, after: Lab | None
) -> dict[NodeKey, str]:
    marks: dict[NodeKey, str] = {}
    for key in sorted(then.nodes.keys() | now.nodes.keys()):
        if key not in then.nodes:
            marks[key] = "+"
        elif key not in now.nodes:
            marks[key] = "-"
        elif then.nodes[key] != now.nodes[key] or _settings(before, after, key):
            marks[key] = "~"
    return marks


def _settings(before: Lab | None, after: Lab | None, key: NodeKey) -> list[str]:
    """The names of a part's settings that differ, but for those that the picture itself shows."""
    was, now = _said(before, key), _said(after, key)
    return sorted(name for name in was.keys() | now.keys() if was.get(name) != now.get(name))


def _said(lab: Lab | None, key: NodeKey) -> dict[str, object]:
    group, name = key
    if lab is None:
        return {}
    if group == "container":
        container = lab.containers[name]
        said = container.model_dump(exclude=_DRAWN_APART)
        said |= {setting: set(said[setting]) for setting in _UNORDERED}
        aliases = {n: set(one.aliases) for n, one in container.networks.items() if one.aliases}
        made = {bind.target for bind in container.binds if bind.missing == "create"}
        image = lab.images[container.image].reference
        return {**said, "image": image, "aliases": aliases, "folders to make": made}
    if group == "network":
        network = lab.networks[name]
        return {"gateway": str(network.router)}
    if name.startswith("volume:"):
        return lab.volumes[name.removeprefix("volume:")].model_dump()
    return {}


def _told(
    then: Chart,
    now: Chart,
    edges: Iterable[EdgeKey],
    nodes: Iterable[NodeKey],
    before: Lab | None,
    after: Lab | None,
) -> Chart:
    """Both, where what is changed says what it was."""
    both = then | now
    told_nodes = {
        key: _was_node(then.nodes[key], now.nodes[key], _settings(before, after, key))
        for key in nodes
        if key in then.nodes and key in now.nodes
    }
    told_edges = {
        key: _was_edge(then.edges[key], now.edges[key])
        for key in edges
        if key in then.edges and key in now.edges
    }
    return both | Chart(nodes=told_nodes, edges=told_edges)


def _was_node(then: Node, now: Node, settings: list[str]) -> Node:
    was = [f"was {line}" for line in then.lines if line not in now.lines]
    named = [f"its {', '.join(settings)}"] if settings else []
    return replace(now, lines=(*now.lines, *was, *named))


def _was_edge(then: Edge, now: Edge) -> Edge:
    if then.words == now.words:
        return now
    was, _, tail = then.words.partition(" ")
    if tail and now.words.endswith(f" {tail}"):
        return replace(now, words=f"{was} → {now.words}")
    return replace(now, words=f"{then.words or 'any address'} → {now.words or 'any address'}")


def _ranked(keys: Iterable[NodeKey]) -> list[NodeKey]:
    """Containers last, for they are many: better a few of them than all and nothing else."""
    return sorted(keys, key=lambda key: (key[0] == "container", key[0] == "data", key))


def _first(drawn: Chart, order: list[NodeKey], most_nodes: int, most_edges: int) -> set[NodeKey]:
    """As many of these as fit."""
    kept: set[NodeKey] = set()
    count = 0
    for key in order:
        more = sum(
            key in (edge.one, edge.other) and {edge.one, edge.other} <= kept | {key}
            for edge in drawn.edges.values()
        )
        if len(kept) == most_nodes or count + more > most_edges:
            break
        kept.add(key)
        count += more
    return kept
