"""Reports of labs of any size, made by hand after real ones, to be bent by tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from unit.verifier.facts_of_a_lab import VALIDATOR

from report.reading import load

Report = dict[str, Any]
NAMESPACES = ("mnt", "ipc", "uts", "pid", "net", "user", "cgroup", "time")
NETWORKS = ("front", "back", "side")
DEMONSTRATIONS: dict[str, dict[str, Any]] = {
    "mnt": {"at": "/tmp/mnt", "source": "/usr/local/bin", "same_inode": True, "asked": 6},
    "ipc": {"key": 26, "in_own": True, "asked": 6},
    "uts": {"name": "nsv-1", "outside": {"the host": "vm"}, "asked": 6},
    "pid": {"pid": 1, "nspid": [4711, 9, 1]},
    "net": {"interfaces": ["lo"], "lo": "down", "host_has": 5},
    "user": {"before": 65534, "inside": 0, "errno": "EPERM", "then": "ok"},
}


def row(check_id: str, subject: str, status: str = "pass", **more: Any) -> Report:
    made = {
        "id": check_id,
        "subject": subject,
        "required": True,
        "status": status,
        "claim": f"{check_id} holds for {subject}",
        "method": "behaviour",
        "evidence": {},
        **more,
    }
    return made if status == "pass" else {"remedy": f"put {subject} right", **made}


def network_of(number: int) -> str:
    return NETWORKS[number % len(NETWORKS)]


def names_of(count: int) -> list[str]:
    return [f"box{number:02d}" for number in range(count)]


def report_of(names: Sequence[str]) -> Report:
    """An isolated lab: each container on one of three networks, every other with a volume."""
    made = {
        "schema": "nsv/1",
        "run_id": "run-1",
        "spec_sha256": "0" * 64,
        "verdict": "isolated",
        "exit_code": 0,
        "summary": f"isolated: MNT and NET of {len(names)} containers, from each other",
        "counts": {"pass": 9},
        "host": {
            "kernel": "6.1.0",
            "cgroup": "v2",
            "lsm": "",
            "userns_remap": True,
            "baseline": {"pid": 9, "comm": "containerd-shim", "shims": 1, "ns": {"mnt": "mnt:[1]"}},
        },
        "policy": {"required": ["mnt"], "reasons": {"time": "auto: few engines give one"}},
        "targets": [_target(number, name) for number, name in enumerate(names)],
        "lab": _lab(names),
        "checks": _checks(names),
        "timing_ms": {"total": 300.5},
    }
    VALIDATOR.validate(made)
    return made


def lab_of(count: int) -> Report:
    return report_of(names_of(count))


def shown(made: Report) -> Report:
    """As a renderer gets it: through JSON and cleaned."""
    return load(json.dumps(made))


def failing(change: Callable[[Report], None], count: int = 4) -> Report:
    """A lab that is not isolated, after a change of its report."""
    made = lab_of(count)
    made |= {"verdict": "not_isolated", "exit_code": 1, "summary": "not isolated: it is not"}
    change(made)
    VALIDATOR.validate(made)
    return shown(made)


def check_of(made: Report, check_id: str, subject: str) -> Report:
    return next(c for c in made["checks"] if (c["id"], c["subject"]) == (check_id, subject))


def _target(number: int, name: str) -> Report:
    cells = {
        kind: {"ns": f"{kind}:[{place}{number:04d}]", "required": True, "state": "isolated"}
        for place, kind in enumerate(NAMESPACES, 40265)
    }
    return {"name": name, "id": "a" * 64, "pid": 100 + number, "starttime": 1, "ns": cells}


def _lab(names: Sequence[str]) -> Report:
    members = {net: [n for i, n in enumerate(names) if network_of(i) == net] for net in NETWORKS}
    mounting = names[::2]
    return {
        "networks": [
            {
                "name": net,
                "internal": net == "back",
                "icc": True,
                "bridge": f"br-{net}",
                "containers": members[net],
            }
            for net in NETWORKS
        ],
        "volumes": [
            {
                "key": "volume:data",
                "mounts": [
                    {"container": name, "path": "/data", "mode": "ro" if place else "rw"}
                    for place, name in enumerate(mounting)
                ],
            },
            {
                "key": "bind:/srv/a/very/long/folder/of/the/host/pages",
                "mounts": [{"container": names[0], "path": "/pages", "mode": "ro"}],
            },
        ],
        "links": [
            {
                "container": name,
                "interface": "eth0",
                "address": f"172.30.{NETWORKS.index(network_of(number))}.{number + 2}/24",
                "veth": f"veth{number:07d}",
                "bridge": f"br-{network_of(number)}",
                "network": network_of(number),
            }
            for number, name in enumerate(names)
        ],
        "published": [
            {
                "container": names[0],
                "address": "127.0.0.1",
                "port": 18080,
                "container_port": 8000,
                "protocol": "tcp",
            }
        ],
    }


def _checks(names: Sequence[str]) -> list[Report]:
    made = [row("baseline", "*")]
    made += [
        row(f"demo.{kind}", "*", evidence={**seen, "seen_by": []})
        for kind, seen in DEMONSTRATIONS.items()
    ]
    for number, name in enumerate(names):
        reached = {
            other: "OK 1.5 ms" if network_of(place) == network_of(number) else "TIMEOUT"
            for place, other in enumerate(names)
            if other != name
        }
        mode = {"flags": "ro", "write": "EROFS"} if number else {"flags": "rw", "write": "written"}
        made += [
            row("mnt.host", name, method="inode", evidence={"ns": "mnt:[2]", "host": "mnt:[1]"}),
            row("net.reach", name, evidence={"row": reached}, control={"own_address": True}),
            *([] if number % 2 else [row("vol.mode", name, evidence={"/data": mode})]),
        ]
    return made
