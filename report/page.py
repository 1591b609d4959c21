"""The report as one HTML page that needs nothing else: no script, no font, no picture from
elsewhere. Pure."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from report import checks, lifetimes, mounts, namespaces, palette, reach, stories, verdicts, wiring
from report.cells import GOOD, QUIET
from report.reading import Row, mapping, rows, text
from report.topology_svg import draw

_TEMPLATES = Path(__file__).parent / "templates"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(report: Row, lab: str = "") -> str:
    """The page of a report that `reading.load` gave. lab: its name, such as the stack's."""
    table = namespaces.table(report)
    wired = wiring.of_report(report)
    families = checks.families(report)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            lab=lab,
            policy=POLICY,
            colours=Markup(palette.style()),
            style=Markup((_TEMPLATES / "style.css").read_text("utf-8")),
            verdict=verdicts.verdict(report),
            numbers=_numbers(report),
            problems=checks.problems(report),
            wired=wired,
            sentences=wiring.sentences(wired) if wired else [],
            picture=draw(wired, _host(report), _walls(table), alone=False) if wired else "",
            table=table,
            titles=namespaces.TITLES,
            matrix=reach.matrix(report),
            letters=reach.LETTERS,
            legend=reach.LEGEND,
            data=mounts.data(report),
            lifetimes=lifetimes.lifetimes(report),
            stories=stories.stories(report),
            families=families,
            environment=verdicts.environment(report),
            timings=verdicts.timings(report),
            summarised=bool(report.get("summarised")),
            run_id=text(report.get("run_id")),
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _host(report: Row) -> str:
    kernel = text(mapping(report.get("host")).get("kernel"))
    return f"The host, kernel {kernel}" if kernel else "The host"


def _walls(table: namespaces.Table) -> dict[str, list[tuple[str, str]]]:
    names = [column.upper() for column in table.columns]
    return {
        name: list(zip(names, (cell.tone for cell in cells), strict=True))
        for name, cells in table.rows
    }


def _numbers(report: Row) -> list[tuple[str, str, str]]:
    """(number, what it counts, tone) for the head of the page."""
    found = checks.counts(report)
    unknown = found.get("error", 0) + found.get("skipped", 0)
    listed = [
        (len(rows(report.get("targets"))), "containers", QUIET),
        (found.get("pass", 0), "checks passed", GOOD if found.get("pass") else QUIET),
        (found.get("fail", 0), "failed", "bad" if found.get("fail") else QUIET),
        (unknown, "unknown", "doubt" if unknown else QUIET),
        (found.get("info", 0) + found.get("not_applicable", 0), "for information", QUIET),
    ]
    return [(str(number), what, tone) for number, what, tone in listed]
