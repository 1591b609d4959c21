"""What holds of every report, however odd: it is shown, and nothing in it is obeyed."""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as xml

import pytest
from hypothesis import HealthCheck, given, settings
from unit.report.hostile import HEBREW, NAMES, hostile, reports
from unit.report.sample_reports import lab_of, shown
from unit.verifier.facts_of_a_lab import VALIDATOR

from report import terminal
from report.junit import junit
from report.page import page
from report.reading import ReportError, load
from report.topology_svg import topology_svg

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def on_terminal(report: dict[str, Any], columns: int = 80) -> str:
    """What a colour terminal of this width gets."""
    out = Terminal()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        patch.setenv("TERM", "xterm-256color")
        patch.delenv("NO_COLOR", raising=False)
        terminal.show(report, out, whole=True)
    return out.getvalue()


class Tags(HTMLParser):
    """Names of elements and attributes in a page, and the depth that stays open."""

    VOID = frozenset({"meta", "link", "br", "img", "input", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses |= {value or "" for name, value in attrs if name in ("href", "src")}
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag


def tags_of(text: str) -> Tags:
    tags = Tags()
    tags.feed(text)
    tags.close()
    assert tags.open == []
    return tags


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(reports())
def test_no_report_that_the_schema_allows_makes_any_form_of_it_crash(made: dict[str, Any]) -> None:
    VALIDATOR.validate(made)
    report = load(json.dumps(made))
    assert "verdict: " in terminal.plain(report, whole=True)
    assert on_terminal(report, columns=40)
    assert tags_of(page(report, "lab")).elements <= tags_of(page(shown(lab_of(4)))).elements
    assert xml.fromstring(junit(report)).tag == "testsuites"


def test_a_hostile_name_adds_no_element_no_attribute_and_no_address_to_the_page() -> None:
    harmless = shown({**lab_of(9), "verdict": "not_isolated"})
    harmless["checks"].append({**harmless["checks"][0], "status": "fail", "remedy": "r"})
    bad, good = tags_of(page(shown(hostile()))), tags_of(page(harmless))
    assert bad.elements == good.elements
    assert bad.attributes == good.attributes
    assert {one for one in bad.addresses if not one.startswith("#")} == {"data:,"}


def test_nothing_but_colours_that_are_ours_gets_to_the_terminal() -> None:
    said = ESCAPES.sub("", on_terminal(shown(hostile())))
    assert all(character.isprintable() or character == "\n" for character in said)
    assert "[red]" in said  # rich's markup is a name like any other


def test_a_plain_report_has_no_escape_no_frame_and_no_control_character() -> None:
    said = terminal.plain(shown(hostile()), whole=True)
    assert all(character.isprintable() or character == "\n" for character in said)
    ours = terminal.plain(shown(lab_of(4)), whole=True)
    assert ours.isascii()


def test_letters_of_any_script_are_kept_and_marks_that_turn_a_line_are_not() -> None:
    for text in (page(shown(hostile())), terminal.plain(shown(hostile()), whole=True)):
        assert HEBREW in text
        assert "\u202e" not in text
        assert "\u2066" not in text


def test_junit_keeps_hostile_names_as_text() -> None:
    root = xml.fromstring(junit(shown(hostile())))
    titles = {case.get("name") for case in root.iter("testcase")}
    assert any("<script>" in (title or "") for title in titles)
    assert {element.tag for element in root.iter()} <= {
        *("testsuites", "testsuite", "testcase", "properties", "property"),
        *("failure", "error", "skipped", "system-out"),
    }


def test_a_picture_alone_is_xml_whatever_the_names() -> None:
    report = shown(hostile())
    root = xml.fromstring(topology_svg(report["lab"], [t["name"] for t in report["targets"]]))
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
        *("svg", "title", "desc", "style", "rect", "line", "circle", "path", "text"),
    }
    assert "alert(1)" in "".join(root.itertext())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a report of schema nsv/1"),
        ('{"schema": "nsv/2"}', "not a report of schema nsv/1"),
        ('{"schema": "nsv/1", "checks": 3}', "checks is missing"),
    ],
)
def test_what_is_no_report_is_said_to_be_none(text: str, why: str) -> None:
    with pytest.raises(ReportError, match=why):
        load(text)


@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize("count", [4, 10, 30])
def test_no_line_is_wider_than_the_terminal(columns: int, count: int) -> None:
    said = ESCAPES.sub("", on_terminal(shown(lab_of(count)), columns))
    assert max(map(len, said.splitlines())) <= columns


def test_the_names_of_this_test_are_hostile() -> None:
    assert not all(name.isprintable() for name in NAMES)
    assert len(max(NAMES, key=len)) == 200
