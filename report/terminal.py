"""The report on a terminal: tables that fit its width, colours beside words. Anywhere else plain
ASCII lines as long as they are, for files and pipes.

Rich draws; what it draws are texts without markup, so that a name is only ever a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from report import checks, namespaces, reach, terminal_lab, verdicts
from report.cells import Cell
from report.checks import Group as Checks
from report.checks import One, tally
from report.reading import Row, rows
from report.terminal_lab import STYLES
from verifier.demonstrated import TITLE as DEMONSTRATIONS
from verifier.demonstrated import sentences

_FILE_WIDTH = 100
_ENDLESS = 10_000
_FEW = 8


def show(report: Row, out: TextIO, *, whole: bool) -> None:
    """Writes the report of `reading.load` to `out`; `whole` with links, volumes and every check."""
    console = Console(file=out, markup=False, emoji=False, highlight=False)
    encoding = console.encoding
    if console.is_terminal and not console.is_dumb_terminal and encoding.startswith("utf"):
        for part in _parts(report, whole, console.width, plain=False):
            console.print(part)
            console.print()
        return
    out.write(plain(report, whole=whole).encode(encoding, "replace").decode(encoding))


def plain(report: Row, *, whole: bool) -> str:
    """The report without colours and frames; ends in a newline."""
    kept = StringIO()
    console = Console(
        file=kept, markup=False, emoji=False, highlight=False, color_system=None, width=_ENDLESS
    )
    for part in _parts(report, whole, _FILE_WIDTH, plain=True):
        console.print(part)
        console.print()
    lines = (line.rstrip() for line in kept.getvalue().splitlines())
    return "\n".join(lines).rstrip() + "\n"


def _parts(report: Row, whole: bool, width: int, *, plain: bool) -> Iterator[RenderableType]:
    gap = 2 if plain else 1
    table = namespaces.table(report)
    if table.rows:
        yield _namespaces(table, gap, 0 if plain else max(8, width - 64))
        if table.notes:
            yield Group(*(Text(note, style="dim") for note in table.notes))
    matrix = reach.matrix(report)
    if matrix:
        yield terminal_lab.reachability(matrix, width, gap)
    if whole:
        yield from terminal_lab.lab(report, gap)
    shown = sentences(rows(report.get("checks")))
    if shown:
        yield _titled(DEMONSTRATIONS, shown)
    if whole:
        yield _every_check(report, gap)
    found = checks.problems(report)
    listed = found if whole else found[:_FEW]
    yield from (_problem(one) for one in listed)
    if len(listed) < len(found):
        yield Text(f"and {len(found) - len(listed)} more, all of them in the HTML report")
    yield _verdict(verdicts.verdict(report), plain)


def _namespaces(table: namespaces.Table, gap: int, longest: int) -> Table:
    grid = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False)
    grid.add_column("container", no_wrap=True, max_width=longest or None)
    for column in table.columns:
        grid.add_column(column.upper())
    for name, cells in table.rows:
        grid.add_row(Text(name), *(word(cell) for cell in cells))
    return grid


def word(cell: Cell) -> Text:
    return Text(cell.word, style=STYLES[cell.tone])


def _titled(title: str, lines: list[tuple[str, str]]) -> Group:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for key, said in lines:
        grid.add_row(Text(key, style="bold"), Text(said))
    return Group(Text(title, style="bold"), Padding(grid, (0, 0, 0, 2), expand=False))


def _every_check(report: Row, gap: int) -> Table:
    grid = Table(title="every check, and how we know", title_justify="left", box=None)
    grid.title_style, grid.pad_edge, grid.padding = "bold", False, (0, gap, 0, 0)
    for column in ("check", "result", "how we know"):
        grid.add_column(column, no_wrap=column == "check")
    for how, groups in _alike(report).items():
        one = groups[0].id
        name = one if len(groups) == 1 else f"*.{one.partition('.')[2]}"
        tone = next(tone for tone in STYLES if any(group.tone == tone for group in groups))
        result = tally(tuple(check for group in groups for check in group.checks))
        grid.add_row(Text(name), Text(result, style=STYLES[tone]), Text(how))
    return grid


def _alike(report: Row) -> dict[str, list[Checks]]:
    """Checks by how they are known: one sentence for what is done with each namespace."""
    found: dict[str, list[Checks]] = {}
    for family in checks.families(report):
        for group in family.groups:
            how = group.how.replace(f"/ns/{family.key}", "/ns/*")
            found.setdefault(how or group.id, []).append(group)
    return found


def _problem(one: One) -> Group:
    heading = Text(f"{one.status.word.upper()}  {one.id}", style=STYLES[one.status.tone])
    if one.subject:
        heading.append(f"  {one.subject}")
    said = [("claim", one.claim), ("evidence", _facts(one.evidence))]
    said += [("control", _facts(one.control))] if one.control else []
    said += [("remedy", one.remedy)] if one.remedy else []
    grid = Table.grid(padding=(0, 2, 0, 0))
    for key, value in said:
        grid.add_row(Text(key, style="dim"), Text(value, style="bold" if key == "remedy" else ""))
    return Group(heading, Padding(grid, (0, 0, 0, 2), expand=False))


def _facts(pairs: tuple[tuple[str, str], ...]) -> str:
    return "; ".join(f"{key}: {value}" for key, value in pairs)


def _verdict(found: verdicts.Verdict, plain: bool) -> RenderableType:
    lines = [found.sentence] if found.sentence else []
    if found.proof:
        lines.append(f"how we know: {found.proof}")
        lines.append(f"see it yourself, as root: {found.try_it}")
    if plain:
        return Group(Text(f"verdict: {found.word}"), *(Text(f"  {line}") for line in lines))
    body = Text("\n").join(Text(line) for line in lines)
    title = Text(f" {found.word} ", style=STYLES[found.tone])
    return Panel(body, title=title, title_align="left", border_style=STYLES[found.tone])
