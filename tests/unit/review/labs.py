"""Labs of any size and changes of them, by the lab's own model."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from infra.model.lab import Lab
from review.samples import PLACEHOLDERS

Raw = dict[str, Any]
_AWS: Raw = {
    "kind": "ec2",
    "region": "eu-central-1",
    "ami": "ami-00000000000000000",
    "admin_cidr": "192.0.2.1/32",
    "public_key": PLACEHOLDERS["<your public key>"],
}


def raw_lab(count: int = 4) -> Raw:
    """`count` containers on three networks, with mounts, ports, and some that share namespaces."""
    return {
        "host": {"kind": "local"},
        "images": {"base": {"name": "python:3.11-slim-bookworm"}},
        "networks": {
            f"net-{n}": {"subnet": f"172.30.{n}.0/24", "internal": n == 1} for n in range(3)
        },
        "volumes": {f"data-{n}": {} for n in range(3)},
        "containers": {
            **{f"box-{n:03d}": _container(n) for n in range(count)},
            "guest": _sharing("container:box-000"),
            "watcher": _sharing("host"),
            "alone": {"image": "base", "memory": "16MiB"},
        },
    }


def _container(number: int) -> Raw:
    made: Raw = {"image": "base", "memory": "16MiB", "networks": {f"net-{number % 3}": None}}
    if number % 3 == 1:
        made["networks"]["net-1"] = {"address": f"172.30.1.{number % 250 + 2}"}
    if number % 2 == 0:
        mode = "rw" if number % 4 else "ro"
        made["volumes"] = [{"volume": f"data-{number % 3}", "target": "/data", "mode": mode}]
    if number % 5 == 0:
        made["binds"] = [{"source": "${lab_dir}/notes", "target": "/notes", "missing": "create"}]
    if number % 6 == 0:
        made["ports"] = [{"host": 8000 + number, "container": 80}]
    return made


def _sharing(mode: str) -> Raw:
    return {
        "image": "base",
        "memory": "16MiB",
        "network_mode": mode,
        "allow_shared_namespaces": ["net"],
    }


def lab(raw: Raw) -> Lab:
    return Lab.model_validate(raw)


def lab_of(count: int) -> Lab:
    return lab(raw_lab(count))


def _moves(raw: Raw) -> None:
    raw["containers"]["box-003"]["networks"] = {"net-2": None}


def _writes(raw: Raw) -> None:
    raw["containers"]["box-000"]["volumes"][0]["mode"] = "rw"


def _binds(raw: Raw) -> None:
    raw["containers"]["box-001"]["binds"] = [{"source": "/etc/ssl", "target": "/ssl", "mode": "rw"}]


def _opens(raw: Raw) -> None:
    raw["containers"]["box-002"]["ports"] = [{"host": 80, "container": 80, "address": "0.0.0.0"}]


def _renames(raw: Raw) -> None:
    raw["volumes"]["renamed"] = raw["volumes"].pop("data-2")
    for container in raw["containers"].values():
        for mount in container.get("volumes", ()):
            mount["volume"] = {"data-2": "renamed"}.get(mount["volume"], mount["volume"])


def _swaps(raw: Raw) -> None:
    raw["images"]["base"]["name"] = "python:3.12-slim-bookworm"


def _widens(raw: Raw) -> None:
    raw["networks"]["net-1"]["internal"] = False


def _takes_away(raw: Raw) -> None:
    del raw["containers"]["box-001"]


def _moves_house(raw: Raw) -> None:
    raw["host"] = _AWS


CHANGES: dict[str, Callable[[Raw], None]] = {
    "a container moves": _moves,
    "a mount may write": _writes,
    "a bind of the host": _binds,
    "a port to the world": _opens,
    "a volume is renamed": _renames,
    "an image is swapped": _swaps,
    "a network gets a way out": _widens,
    "a container is taken away": _takes_away,
    "another host": _moves_house,
}


def changed_lab(name: str) -> tuple[Lab, Lab]:
    before = raw_lab()
    after = deepcopy(before)
    CHANGES[name](after)
    return lab(before), lab(after)


def changed_labs() -> dict[str, tuple[Lab | None, Lab | None]]:
    """Before and after, by what happens between them."""
    found: dict[str, tuple[Lab | None, Lab | None]] = {name: changed_lab(name) for name in CHANGES}
    return {**found, "a new lab": (None, lab_of(40)), "a lab that goes": (lab_of(4), None)}
