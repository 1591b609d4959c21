"""A small good lab as YAML would give it, and ways to spoil one thing in it. Not a test."""

import copy
from typing import Any

GONE = object()


def good_lab() -> dict[str, Any]:
    """Two bridges, a shared volume, a bind made on demand, three containers."""
    return {
        "host": {"kind": "local"},
        "images": {"base": {"name": "python:3.11-slim-bookworm"}},
        "networks": {
            "front": {"subnet": "172.30.10.0/24", "gateway": "172.30.10.1"},
            "back": {"subnet": "172.30.20.0/24", "internal": True},
        },
        "volumes": {"data": {}},
        "containers": {
            "web": {
                "image": "base",
                "command": ["sleep", "60"],
                "environment": {"MODE": "plain"},
                "networks": {"front": {"aliases": ["www"], "address": "172.30.10.10"}},
                "volumes": [{"volume": "data", "target": "/data"}],
                "ports": [{"host": 8080, "container": 80}],
            },
            "visitor": {
                "image": "base",
                "networks": {"front": None},
                "binds": [
                    {
                        "source": "${lab_dir}/notes",
                        "target": "/notes",
                        "mode": "rw",
                        "missing": "create",
                    }
                ],
                "tmpfs": {"/tmp": "16MiB"},
            },
            "keeper": {
                "image": "base",
                "networks": {"back": {"address": "172.30.20.10"}},
                "volumes": [{"volume": "data", "target": "/data", "mode": "rw"}],
            },
        },
    }


def changed(*changes: tuple[str, Any]) -> dict[str, Any]:
    """The good lab with values set, or taken out (GONE), at dotted paths."""
    lab = copy.deepcopy(good_lab())
    for path, value in changes:
        *parents, last = (int(part) if part.isdigit() else part for part in path.split("."))
        here: Any = lab
        for part in parents:
            here = here[part] if isinstance(part, int) else here.setdefault(part, {})
        if value is GONE:
            del here[last]
        else:
            here[last] = value
    return lab
