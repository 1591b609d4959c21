"""What docs/guide/reviewing.md shows is what the review says today."""

import re

import pytest
from program.checkouts import make, put
from program.seeded.risky import ETC, renamed_volume

from policy.registry import RULES
from review.commands import diff
from review.stacks import ROOT

PAGE = (ROOT / "docs/guide/reviewing.md").read_text()
IN_LOCAL = [
    *renamed_volume(),
    ("images.base.name", "python:3.12-slim-bookworm"),
    ("containers.archivist.networks", {"front": None}),
    ("containers.web.binds", [ETC]),
]
IN_PROD = [("host.admin_cidr", "0.0.0.0/0")]


@pytest.fixture
def checkout(tmp_path):
    return make(tmp_path)


@pytest.fixture
def said(checkout, capsys):
    put(checkout, "local", *IN_LOCAL)
    put(checkout, "prod", *IN_PROD)
    capsys.readouterr()
    assert diff("main", None, checkout) == 1
    return re.sub(r"(main \(|at `)[0-9a-f]{12}", r"\g<1>0123456789ab", capsys.readouterr().out)


def shown(page: str) -> str:
    """Without the marker, the picture and what is folded."""
    begin, end = page.index("## Infrastructure review"), page.index("### What changes")
    return page[begin:end].strip()


def rules() -> str:
    rows = (f"| `{rule.id}` | {rule.severity} | {rule.title} |" for rule in RULES.values())
    return "\n".join(["| rule | severity | what should be |", "|---|---|---|", *rows])


def test_the_page_shows_real_output(said):
    assert f"```text\n{shown(said)}\n```" in PAGE, shown(said)


def test_each_of_the_five_changes_is_on_it(said):
    text = shown(said).replace("\\", "")
    for words in (
        "lab.host.admin_cidr: 0.0.0.0/0 would open sshd to the world",
        "**DATA LOSS** volume data-volume",
        "**OTHER CODE** archivist, isolation, keeper, visitor, web: runs the code of image python",
        "**OPENS** archivist is on front, and reaches visitor, web",
        "lab.containers.web.binds[0].source: /etc may not be mounted",
    ):
        assert words in text


def test_what_the_readme_shows_is_real(checkout, capsys):
    put(checkout, "local", *IN_LOCAL[:-1])
    capsys.readouterr()
    diff("main", None, checkout)
    lines = capsys.readouterr().out.replace("\\", "").splitlines()
    readme = (ROOT / "README.md").read_text()
    shown = readme.split("$ make review-diff BASE=main\n")[1].split("\n\n")[0].splitlines()
    assert len(shown) >= 4
    for line in shown:
        pattern = re.compile(".*".join(map(re.escape, line.strip().split("…"))))
        assert [one for one in lines if pattern.fullmatch(one)], line


def test_the_page_lists_every_rule():
    assert rules() in (ROOT / "docs/guide/policy.md").read_text(), rules()
