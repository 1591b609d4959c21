"""Links and anchors of README, CONTRIBUTING and docs lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
GUIDE = ROOT / "docs" / "guide"
_FENCED = re.compile(r"(?ms)^```.*?^```")
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\[[^\]]*\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)")
_IMAGE = re.compile(r'(?:src|srcset|href)="([^"]+)"')


def links(text: str) -> list[str]:
    """Targets of links and pictures, without those in code."""
    plain = _CODE.sub("", _FENCED.sub("", text))
    return [*_LINK.findall(plain), *_IMAGE.findall(plain)]


def anchors(text: str) -> set[str]:
    """What a heading is called in a link, as code hosts make it."""
    heads = re.findall(r"(?m)^#{1,6} +(.+?) *$", _FENCED.sub("", text))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def problems(page: Path, target: str) -> Iterator[str]:
    if "://" in target or target.startswith("mailto:"):
        return
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    if not file.is_relative_to(ROOT) or not file.exists():
        yield f"{target}: no such file"
    elif anchor and anchor not in anchors(file.read_text()):
        yield f"{target}: no such heading"


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    found = [problem for target in links(page.read_text()) for problem in problems(page, target)]
    assert found == []


def test_every_page_of_the_guide_is_linked_from_its_front_page() -> None:
    front = links((GUIDE / "README.md").read_text())
    pages = {page.name for page in GUIDE.glob("*.md")} - {"README.md"}
    assert pages - {target.partition("#")[0] for target in front} == set()


def test_a_link_to_nothing_is_told() -> None:
    page = GUIDE / "README.md"
    text = "[a](nowhere.md) [b](README.md#no-such-heading) [c](#neither) `[d](code.md)`"
    told = [problem for target in links(text) for problem in problems(page, target)]
    assert told == [
        "nowhere.md: no such file",
        "README.md#no-such-heading: no such heading",
        "#neither: no such heading",
    ]
    outside = list(problems(page, "../../../elsewhere.md"))
    assert outside == ["../../../elsewhere.md: no such file"]


def test_a_heading_is_found_as_a_link_writes_it() -> None:
    text = "# MNT: mounts\n## What it is\n### `up`, and *then*\n```text\n# none\n```\n"
    assert anchors(text) == {"mnt-mounts", "what-it-is", "up-and-then"}
