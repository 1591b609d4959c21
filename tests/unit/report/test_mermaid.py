"""The mermaid text of a lab: everything is in it, and nothing in it is more than a name."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.report.hostile import NAMES, reports
from unit.report.sample_reports import lab_of

from report.chart import HOST, chart
from report.mermaid import Marks, flowchart, mermaid, node_id, quoted
from report.reading import tidy
from report.wiring import Box, Cable, Hold, Network, Wiring, arranged, wiring

_ID = r"[a-z]+(?:_[a-z0-9]+)*"
_LABEL = r'"[^"\n]*"'
_SHAPE = rf"(?:\[{_LABEL}\]|\{{\{{{_LABEL}\}}\}}|\[\({_LABEL}\)\]|\[/{_LABEL}/\]|\(\[{_LABEL}\]\))"
_CSS = r"[a-z-]+:[#a-z0-9 ]+(?:,[a-z-]+:[#a-z0-9 ]+)*"
# The subset that is written; a test in the browser shows that it is one of mermaid's own language.
LINES = re.compile(
    rf"flowchart LR|  subgraph machine\[{_LABEL}\]|    direction LR|  end"
    rf"| {{2,4}}{_ID}{_SHAPE}:::[a-z]+"
    rf"|  {_ID} (?:---|-\.-|-\.-x|==>|-->|-\.->)(?:\|{_LABEL}\|)? {_ID}"
    rf"|  classDef [a-z]+ {_CSS}|  style machine {_CSS}"
    rf"|  class {_ID}(?:,{_ID})* [a-z]+|  linkStyle \d+(?:,\d+)* {_CSS}"
)


def assert_sound(text: str) -> None:
    assert text.endswith("\n")
    for line in text.splitlines():
        assert LINES.fullmatch(line), line
    drawn = re.findall(rf"(?m)^ +({_ID})[\[({{]", text)
    assert len(drawn) == len(set(drawn))
    for one, other in re.findall(rf"(?m)^  ({_ID}) [-=][^ \n]*(?:\|{_LABEL}\|)? ({_ID})$", text):
        assert {one, other} <= set(drawn)


def box(name: str, **more: Any) -> Box:
    return Box(name=name, **{"cables": (), "holds": (), "ports": (), **more})


def lab() -> Wiring:
    networks = {
        "back": Network(name="back", bridge="", internal=True, icc=True, subnet="10.0.0.0/24")
    }
    web = box(
        "web",
        cables=(Cable(network="back", interface="", address="10.0.0.9", veth="", declared=True),),
        holds=(
            Hold(key="volume:data", path="/data", mode="ro"),
            Hold(key="bind:${lab_dir}/notes", path="/notes", mode="rw"),
        ),
        ports=(("0.0.0.0:80", "8000/tcp"), ("127.0.0.1:81", "8001/udp")),
    )
    guest = box("end", shares=(("net", "web"), ("pid", "")))
    return arranged(networks, ("volume:data",), [web, guest, box("alone")], declared=True)


def test_everything_of_a_lab_is_in_its_text() -> None:
    text = mermaid(lab())
    assert_sound(text)
    for line in (
        'network_back{{"back<br/>10.0.0.0/24<br/>internal: no way out"}}:::internal',
        'container_alone["alone<br/>no network"]:::container',
        'container_end["end"]:::shared',
        'volume_data[("data<br/>volume")]:::volume',
        'from_0_0_0_0(["the world<br/>0.0.0.0"]):::outside',
        'from_127_0_0_1(["the host alone<br/>127.0.0.1"]):::outside',
        'network_back ---|"10.0.0.9"| container_web',
        'container_web -.-|"ro /data"| volume_data',
        'from_0_0_0_0 -->|"port 80 to 8000/tcp"| container_web',
        'from_127_0_0_1 -->|"port 81 to 8001/udp"| container_web',
        'container_end -.->|"shares net"| container_web',
        f'container_end -.->|"shares pid"| {node_id(HOST)}',
    ):
        assert f"  {line}\n" in text
    assert re.search(r'==>\|"rw /notes"\| bind_lab_dir_notes_\w+\n', text), (
        "a bind has an id of its own, made of its path"
    )


def test_a_running_lab_is_drawn_by_the_same_rules() -> None:
    text = mermaid(wiring(lab_of(10)["lab"]))
    assert_sound(text)
    assert 'network_back ---|"eth0 172.30.1.3/24"| container_box01' in text
    assert text.count(":::container") == 10


def test_the_order_in_which_things_are_given_changes_nothing() -> None:
    made = lab()
    turned = Wiring(
        networks=dict(reversed(made.networks.items())),
        data=made.data[::-1],
        boxes=made.boxes[::-1],
        declared=True,
    )
    assert mermaid(turned) == mermaid(made)


def test_taking_a_container_away_changes_no_others_lines() -> None:
    made = lab()
    fewer = arranged(made.networks, made.data, [b for b in made.boxes if b.name != "alone"])
    gone = set(mermaid(made).splitlines()) - set(mermaid(fewer).splitlines())
    assert gone == {'    container_alone["alone<br/>no network"]:::container'}


def test_each_mark_is_a_word_and_a_class() -> None:
    made = chart(lab())
    edge = next(key for key in made.edges if key[2] == "/data")
    marks = Marks(
        nodes={("container", "alone"): "+", ("data", "volume:data"): "-", ("network", "back"): "~"},
        edges={edge: "-"},
        host="~",
    )
    text = mermaid(lab(), ("EC2", "eu-central-1"), marks=marks)
    assert_sound(text)
    assert 'container_alone["alone<br/>no network<br/>(added)"]' in text
    assert 'volume_data[("data<br/>volume<br/>(removed)")]' in text
    assert 'container_web -.-|"removed: ro /data"| volume_data' in text
    assert 'about_machine["eu-central-1<br/>(changed)"]' in text
    assert "  class container_alone added\n  class volume_data removed\n" in text
    assert "  class network_back,about_machine changed\n" in text
    place = [line for line in text.splitlines() if " web" in line or re.search(r" [-=][-.=]", line)]
    (number,) = re.findall(r"linkStyle (\d+) stroke:#cf222e,stroke-width:3px", text)
    assert "removed: ro /data" in place[int(number)]


def test_only_what_is_asked_for_is_drawn_and_the_rest_is_counted() -> None:
    made = chart(lab())
    text = flowchart(made, only={("container", "web"), ("network", "back")}, left_out=7)
    assert_sound(text)
    assert "container_alone" not in text
    assert "volume_data" not in text
    assert 'network_back ---|"10.0.0.9"| container_web' in text
    assert 'left_out["7 more parts are left out of this picture"]:::note' in text


def test_a_lab_of_nothing_but_a_host_is_a_text_too() -> None:
    assert_sound(mermaid(arranged({}, (), ())))


@pytest.mark.parametrize(
    "word", ["end", "graph", "subgraph", "class", "style", "default", "o", "x"]
)
def test_no_id_is_a_word_of_mermaids(word: str) -> None:
    assert node_id(("container", word)) == f"container_{word}"


@given(st.text(max_size=30), st.text(max_size=30))
def test_ids_are_sound_and_names_that_differ_have_ids_that_differ(one: str, other: str) -> None:
    for group in ("container", "network", "data", "from"):
        assert re.fullmatch(_ID, node_id((group, one)))
    assert (one == other) == (
        node_id(("data", f"bind:{one}")) == node_id(("data", f"bind:{other}"))
    )


@given(st.text() | st.sampled_from([tidy(name) for name in NAMES]))
def test_a_label_ends_where_its_quotes_end_and_reads_as_the_name(name: str) -> None:
    label = quoted((name,))
    assert re.fullmatch(_LABEL, label)
    assert not re.search(r"<|>|`|&|\||%", label[1:-1])
    read = unescape(re.sub(r"#(\d+);", r"&#\1;", label[1:-1]))
    shown = [c for c in read if c.isprintable() and not c.isspace()]
    assert shown == [c for c in name.replace("`", "'") if c.isprintable() and not c.isspace()]


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(reports())
def test_any_report_gives_a_sound_text(made: dict[str, Any]) -> None:
    assert_sound(mermaid(wiring(tidy(made.get("lab", {})))))
