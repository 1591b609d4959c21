"""The report's page in a real browser: it fits, it asks for nothing, it can be printed."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable
from html import escape, unescape
from pathlib import Path

import pytest
from browser.conftest import Browser
from unit.report.hostile import hostile
from unit.report.sample_reports import Report, lab_of, row, shown

from report.files import write
from report.page import POLICY

pytestmark = pytest.mark.browser
DARK = "--blink-settings=preferredColorScheme=0"
LIGHT = "--blink-settings=preferredColorScheme=1"
POLICY_TAG = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
ASKING = (Path(__file__).parent / "asking.html").read_text("utf-8")


def page_of(made: Report, folder: Path) -> Path:
    return write(shown(made), folder / "reports", "lab").html


def broken() -> Report:
    made = lab_of(4)
    made |= {"verdict": "not_isolated", "exit_code": 1, "summary": "not isolated: x"}
    made["checks"] += [row("confine", "box00", "fail"), row("net.dns", "box01", "error")]
    made["lab"]["links"].append({**made["lab"]["links"][0], "interface": "eth1", "network": "back"})
    return made


def asked(browser: Browser, page: Path, *options: str, frame: int = 0) -> Report:
    """What the browser measured, in a copy of the page that may run our questions.

    frame: the width of a frame to look at it in, for Chromium has no window narrower than 500.
    """
    copy = page.with_name("asked.html")
    text = POLICY_TAG.sub("", page.read_text("utf-8"))
    text = text.replace("</body>", f"{ASKING}</body>")
    if frame:
        text = f'<iframe style="width:{frame}px;border:0" srcdoc="{escape(text)}"></iframe>'
    copy.write_text(f"<!doctype html><body>{text}" if frame else text, "utf-8")
    found = re.search(r'<pre id="answer">(.*?)</pre>', browser.elements(copy, *options))
    assert found
    answer: Report = json.loads(unescape(found.group(1)))
    return answer


SAMPLES: dict[str, Callable[[], Report]] = {
    "4 containers": lambda: lab_of(4),
    "10 containers": lambda: lab_of(10),
    "30 containers": lambda: lab_of(30),
    "a broken lab": broken,
    "hostile names": hostile,
}


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_page_is_sound_and_no_label_lies_on_another(
    sample: str, browser: Browser, tmp_path: Path
) -> None:
    found = asked(browser, page_of(SAMPLES[sample](), tmp_path))
    assert found["overlaps"] == []
    assert found["outside"] == []
    assert found["wider"] == 0
    assert found["headings"][:2] == [1, 2]
    assert all(b - a <= 1 for a, b in zip(found["headings"], found["headings"][1:], strict=False))
    assert found["landmarks"] == [1, 1, 1, 1]
    for fault in ("targets", "nameless", "ids", "cells", "captions"):
        assert found[fault] == 0, fault


@pytest.mark.parametrize("sample", ["4 containers", "30 containers", "hostile names"])
def test_a_narrow_screen_scrolls_parts_and_never_the_page(
    sample: str, browser: Browser, tmp_path: Path
) -> None:
    found = asked(browser, page_of(SAMPLES[sample](), tmp_path), frame=400)
    assert found["width"] == 400
    assert found["wider"] == 0


def test_light_and_dark_are_the_readers_choice(browser: Browser, tmp_path: Path) -> None:
    page = page_of(lab_of(4), tmp_path)
    assert asked(browser, page, LIGHT)["paper"] == "rgb(247, 246, 242)"
    assert asked(browser, page, DARK)["paper"] == "rgb(18, 22, 28)"


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_browser_has_nothing_to_complain_of(
    sample: str, browser: Browser, tmp_path: Path
) -> None:
    page = page_of(SAMPLES[sample](), tmp_path)
    assert POLICY in page.read_text("utf-8").replace("&#39;", "'")
    assert browser.look(page, "--dump-dom").console == ()


def test_a_script_in_the_page_would_be_stopped_and_said(browser: Browser, tmp_path: Path) -> None:
    """The control of the test above: its ear is not deaf, and the policy holds."""
    page = page_of(lab_of(4), tmp_path)
    text = page.read_text("utf-8")
    evil = '<script>document.title="ran"</script><img src="https://example.invalid/x.png">'
    page.write_text(text.replace("</main>", f"{evil}</main>"), "utf-8")
    look = browser.look(page, "--dump-dom")
    assert "<title>ran" not in look.out
    assert sum("Content Security Policy" in line for line in look.console) == 2


def test_each_way_of_seeing_gives_a_picture_of_its_own(browser: Browser, tmp_path: Path) -> None:
    page = page_of(lab_of(4), tmp_path)
    shots = [
        browser.screenshot(page, scheme, width=width, height=900)
        for scheme in (LIGHT, DARK)
        for width in (1280, 500)
    ]
    assert len(set(shots)) == 4
    for shot, width in zip(shots, (1280, 500, 1280, 500), strict=True):
        assert struct.unpack(">I", shot[16:20]) == (width,)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def test_paper_gets_every_check_opened(browser: Browser, tmp_path: Path) -> None:
    page = page_of(lab_of(4), tmp_path)
    opened = pages(browser.pdf(page))
    text = page.read_text("utf-8")
    assert "details::details-content{" in text
    page.write_text(text.replace("details::details-content{", "details::nothing{"), "utf-8")
    assert opened > pages(browser.pdf(page)) > 0
