"""The mermaid text, read and drawn by mermaid itself."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path

import pytest
from browser.conftest import Browser
from left_out import leave_out
from unit.report.hostile import NAMES
from unit.review.labs import changed_labs, lab_of

from report.chart import chart
from report.mermaid import flowchart, mermaid
from report.reading import tidy
from report.wiring import Box, Cable, Hold, Network, arranged
from review.recorder import lab_of as lab_of_stack
from review.stacks import names, read
from review.topology import changed_topology, whole

pytestmark = pytest.mark.browser
# As GitHub has it: no scripts in labels, and the library's own limits.
PAGE = """<!doctype html><meta charset="utf-8"><body><div id="place"></div>
<script src="{script}"></script><script>
const texts = {texts}
async function drawn(text, n) {{
  try {{
    const {{svg}} = await mermaid.render("drawn" + n, text)
    place.innerHTML = svg
    const said = (which) => [...place.querySelectorAll(which)].map((one) => one.textContent.trim())
    return {{nodes: said("g.node .nodeLabel"), edges: said(".edgeLabels foreignObject"),
             lines: place.querySelectorAll("path.flowchart-link").length}}
  }} catch (error) {{ return {{error: String(error.message).slice(0, 300)}} }}
}}
(async () => {{
  mermaid.initialize({{startOnLoad: false, securityLevel: "strict"}})
  const answers = {{}}
  for (const [n, name] of Object.keys(texts).entries()) answers[name] = await drawn(texts[name], n)
  document.body.innerHTML = '<pre id="answer"></pre>'
  answer.textContent = JSON.stringify(answers)
}})()
</script></body>"""


class Drawn(dict[str, dict[str, list[str]]]):
    """By the name of the text: what its nodes and edges say, or the error."""


@pytest.fixture
def script() -> Path:
    there = os.environ.get("DOCKLAB_TEST_MERMAID")
    if not there:
        leave_out(f"without mermaid: {os.environ.get('DOCKLAB_TEST_NO_MERMAID', 'not asked for')}")
    return Path(there)


def draw(browser: Browser, script: Path, folder: Path, texts: Mapping[str, str]) -> Drawn:
    page = folder / "page.html"
    given = json.dumps(texts).replace("<", "\\u003c")
    page.write_text(PAGE.format(script=script.as_uri(), texts=given), "utf-8")
    found = browser.elements(page, "--virtual-time-budget=600000")
    answer = re.search(r'<pre id="answer">(.*?)</pre>', found, re.DOTALL)
    assert answer, found[-2000:]
    return Drawn(json.loads(unescape(answer.group(1))))


def test_mermaid_draws_every_stack_every_lab_and_every_change(
    browser: Browser, script: Path, tmp_path: Path
) -> None:
    texts = {name: whole(lab_of_stack(read(name))) for name in names()}
    texts |= {f"{count} containers": whole(lab_of(count)) for count in (12, 40, 300)}
    for name, (before, after) in changed_labs().items():
        text = changed_topology(before, after)
        assert text, name
        texts[name] = text
    found = draw(browser, script, tmp_path, texts)
    assert {name: one["error"] for name, one in found.items() if "error" in one} == {}
    for name, text in texts.items():
        assert found[name]["lines"] == len(
            re.findall(r'^  \w+ [-.=x>]+(\|".*"\|)? \w+$', text, re.M)
        )
    assert any("changed" in label for label in found["a mount may write"]["edges"])


def only_seen(text: str) -> str:
    """Without what has no width; a backtick is shown as the apostrophe it is close to."""
    return "".join(c for c in text.replace("`", "'") if c.isprintable() and not c.isspace())


def test_a_name_is_shown_as_it_is_whatever_is_in_it(
    browser: Browser, script: Path, tmp_path: Path
) -> None:
    """Also the names of mermaid's own words, and what its Markdown and its entities would take."""
    wanted = [
        *(tidy(name) for name in NAMES),
        *("end", "graph", "default", "o", "x--x", "1. one", "- two", "`tick`", "**bold**"),
        *("__under__", "#35;", "&amp;", "$$x$$", "fa:fa-car", "a\\nb", "%% no", "]] --> b", "a|b"),
        *("ubuntu@lab.example.org", "www.example.org", "https://example.org", "[a](b)", "~~x~~"),
        *("> quote", "# head", "---", "===", "/srv/__data__/*.txt", "${lab_dir}/notes", "+ plus"),
    ]
    boxes = [
        Box(
            name=name,
            cables=(
                Cable(network=name, interface="", address=f"at {name}", veth="", declared=True),
            ),
            holds=(Hold(key=f"bind:{name}", path=name, mode="rw"),),
            ports=((f"{name}:80", name),),
        )
        for name in wanted
    ]
    networks = {n: Network(name=n, bridge="", internal=True, icc=True) for n in wanted}
    text = mermaid(arranged(networks, (), boxes, declared=True))
    (one,) = draw(browser, script, tmp_path, {"names": text}).values()
    shown = [only_seen(label) for label in (*one["nodes"], *one["edges"])]
    for name in wanted:
        tight = only_seen(name)
        assert tight in shown
        assert f"at{tight}" in shown
        assert f"rw{tight}" in shown
        assert f"{tight}internal:nowayout" in shown


def test_a_text_that_is_wrong_is_not_drawn(browser: Browser, script: Path, tmp_path: Path) -> None:
    """The control of the tests above."""
    good = flowchart(chart(arranged({}, ("volume:data",), ())))
    found = draw(browser, script, tmp_path, {"wrong": good.replace('")]', '"'), "good": good})
    assert "error" in found["wrong"]
    assert found["good"]["nodes"] == ["datavolume"]
