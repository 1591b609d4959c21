"""The guide's commands, typed in the order of each page at the default lab; and its broken labs.

Names and addresses are replaced by those of the run. All that the pages break by a container of
their own is broken in one lab: what a page quotes of the report must be in it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import docker
import guide_pages as guide
import pytest
from e2e.harness import Lab, NewLab
from guide_shell import GuideShell

from report import reading, terminal

PAGES = sorted((Path(__file__).parents[2] / "docs" / "guide").glob("*.md"))
TEXTS = {page.name: page.read_text() for page in PAGES}
TYPED = sorted(
    (name for name, text in TEXTS.items() if f"\n```{guide.RUN}\n" in text),
    # What makes another report comes last: the others read that of the lab as it came up.
    key=lambda name: "$ make verify" in TEXTS[name],
)
SHOWN = [name for name, text in TEXTS.items() if f"\n```{guide.SHOWN}\n" in text]
BROKEN = [name for name, text in TEXTS.items() if f"\n```{guide.BREAK}\n" in text]
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
NEEDS = {
    "namespaces-user.md": (*NOBODY, "unshare", "--user", "--map-root-user", "true"),
    "namespaces-cgroup-and-time.md": ("unshare", "--time", "true"),
}
"""What not every machine allows; where it does not, the page says so."""
TOOLS = ("bash", "ip", "ipcs", "nsenter", "ps", "setpriv", "unshare")

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(240),
    pytest.mark.skipif(os.geteuid() != 0, reason="the guide looks from the host's side, as root"),
    pytest.mark.skipif(
        not all(map(shutil.which, TOOLS)), reason=f"the guide's commands need {', '.join(TOOLS)}"
    ),
]


def addresses(lab: Lab) -> dict[str, str]:
    """The default lab's ranges, and those of the run."""
    _, first, second, _ = lab.subnet.split(".")
    return {
        "172.30.10.": f"10.{first}.{second}.",
        "172.30.20.": f"10.{first}.{(int(second) + 1) % 256}.",
    }


def default_lab(lab: Lab) -> str:
    """The default lab file, with the run's addresses."""
    text = (lab.root / "stacks" / "Pulumi.local.yaml").read_text()
    return guide.renamed(text, addresses(lab))


@pytest.fixture(scope="module")
def lab(new_lab: NewLab, remapped: str) -> Iterator[Lab]:
    made = new_lab(remapped)
    try:
        made.write_text(default_lab(made))
        made.up()
        yield made
    finally:
        undo(made)


def undo(lab: Lab) -> None:
    """Removes what a page's commands leave when they break off, and cuts what they connect."""
    Path(f"/tmp/docklab-{lab.stack}-reach.py").unlink(missing_ok=True)
    prefix = f"docklab-{lab.stack}-lesson"
    with contextlib.closing(docker.DockerClient(base_url=lab.docker_host)) as client:
        for container in client.containers.list(all=True, filters={"name": prefix}):
            container.remove(force=True)
        for volume in client.volumes.list(filters={"name": prefix}):
            volume.remove(force=True)
        for network in client.networks.list(names=[f"docklab-{lab.stack}-back"], greedy=True):
            for container in network.containers:
                if container.name.endswith("-web"):
                    network.disconnect(container)


def report_of(lab: Lab) -> str:
    """The last report, whole, as a terminal shows it."""
    report = lab.home / "reports" / lab.stack / "report.json"
    return terminal.plain(reading.load(report.read_text()), whole=True)


@pytest.mark.parametrize("name", SHOWN)
def test_the_report_shows_what_the_page_quotes(lab: Lab, name: str) -> None:
    report = report_of(lab)
    for block in guide.blocks(guide.renamed(TEXTS[name], addresses(lab))):
        if block.kind == guide.SHOWN:
            assert guide.holds(block.lines, report), f"{block.text}\nnot in\n{report}"


@pytest.mark.parametrize("name", TYPED)
def test_every_command_does_what_the_page_says(lab: Lab, name: str) -> None:
    if subprocess.run(NEEDS.get(name, ("true",)), capture_output=True).returncode != 0:
        pytest.skip(f"this machine refuses `{' '.join(NEEDS[name])}`")
    words = {
        "docklab-local": f"docklab-{lab.stack}",
        "--stack local": f"--stack {lab.stack}",
        ".docklab/lab/local": f".docklab/lab/{lab.stack}",
        ".docklab/reports/local": f".docklab/reports/{lab.stack}",
        **addresses(lab),
    }
    with ExitStack() as after:
        after.callback(undo, lab)
        shell = after.enter_context(
            contextlib.closing(GuideShell(lab.root, lab.environment(STACK=lab.stack)))
        )
        for command in guide.commands(guide.renamed(TEXTS[name], words)):
            code, output = shell.run(command.text)
            where = f"{name}, line {command.line}: {command.text}"
            assert guide.matches(command.expected, output), (
                f"{where}\nexpected\n" + "\n".join(command.expected) + f"\ngot\n{output}"
            )
            assert (code != 0) == command.fails, f"{where}\nended with {code}\n{output}"
    assert lab.changes() == ""


@pytest.fixture(scope="module")
def broken(lab: Lab) -> str:
    """What the report says of the lab with every container that a page adds to break it."""
    blocks = [block for name in BROKEN for block in guide.blocks(TEXTS[name])]
    added = [line for block in blocks if block.kind == guide.BREAK for line in block.lines]
    place = "    containers:\n"
    whole = place + "".join(f"      {line}\n" for line in added)
    lab.write_text(default_lab(lab).replace(place, whole, 1))
    run = lab.verb("up")
    assert run.code != 0
    assert "verdict: NOT ISOLATED" in run.text, run.text
    return report_of(lab)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_lab_is_reported_as_the_page_says(broken: str, name: str) -> None:
    quoted = [block for block in guide.blocks(TEXTS[name]) if block.kind == guide.REPORT]
    assert quoted
    for block in quoted:
        assert guide.holds(block.lines, broken), f"{block.text}\nnot in\n{broken}"
