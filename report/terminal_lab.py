"""The lab on a terminal: who reaches whom, cables, volumes; what is too wide, in a shorter form."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from report import lifetimes, mounts, reach, wiring
from report.cells import BAD, DOUBT, GOOD, QUIET
from report.reading import Row

STYLES = {BAD: "bold red", DOUBT: "bold yellow", GOOD: "green", QUIET: "dim"}
_TITLE = "who reaches whom (from the left to above)"
_WIDEST_WORD = 7


def reachability(matrix: reach.Matrix, width: int, gap: int) -> Group:
    """As words where they fit, else as signs under numbers, else a line for each container."""
    widths = [max(cell_len(name), _WIDEST_WORD) + gap for name in matrix.names]
    first = max(map(cell_len, matrix.names))
    title = Text(_TITLE, style="bold")
    if sum(widths) + first + gap <= width:
        return Group(title, _words(matrix, gap))
    if 3 * len(matrix.names) + 4 + min(first, 24) <= width:
        legend = "  ".join(f"{reach.LETTERS[word]} {word}" for word in matrix.used())
        return Group(title, _signs(matrix), Text(legend, style="dim"))
    return Group(Text("who reaches whom", style="bold"), _lines(matrix, gap))


def _table(gap: int) -> Table:
    return Table(box=None, padding=(0, gap, 0, 0), pad_edge=False)


def _words(matrix: reach.Matrix, gap: int) -> Table:
    grid = _table(gap)
    grid.add_column("")
    for name in matrix.names:
        grid.add_column(Text(name))
    for name in matrix.names:
        cells = [
            Text("-" if cell is reach.SELF else cell.word, style=STYLES[cell.tone])
            for cell in matrix.row(name)
        ]
        grid.add_row(Text(name), *cells)
    return grid


def _signs(matrix: reach.Matrix) -> Table:
    grid = _table(1)
    grid.add_column("", justify="right")
    grid.add_column("", no_wrap=True, max_width=24)
    for number in range(len(matrix.names)):
        grid.add_column(str(number + 1), justify="right", min_width=2)
    for number, name in enumerate(matrix.names, 1):
        signs = [
            Text(reach.LETTERS[cell.word], style=STYLES[cell.tone]) for cell in matrix.row(name)
        ]
        grid.add_row(str(number), Text(name), *signs)
    return grid


def _lines(matrix: reach.Matrix, gap: int) -> Table:
    """Names only of what a container reaches, or should; the rest in numbers."""
    grid = _table(gap)
    for title in ("container", "reaches", "otherwise"):
        grid.add_column(title)
    for name in matrix.names:
        pairs = [
            (other, cell)
            for other, cell in zip(matrix.names, matrix.row(name), strict=True)
            if other != name
        ]
        reached = [
            other if cell.word == reach.TALKS else f"{other} ({cell.word})"
            for other, cell in pairs
            if cell.word in (reach.TALKS, reach.SAME, reach.LEAK, reach.LOST)
        ]
        rest = {
            word: number
            for word, number in matrix.counts(name).items()
            if word in (reach.BLOCKED, reach.UNKNOWN)
        }
        tone = BAD if any(cell.tone == BAD for _, cell in pairs) else QUIET
        said = ", ".join(f"{number} {word}" for word, number in rest.items())
        grid.add_row(
            Text(name),
            Text(", ".join(reached) or "nobody", style=STYLES[BAD] if tone == BAD else ""),
            Text(said),
        )
    return grid


def lab(report: Row, gap: int) -> Iterator[RenderableType]:
    """Cables, published ports and volumes, as far as the report knows them."""
    wired = wiring.of_report(report)
    if wired:
        cables = [(box.name, cable) for box in wired.boxes for cable in box.cables]
        rows = [
            [
                name,
                cable.network + ("" if cable.declared else " (NOT DECLARED)"),
                f"{cable.interface} {cable.address}".strip(),
                cable.veth,
                wired.networks[cable.network].bridge,
                wired.networks[cable.network].way_out,
            ]
            for name, cable in cables
        ]
        titles = ("container", "network", "interface", "veth", "bridge", "leads")
        yield from _titled("cables", titles, rows, gap)
        ports = [[box.name, inside, at] for box in wired.boxes for at, inside in box.ports]
        yield from _titled("published ports", ("container", "port", "on the host"), ports, gap)
    found = [
        [one.name, mount.container, mount.path, mount.mode, mount.proven.word]
        for one in mounts.data(report)
        for mount in one.mounts
    ]
    about = ("data", "container", "path", "may", "proof")
    yield from _titled("volumes and bind mounts", about, found, gap)
    said = [Text(f"  {cell.word}", style=STYLES[cell.tone]) for cell in lifetimes.lifetimes(report)]
    if said:
        yield Group(Text("what a volume is for, tried on this engine", style="bold"), *said)


def _titled(
    title: str, columns: tuple[str, ...], rows: list[list[str]], gap: int
) -> Iterator[Group]:
    if rows:
        grid = _table(gap)
        for column in columns:
            grid.add_column(column, overflow="fold")
        for row in rows:
            grid.add_row(*(Text(value) for value in row))
        yield Group(Text(title, style="bold"), grid)
