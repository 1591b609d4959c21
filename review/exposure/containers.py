"""What containers run, whom they publish ports to, and which secrets they get."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from policy.resource import SECRET, Resource
from review.exposure.confinement import of_powers
from review.exposure.mounts import of_mounts
from review.exposure.row import Exposed, key_of, mapping, maps, texts

_MOST = 60


def of_container(one: Resource) -> Iterator[Exposed]:
    """Rows of one container of the lab, but for its image and its networks."""
    words = [*texts(one.inputs.get("entrypoints")), *texts(one.inputs.get("command"))]
    command = f"runs {one_line(words)}" if words else "runs what its image says"
    folder = f" in {one.inputs['workingDir']}" if one.inputs.get("workingDir") else ""
    yield _tells(one, f"{command}{folder}", "command", [*words, folder])
    tests = texts(mapping(one.inputs.get("healthcheck")).get("tests"))
    health = f"checks its health with {one_line(tests)}" if tests else "has no health check"
    yield _tells(one, health, "health check", tests)
    yield from _ports(one)
    yield from of_powers(one)
    yield from of_mounts(one)
    for entry in texts(one.inputs.get("envs")):
        name, _, value = entry.partition("=")
        if value.startswith(SECRET[:-1]):
            text = f"gets the secret {name}"
            yield Exposed(topic="secrets", subject=key_of(one), text=text, of=one.name)


def _tells(one: Resource, text: str, way: str, words: list[str]) -> Exposed:
    return Exposed(
        topic="identities",
        subject=key_of(one),
        text=text,
        kind="tells",
        way=way,
        of=one.name,
        whole=" ".join(" ".join(words).split()),
    )


def one_line(words: list[str]) -> str:
    """Words as one line; where that does not show all of them, what tells them from others too."""
    whole = " ".join(words)
    line = " ".join(whole.split())
    if line == whole and len(line) <= _MOST:
        return line
    mark = hashlib.sha256(json.dumps(words).encode()).hexdigest()[:8]
    return f"{line[:_MOST]}{'…' if len(line) > _MOST else ''} ({mark})"


def _ports(one: Resource) -> Iterator[Exposed]:
    def row(text: str, address: str, way: str) -> Exposed:
        here = address.startswith("127.")
        return Exposed(
            topic="published ports",
            subject=key_of(one),
            kind="tells" if here else "opens",
            text=text,
            way=way,
            reach=_range(address),
            of=one.name,
        )

    for port in maps(one.inputs.get("ports")):
        address = str(port.get("ip") or "0.0.0.0")
        everyone = address in ("0.0.0.0", "::")
        others = "whoever reaches " + ("the machine" if everyone else address)
        whom = "this machine alone" if address.startswith("127.") else others
        outer = f"{port.get('external')}/{port.get('protocol', 'tcp')}"
        to = f"leads to its port {port.get('internal')}"
        yield row(f"{address}:{outer} {to}: for {whom}", address, f"{outer} {to}")
    if one.inputs.get("publishAllPorts"):
        yield row("publishes all ports of its image", "0.0.0.0", "every port")


def _range(address: str) -> str:
    everyone = {"0.0.0.0": "0.0.0.0/0", "::": "::/0"}
    return everyone.get(address, address)
