"""The check ids that the docs name are those that there are, and each is explained in the guide."""

from __future__ import annotations

import re
from pathlib import Path

from lifecycle import judge as lifecycle
from verifier import judge
from verifier.facts import NAMESPACES

ROOT = Path(__file__).parents[3]
GUIDE = sorted((ROOT / "docs" / "guide").glob("*.md"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FAMILIES = ("demo", "env", "vol", *NAMESPACES)
ALONE = {"map", "baseline", "confine"}
_NAMED = re.compile(rf"`((?:{'|'.join(FAMILIES)})\.[a-z]+)`")
_ROW = re.compile(r"(?m)^\| *(`[^|]+`) *\|")
OF_NO_RUN = {"spec", "verifier"}
"""What the verifier reports when it could not even start, or broke down."""


def registry() -> set[str]:
    """Every id that a report may have."""
    return {*judge.CHECK_IDS, *lifecycle.CLAIMS, *OF_NO_RUN}


def explained() -> set[str]:
    """Ids in the first column of a table of checks."""
    cells = [cell for page in GUIDE for cell in _ROW.findall(page.read_text())]
    return {word for cell in cells for word in re.findall(r"`([a-z.]+)`", cell)}


def test_every_check_that_the_docs_name_exists() -> None:
    named = {check_id for page in PAGES for check_id in _NAMED.findall(page.read_text())}
    assert len(named) > 30
    assert named - registry() == set()


def test_every_check_is_explained_in_the_guide() -> None:
    assert registry() - explained() == set()


def test_checks_outside_the_families_are_few_and_known() -> None:
    odd = {check_id for check_id in registry() if check_id.partition(".")[0] not in FAMILIES}
    assert odd == ALONE | OF_NO_RUN
