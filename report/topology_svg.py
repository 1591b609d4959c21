"""The lab as a picture: one SVG with its own colours, title and description. Pure text.

It may stand in a page or alone; everything in it that comes from a report is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from report import palette
from report.drawing import Label, Shape
from report.reading import Row
from report.topology_cards import Walls
from report.topology_layout import WIDTH, layout
from report.wiring import Wiring, sentences, wiring

_TONES = ("good", "bad", "doubt", "quiet")
_STYLE = (
    ".topology text{font-family:system-ui,sans-serif;fill:var(--ink)}"
    ".topology .mono,.topology .plain{fill:var(--muted)}"
    ".topology .mono{font-family:ui-monospace,'DejaVu Sans Mono',monospace}"
    ".topology .strong{font-weight:650}"
    ".topology .title{font-weight:600;fill:var(--muted)}"
    ".topology .host{fill:none;stroke:var(--muted);stroke-width:1.5}"
    ".topology .card{fill:var(--sheet);stroke:var(--good);stroke-width:2}"
    ".topology .open{stroke:var(--bad);stroke-dasharray:6 4}"
    ".topology .bar{stroke-width:7;stroke-linecap:round}"
    ".topology .apart{stroke-dasharray:2 12}"
    ".topology .stop{stroke-width:4;stroke-linecap:round}"
    ".topology .cable{stroke-width:2}"
    ".topology .stray{stroke:var(--bad);stroke-width:3;stroke-dasharray:5 4}"
    ".topology .plug{stroke:var(--sheet);stroke-width:2}"
    ".topology .number{fill:var(--sheet);font-weight:650}"
    ".topology .drum{fill:var(--quiet-ground);stroke:var(--muted);stroke-width:1.5}"
    ".topology .hold{stroke:var(--muted);stroke-width:2}"
    ".topology .hold.ro{stroke-dasharray:3 4}"
    ".topology .peg{fill:var(--muted);stroke:var(--muted);stroke-width:2}"
    ".topology .peg.ro{fill:var(--sheet)}"
    + "".join(
        f".topology .chip.{tone}{{fill:var(--{tone}-ground)}}"
        f".topology .{tone}-text{{fill:var(--{tone})}}"
        for tone in _TONES
    )
    + "".join(
        f".topology line.wire-{n}{{stroke:var(--wire-{n})}}"
        f".topology circle.wire-{n},.topology path.wire-{n},"
        f".topology .wire-{n}-text{{fill:var(--wire-{n})}}"
        for n in range(len(palette.WIRES_LIGHT))
    )
)
# Green is for what was proven.
_DECLARED = ".topology .plan{stroke:var(--muted)}"


def topology_svg(
    lab: Row,
    names: Sequence[str] = (),
    *,
    host: str = "host",
    walls: Walls | None = None,
    alone: bool = True,
) -> Markup:
    """The picture of a report's `lab` section.

    names: containers beyond those it names. walls: (namespace, tone) by container. alone: with the
    colours, for a picture outside of a page that defines them.
    """
    return draw(wiring(lab, names), host, walls or {}, alone=alone)


def draw(
    wired: Wiring, host: str, walls: Walls, *, alone: bool, title: str = "The lab on its host"
) -> Markup:
    picture = layout(wired, host, walls)
    shapes = [*picture.cables, *picture.bars, *picture.shapes]
    frame, rest = picture.shapes[0], [shape for shape in shapes if shape is not picture.shapes[0]]
    style = _STYLE + (_DECLARED if wired.declared else "")
    style = palette.for_any_viewer(style) if alone else style
    return Markup("").join(
        (
            Markup(
                '<svg class="topology" xmlns="http://www.w3.org/2000/svg" role="img" '
                'aria-labelledby="topology-title topology-desc" '
                'viewBox="0 0 {:.0f} {:.0f}">'
            ).format(WIDTH, picture.height),
            Markup('<title id="topology-title">{}</title>').format(_title(title, wired)),
            Markup('<desc id="topology-desc">{}</desc>').format(_description(wired)),
            Markup("<style>{}</style>").format(Markup(style)),
            *(_shape(shape) for shape in (frame, *rest)),
            *(_label(label) for label in picture.labels),
            Markup("</svg>"),
        )
    )


def _title(title: str, wired: Wiring) -> str:
    parts = [
        _count(len(wired.boxes), "container"),
        _count(len(wired.networks), "network"),
        _count(len(wired.data), "volume or folder", "volumes and folders"),
    ]
    return f"{title}: {', '.join(parts)}"


def _count(number: int, one: str, more: str = "") -> str:
    return f"{number} {one if number == 1 else more or one + 's'}"


def _description(wired: Wiring) -> str:
    return ". ".join(f"{name}: {'; '.join(words)}" for name, words in sentences(wired))


def _shape(one: Shape) -> Markup:
    if one.kind == "line":
        return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>').format(
            one.x, one.y, one.x + one.w, one.y + one.h, one.look
        )
    if one.kind == "dot":
        return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}" class="{}"/>').format(
            one.x, one.y, one.w, one.look
        )
    if one.kind == "arrow":
        return Markup('<path d="M{:.1f} {:.1f}l-4 -9l14 9l-14 9z" class="{}"/>').format(
            one.x, one.y, one.look
        )
    corner = 7 if one.kind == "drum" else min(8.0, one.h / 3)
    return Markup(
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="{:.1f}" class="{}"/>'
    ).format(one.x, one.y, one.w, one.h, corner, one.look)


def _label(one: Label) -> Markup:
    full = Markup("<title>{}</title>").format(one.full) if one.full else Markup("")
    return Markup('<text x="{:.1f}" y="{:.1f}" font-size="{:g}" class="{}">{}{}</text>').format(
        one.x, one.y, one.size, one.look, full, escape(one.text)
    )
