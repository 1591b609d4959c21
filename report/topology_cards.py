"""A container's card with what is plugged into it, above and below. Pure geometry, in pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from report import shortened
from report.cells import GOOD, MARKS, QUIET
from report.drawing import Picture, Shape, width
from report.palette import WIRES_LIGHT
from report.shortened import Place, Shown
from report.wiring import Box, Cable, Hold, Wiring

LINE, NAME_LINE = 14.0, 13.0
_STEP = 12.0
_CHIP_WIDTH, _CHIP = 49.0, 16.0
_TINY, _MONO = 8.0, 10.0

Walls = Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is drawn, and what it is drawn on; `names` by name and room."""

    picture: Picture
    wired: Wiring
    walls: Walls
    names: Mapping[Place, Shown]

    def wire(self, network: str) -> str:
        return f"wire-{self._place(network) % len(WIRES_LIGHT)}"

    @property
    def numbered(self) -> bool:
        """More networks than colours."""
        return len(self.wired.networks) > len(WIRES_LIGHT)

    def number(self, network: str, x: float, y: float) -> None:
        """In its plugs and at its bar's start."""
        if self.numbered:
            word = str(self._place(network) + 1)
            size = 8.0 if len(word) < 3 else 5.5
            wide = width(word, size)
            self.picture.write(x - wide / 2, y + size * 0.36, word, wide, "mono number", size)

    def name(self, name: str, x: float, y: float, room: float, look: str = "") -> float:
        """The height that its further lines take."""
        one = self.names[name, room]
        look = f"{shortened.LOOK} {look}".strip()
        for n, line in enumerate(one.lines):
            self.picture.write(x, y + n * NAME_LINE, line, room, look, one.size, one.full)
        return self.more(name, room)

    def more(self, name: str, room: float) -> float:
        return (len(self.names[name, room].lines) - 1) * NAME_LINE

    def _place(self, network: str) -> int:
        return list(self.wired.networks).index(network)


def name_room(room: float) -> float:
    return room - 20


def card_height(plan: Plan, box: Box, room: float) -> float:
    lines = len(_card_lines(box, plan.wired))
    chips = len(plan.walls.get(box.name, ()))
    rows = -(-chips // _per_row(room))
    return 30 + plan.more(box.name, name_room(room)) + lines * LINE + rows * (_CHIP + 3) + 12


def _card_lines(box: Box, wired: Wiring) -> list[str]:
    lines = [f"{cable.interface} {cable.address}".strip() for cable in box.cables]
    if wired.declared:
        lines = [line for line in lines if line]
    else:
        lines = [line or "address not read" for line in lines]
    ports = [part for outside, inside in box.ports for part in (outside, f"→ port {inside}")]
    return [*lines, *(["no network"] if box.apart else []), *box.shared, *ports]


def card(plan: Plan, box: Box, area: tuple[float, float, float, float]) -> None:
    x, y, room, tall = area
    chips = plan.walls.get(box.name, ())
    sound = all(tone in (GOOD, QUIET) for _, tone in chips)
    sound = sound and not box.shares and all(cable.declared for cable in box.cables)
    look = ("card plan" if plan.wired.declared else "card") if sound else "card open"
    plan.picture.shapes.append(Shape(kind="box", x=x, y=y, w=room, h=tall, look=look))
    y += plan.name(box.name, x + 10, y + 21, name_room(room))
    lines = _card_lines(box, plan.wired)
    for n, line in enumerate(lines):
        _write_cut(plan.picture, x + 10, y + 38 + n * LINE, line, room - 16)
    _chips(plan.picture, chips, x + 8, y + 34 + len(lines) * LINE, room)


def _write_cut(picture: Picture, x: float, y: float, line: str, room: float) -> None:
    short = shortened.middle(line, room, _MONO)
    picture.write(x, y, short, room, "mono", _MONO, line if short != line else "")


def _chips(
    picture: Picture, chips: Sequence[tuple[str, str]], x: float, y: float, room: float
) -> None:
    for n, (name, tone) in enumerate(chips):
        left = x + (n % _per_row(room)) * _CHIP_WIDTH
        top = y + (n // _per_row(room)) * (_CHIP + 3)
        chip = Shape(kind="box", x=left, y=top, w=_CHIP_WIDTH - 3, h=_CHIP, look=f"chip {tone}")
        picture.shapes.append(chip)
        word = name if tone in (GOOD, QUIET) else f"{MARKS[tone]} {name}"
        picture.write(left + 2, top + 11.5, word, _CHIP_WIDTH - 5, f"{tone}-text", _TINY)


def _per_row(room: float) -> int:
    return max(int((room - 12) // _CHIP_WIDTH), 1)


def cables(
    plan: Plan, box: Box, x: float, bar_y: Mapping[str, float], card_top: float, room: float
) -> None:
    beside = x + 14 + len(box.cables) * _STEP
    first = card_top - len(box.cables) * LINE
    picture = plan.picture
    for n, cable in enumerate(box.cables):
        at, y = x + 14 + n * _STEP, bar_y[cable.network]
        wire = plan.wire(cable.network)
        picture.cables.append(
            Shape(kind="line", x=at, y=y, w=0, h=card_top - y, look=_cable_look(cable, wire))
        )
        picture.shapes.append(Shape(kind="dot", x=at, y=y, w=6, h=0, look=f"plug {wire}"))
        plan.number(cable.network, at, y)
        word = cable.veth if cable.declared else "NOT DECLARED"
        look = "mono" if cable.declared else "bad-text strong"
        picture.write(beside, first + n * LINE + 4, word, room - (beside - x), look, _MONO)


def _cable_look(cable: Cable, wire: str) -> str:
    return f"cable {wire}" if cable.declared else "cable stray"


def holds(
    plan: Plan, box: Box, x: float, data_y: Mapping[str, float], bottom: float, room: float
) -> None:
    beside = x + 14 + len(box.holds) * _STEP
    picture = plan.picture
    for n, hold in enumerate(box.holds):
        at, y = x + 14 + n * _STEP, data_y[hold.key]
        mode = hold.mode if hold.mode in ("ro", "rw") else "ro"
        picture.cables.append(
            Shape(kind="line", x=at, y=bottom, w=0, h=y - bottom, look=f"hold {mode}")
        )
        picture.shapes.append(Shape(kind="dot", x=at, y=y, w=5, h=0, look=f"peg {mode}"))
        _hold_words(picture, hold, beside, bottom + 16 + n * LINE, room - beside + x)


def _hold_words(picture: Picture, hold: Hold, x: float, y: float, room: float) -> None:
    words = f"{hold.mode} {hold.path}".strip()
    left = room - width(f"{hold.mode} ", _MONO)
    short = f"{hold.mode} {shortened.path(hold.path, left, _MONO)}".strip()
    full = words if short != words else ""
    picture.write(x, y, short, room, "mono", _MONO, full)
