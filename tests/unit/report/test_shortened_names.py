"""Long names in the picture: each in its place, none that reads like another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as xml

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from unit.report.test_the_picture import overlaps, picture_of

from report.drawing import Label, Picture, fit, width
from report.shortened import middle, path, shown
from report.topology_layout import layout
from report.topology_svg import topology_svg
from report.wiring import Box, Cable, Hold, Network, Wiring

ALIKE = tuple(f"{'x' * 31}{n}{'m' * 31}" for n in range(8))
SIBLINGS = ("customer-database-primary", "customer-database-replica")
_GUTTER_END = 180.0


@st.composite
def families(draw: st.DrawFn) -> tuple[str, ...]:
    """Names of 1 to 63 characters that may share much of their start, of their end or of both."""
    part = st.text("abimw019-", max_size=30)
    start, end = draw(part), draw(part)
    own = st.text("abcmw019-", min_size=1, max_size=3) | st.text("abcxyz019-", min_size=1)
    middles = draw(st.lists(own, min_size=1, max_size=9))
    return tuple(dict.fromkeys((start + one + end)[:63] for one in middles))


def declared(boxes: Sequence[str], networks: Sequence[str], volumes: Sequence[str]) -> Wiring:
    """The containers of one band; each is on every network and mounts every volume."""
    cables = tuple(
        Cable(network=one, interface="", address="", veth="", declared=True) for one in networks
    )
    holds = tuple(Hold(key=f"volume:{one}", path=f"/{one}", mode="rw") for one in volumes)
    return Wiring(
        networks={
            one: Network(name=one, bridge="", internal=False, icc=True, subnet="10.0.0.0/24")
            for one in networks
        },
        data=tuple(f"volume:{one}" for one in volumes),
        boxes=tuple(Box(name=one, cables=cables, holds=holds, ports=()) for one in boxes[:4]),
        declared=True,
    )


def named(picture: Picture) -> dict[str, str]:
    """How each card's, network's and volume's name reads, by kind and name."""
    read: dict[str, str] = {}
    for one in picture.labels:
        if "strong" in one.look.split():
            kind = "card" if one.x > _GUTTER_END else "wire" if "wire" in one.look else "data"
            key = f"{kind} {one.full or one.text}"
            read[key] = read.get(key, "") + one.text
    return read


def place_of(label: Label, picture: Picture) -> float:
    """Where its box ends."""
    if label.x < _GUTTER_END:
        return _GUTTER_END
    cards = [shape for shape in picture.shapes if "card" in shape.look.split()]
    return next(
        card.x + card.w
        for card in cards
        if card.x <= label.x <= card.x + card.w and card.y <= label.y <= card.y + card.h
    )


@settings(deadline=None)
@given(families(), families(), families())
@example(ALIKE, ALIKE, ALIKE)
@example(SIBLINGS, SIBLINGS, tuple(f"{one}-data" for one in SIBLINGS))
def test_every_name_fits_its_place_and_none_reads_like_another(
    boxes: tuple[str, ...], networks: tuple[str, ...], volumes: tuple[str, ...]
) -> None:
    picture = layout(declared(boxes, networks, volumes), "Stack x", {})
    for label in picture.labels:
        if "strong" in label.look.split():
            assert label.area[2] <= place_of(label, picture)
    read = named(picture)
    wanted = [
        *(f"card {one}" for one in boxes[:4]),
        *(f"wire {one}" for one in networks),
        *(f"data {one}" for one in volumes),
    ]
    assert sorted(read) == sorted(wanted)
    for kind in ("card", "wire", "data"):
        labels = [text for key, text in read.items() if key.startswith(kind)]
        assert len(set(labels)) == len(labels)
    assert overlaps(picture) == []


@given(families(), st.sampled_from((141.0, 160.0)))
def test_names_that_differ_never_read_alike(names: tuple[str, ...], room: float) -> None:
    read = shown((name, room) for name in names)
    assert len({one.lines for one in read.values()}) == len(names)
    for one in read.values():
        assert one.full in ("", one.name)
        assert all(0 < width(line, one.size, "strong") <= room for line in one.lines)


def test_siblings_keep_what_tells_them_apart_and_their_whole_name_is_said() -> None:
    lab: dict[str, Any] = {"networks": [{"name": "net", "containers": list(SIBLINGS)}]}
    texts = {one.text for one in picture_of(lab).labels if one.full}
    assert texts == {"custo…base-primary", "custo…base-replica"}
    root = xml.fromstring(topology_svg(lab))
    titles = {one.text for text in root.iter() for one in text if one.tag.endswith("title")}
    assert set(SIBLINGS) <= titles


def test_names_that_differ_in_their_middle_alone_are_written_out() -> None:
    names = [f"customer-database-{one}-of-the-northern-region" for one in ("main", "spare")]
    for (name, _), one in shown((name, 160.0) for name in names).items():
        assert "".join(one.lines) == name
        assert one.lines[0] == "customer-database-"


def test_a_short_name_stays_whole_and_large_beside_long_ones() -> None:
    (short,) = (
        one
        for (name, _), one in shown([("web", 141.0), *((n, 141.0) for n in ALIKE)]).items()
        if name == "web"
    )
    assert (short.lines, short.size, short.full) == (("web",), 14.0, "")


def test_only_a_path_loses_its_front() -> None:
    key = "customer-database-primary-data"
    picture = layout(declared(["web"], [], [key]), "Stack x", {})
    (label,) = (one for one in picture.labels if one.full == key)
    assert "/" not in label.text
    assert path("/srv/customers/north/pages", 100, 10) == "…/north/pages"
    assert path("/a/" + "b" * 40 + "end", 62, 10) == "…/bb…bbend"


def test_folders_of_the_same_last_name_are_told_apart() -> None:
    names = [f"/srv/customers/{one}/with/the/same/long/end" for one in ("north", "south")]
    read = ["".join(one.lines) for one in shown((name, 160.0) for name in names).values()]
    assert read == names


def test_wide_letters_count_double() -> None:
    assert width("客", 10) == pytest.approx(2 * width("c", 10))
    assert width(middle("客户数据库主节点副本", 80, 11, "strong"), 11, "strong") <= 80


# The advances of DejaVu Sans Bold, in em.
@pytest.mark.parametrize(
    ("letter", "em"), [("m", 1.042), ("w", 0.924), ("b", 0.716), ("0", 0.696), ("r", 0.493)]
)
def test_a_bold_letter_is_taken_for_no_narrower_than_it_is(letter: str, em: float) -> None:
    assert width(letter, 1, "strong") >= em
    assert width(letter, 1, "title") >= em


def test_where_not_even_a_sign_fits_nothing_is_written() -> None:
    assert fit("name", 5, 11) == middle("name", 5, 11) == ""


@pytest.mark.parametrize(("count", "numbers"), [(6, set()), (8, set("12345678"))])
def test_networks_that_share_a_colour_have_numbers(count: int, numbers: set[str]) -> None:
    picture = layout(declared(["web"], [f"net-{n}" for n in range(count)], []), "Stack x", {})
    drawn = [one for one in picture.labels if "number" in one.look.split()]
    assert {one.text for one in drawn} == numbers
    for bar in (one for one in picture.bars if "bar" in one.look.split()):
        near = [one.text for one in drawn if abs(one.y - bar.y) < 6]
        assert len(near) == (2 if numbers else 0)
        assert len(set(near)) == (1 if numbers else 0)
