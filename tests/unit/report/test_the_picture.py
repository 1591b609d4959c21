"""The picture of a lab: everything is in it, and no label lies on another."""

from __future__ import annotations

from itertools import combinations
from typing import Any
from xml.etree import ElementTree as xml

import pytest
from hypothesis import HealthCheck, given, settings
from unit.report.hostile import reports
from unit.report.sample_reports import lab_of, shown

from report import palette
from report.drawing import Picture
from report.namespaces import table
from report.page import page
from report.reading import tidy
from report.topology_layout import WIDTH, layout
from report.topology_svg import topology_svg
from report.wiring import sentences, wiring

CHIPS = [(name, "bad") for name in ("MNT", "IPC", "UTS", "PID", "NET", "USER", "CGROUP", "TIME")]


def picture_of(lab: dict[str, Any]) -> Picture:
    wired = wiring(lab)
    return layout(wired, "The host", {box.name: CHIPS for box in wired.boxes})


def overlaps(picture: Picture) -> list[tuple[str, str]]:
    return [
        (one.text, other.text)
        for one, other in combinations(picture.labels, 2)
        if max(one.area[0], other.area[0]) < min(one.area[2], other.area[2])
        and max(one.area[1], other.area[1]) < min(one.area[3], other.area[3])
    ]


@pytest.mark.parametrize("count", [2, 4, 10, 30])
def test_no_label_lies_on_another_and_all_are_inside(count: int) -> None:
    picture = picture_of(lab_of(count)["lab"])
    assert overlaps(picture) == []
    for label in picture.labels:
        left, top, right, bottom = label.area
        assert left >= 0
        assert top >= 0
        assert right <= WIDTH
        assert bottom <= picture.height


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(reports())
def test_no_label_lies_on_another_in_any_lab(made: dict[str, Any]) -> None:
    assert overlaps(picture_of(tidy(made.get("lab", {})))) == []


def test_every_container_network_and_volume_is_named() -> None:
    lab = lab_of(10)["lab"]
    texts = {text.text for text in xml.fromstring(topology_svg(lab)).iter() if text.text}
    for wanted in ("box00", "box09", "front", "back", "side", "data", "veth0000003"):
        assert wanted in texts
    assert "</title>…/of/the/host/pages</text>" in topology_svg(lab)
    assert "internal: no way out" in texts


def test_each_cable_ends_on_the_bar_of_its_own_network() -> None:
    picture = picture_of(lab_of(4)["lab"])
    dots = [shape for shape in picture.shapes if shape.kind == "dot" and "plug" in shape.look]
    assert len(dots) == 4
    for dot in dots:
        wire = dot.look.split()[-1]
        (bar,) = [b for b in picture.bars if b.kind == "line" and b.y == dot.y and "bar" in b.look]
        assert wire in bar.look


def test_a_cable_that_the_lab_file_lacks_is_called_so() -> None:
    lab = lab_of(4)["lab"]
    lab["links"].append({**lab["links"][0], "interface": "eth1", "network": "back"})
    assert "NOT DECLARED" in topology_svg(lab)
    words = dict(sentences(wiring(lab)))["box00"]
    assert any(word.startswith("on a network that is not declared") for word in words)
    assert "NOT DECLARED" not in topology_svg(lab_of(4)["lab"])


def test_a_container_without_a_network_is_drawn_apart() -> None:
    assert "no network" in topology_svg({}, ["alone"])


def test_the_picture_has_a_title_and_says_in_words_what_it_shows() -> None:
    root = xml.fromstring(topology_svg(lab_of(4)["lab"]))
    assert root.get("role") == "img"
    ids = {element.get("id"): "".join(element.itertext()) for element in root}
    title, description = (ids[name] for name in root.get("aria-labelledby", "").split())
    assert title == "The lab on its host: 4 containers, 3 networks, 2 volumes and folders"
    assert "box00: on network front (with a way out): eth0 172.30.0.2/24" in description


def test_a_picture_alone_brings_its_colours_and_one_in_a_page_uses_the_pages() -> None:
    alone = topology_svg(lab_of(4)["lab"])
    # Some viewers know no custom properties, and would paint all of it black.
    assert "var(" not in alone
    assert palette.LIGHT["ink"] in alone
    assert palette.DARK["ink"] in alone.partition("prefers-color-scheme:dark")[2]
    inside = topology_svg(lab_of(4)["lab"], alone=False)
    assert "--ink:" not in inside
    assert page(shown(lab_of(4))).count("--ink:") == 2


def test_chips_are_the_columns_of_the_table() -> None:
    report = shown(lab_of(4))
    assert len(table(report).columns) == 8
    text = page(report)
    assert text.count('class="chip good"') == 32
