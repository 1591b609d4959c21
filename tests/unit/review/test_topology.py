"""What a stack file declares as a picture, and what a change does to the picture."""

from __future__ import annotations

import re
from copy import deepcopy

import pytest
from unit.report.test_mermaid import assert_sound
from unit.review.labs import CHANGES, changed_lab, lab, lab_of, raw_lab

from report.wiring import sentences
from review.topology import (
    MOST_CHANGED_NODES,
    MOST_EDGES,
    MOST_NODES,
    changed_topology,
    host_words,
    topology,
    whole,
    wiring_of,
)

SEEN = {
    "a container moves": (
        'network_net_0 ---|"removed"| container_box_003',
        'network_net_2 ---|"added"| container_box_003',
    ),
    "a mount may write": ('container_box_000 ==>|"changed: ro → rw /data"| volume_data_0',),
    "a bind of the host": (
        '==>|"added: rw /ssl"| bind_etc_ssl_',
        '"/etc/ssl<br/>folder of the host<br/>(added)"',
    ),
    "a port to the world": (
        'from_0_0_0_0(["the world<br/>0.0.0.0<br/>(added)"])',
        'from_0_0_0_0 -->|"added: port 80 to 80/tcp"| container_box_002',
    ),
    "a volume is renamed": (
        'volume_data_2[("data-2<br/>volume<br/>(removed)")]',
        'volume_renamed[("renamed<br/>volume<br/>(added)")]',
        'container_box_002 ==>|"removed: rw /data"| volume_data_2',
        'container_box_002 ==>|"added: rw /data"| volume_renamed',
    ),
    "an image is swapped": ('container_alone["alone<br/>no network<br/>its image<br/>(changed)"]',),
    "a network gets a way out": ("with a way out<br/>was internal: no way out<br/>(changed)",),
    "a container is taken away": (
        'container_box_001["box-001<br/>(removed)"]',
        'network_net_1 ---|"removed: 172.30.1.3"| container_box_001',
    ),
    "another host": (
        'machine["EC2 t3.small"]',
        "Amazon Linux 2<br/>eu-central-1<br/>was this machine's engine<br/>(changed)",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_is_drawn_with_a_word_for_it(name: str) -> None:
    text = changed_topology(*changed_lab(name))
    assert text
    assert_sound(text)
    for part in SEEN[name]:
        assert part in text


def test_only_what_changes_and_its_neighbours_are_drawn() -> None:
    text = changed_topology(*changed_lab("a container is taken away"))
    assert text
    nodes = re.findall(r"^    (\w+)\W.*:::", text, re.M)
    assert nodes == ["container_box_001", "network_net_1"]


def test_writing_the_same_lab_in_another_way_changes_nothing() -> None:
    raw = raw_lab()
    raw["containers"]["box-000"] |= {"capabilities": ["CHOWN", "SETUID"]}
    raw["containers"]["box-000"]["ports"].append({"host": 70, "container": 70})
    raw["containers"]["box-000"]["volumes"].append({"volume": "data-1", "target": "/more"})
    other = deepcopy(raw)
    for setting in ("capabilities", "ports", "volumes"):
        other["containers"]["box-000"][setting].reverse()
    for part in ("containers", "networks", "volumes"):
        other[part] = dict(reversed(other[part].items()))
    other["images"] = {"renamed": other["images"]["base"]}
    for container in other["containers"].values():
        container |= {"image": "renamed", "restart": "unless-stopped", "read_only_root": True}
    other["verification"] = {"deadline_ms": 400}
    assert changed_topology(lab(raw), lab(other)) is None
    assert whole(lab(raw)) == whole(lab(other))
    assert topology(lab(raw)).startswith("```mermaid\nflowchart LR\n")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("command", ["sleep", "1"]),
        ("environment", {"MODE": "secret-looking"}),
        ("capabilities", ["NET_ADMIN"]),
        ("memory", "32MiB"),
        ("user", "0:0"),
        ("read_only_root", False),
    ],
)
def test_a_setting_that_the_picture_does_not_show_is_named_without_its_value(
    setting: str, value: object
) -> None:
    raw = raw_lab()
    raw["containers"]["alone"][setting] = value
    text = changed_topology(lab_of(4), lab(raw))
    assert text
    assert f'container_alone["alone<br/>no network<br/>its {setting}' in text.replace("#95;", "_")
    assert "secret-looking" not in text


def test_a_new_lab_is_all_added_and_what_is_too_much_is_counted() -> None:
    text = changed_topology(None, lab_of(60))
    assert text
    assert_sound(text)
    nodes = text.count(":::")
    assert nodes == MOST_CHANGED_NODES + 1
    drawn = chart_size(60)
    assert f"{drawn - MOST_CHANGED_NODES} more parts are left out" in text
    assert text.count("(added)") == MOST_CHANGED_NODES
    assert changed_topology(None, None) is None


def test_a_lab_that_goes_is_all_removed() -> None:
    text = changed_topology(lab_of(4), None)
    assert text
    assert text.count("(removed)") == chart_size(4)


def chart_size(count: int) -> int:
    """Containers, three that share or are alone, networks, volumes, a bind, two places outside."""
    return count + 3 + 3 + 3 + 1 + 1 + 1


def test_the_largest_lab_stays_within_what_github_draws() -> None:
    text = whole(lab_of(300))
    assert_sound(text)
    assert text.count(":::") <= MOST_NODES + 1
    assert len(re.findall(r"(?m)^  \w+ [-=]", text)) <= MOST_EDGES
    assert len(text) < 50_000
    assert "more parts are left out of this picture" in text


def test_what_only_a_run_makes_is_not_in_the_words() -> None:
    words = dict(sentences(wiring_of(lab_of(4))))
    assert words["box-001"] == [
        "on network net-1 (internal: no way out): 172.30.1.3, subnet 172.30.1.0/24"
    ]
    assert words["guest"] == ["shares the net namespace of box-000"]
    assert words["watcher"] == ["shares the net namespace of the host"]
    assert words["alone"] == ["on no network"]
    assert words["box-000"] == [
        "on network net-0 (with a way out): subnet 172.30.0.0/24",
        "mounts volume data-0 at /data, read only",
        "mounts folder of the host ${lab_dir}/notes at /notes, read only",
        "port 80/tcp is published at 127.0.0.1:8000",
    ]


def test_each_kind_of_host_has_its_words() -> None:
    key = raw_lab()
    _, moved = changed_lab("another host")
    assert host_words(moved.host) == ("EC2 t3.small", "Amazon Linux 2", "eu-central-1")
    key["host"] = {
        "kind": "ssh",
        "address": "lab.example.org",
        "user": "ubuntu",
        "port": 2222,
        "host_key": moved.host.public_key,  # type: ignore[union-attr]
    }
    words = host_words(lab(key).host)
    assert words == ("a machine behind SSH", "ubuntu@lab.example.org", "port 2222")
