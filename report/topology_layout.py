"""Where everything of the picture stands: containers in columns, bridges as bars above them, data
as bars below, in bands of a few columns each. Pure geometry, in pixels of a page 960 wide.

Labels have places of their own (a gutter for bars, a block beside the cables, lines of a card),
so none can come to lie on another, however many containers there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from report.cells import GOOD, MARKS, QUIET
from report.drawing import Picture, Shape, width
from report.wiring import Box, Cable, Hold, Wiring, data_words

WIDTH = 960.0
_COLUMNS = 4
_LEFT, _RIGHT = 196.0, 928.0
_MARGIN, _GUTTER = 20.0, 160.0
_BAR, _DRUM, _LINE, _TITLE = 46.0, 38.0, 14.0, 40.0
_STEP = 12.0
_CHIP_WIDTH, _CHIP = 49.0, 16.0
_NORMAL, _TINY = 14.0, 8.5


Walls = Mapping[str, Sequence[tuple[str, str]]]


def layout(wired: Wiring, host: str, walls: Walls) -> Picture:
    """`walls`: (namespace, tone) by container, shown as chips on its card."""
    picture = Picture()
    y = _TITLE + 14.0
    for start in range(0, len(wired.boxes), _COLUMNS):
        y = _band(picture, wired, wired.boxes[start : start + _COLUMNS], y, walls)
    if wired.declared:
        y = _of_nobody(picture, wired, y)
    picture.height = y
    frame = Shape(kind="box", x=6, y=6, w=_RIGHT, h=picture.height - 12, look="host")
    picture.shapes.insert(0, frame)
    picture.write(_MARGIN, 32, host, WIDTH - 2 * _MARGIN - 20, "title", 15)
    return picture


def _band(
    picture: Picture,
    wired: Wiring,
    boxes: Sequence[Box],
    top: float,
    walls: Walls,
) -> float:
    """One row of cards with the bars it needs. The y below it."""
    networks = [n for n in wired.networks if any(c.network == n for b in boxes for c in b.cables)]
    keys = [key for key in wired.data if any(hold.key == key for b in boxes for hold in b.holds)]
    bar_y = {name: top + 14 + n * _BAR for n, name in enumerate(networks)}
    cable_lines = 0 if wired.declared else max((len(box.cables) for box in boxes), default=0)
    card_top = top + len(networks) * _BAR + cable_lines * _LINE + 14
    step = (_RIGHT - _LEFT - 16) / _COLUMNS
    room = step - 18
    tall = max(_card_height(box, wired, room, walls) for box in boxes)
    hold_lines = max((len(box.holds) for box in boxes), default=0)
    data_top = card_top + tall + hold_lines * _LINE + 24
    data_y = {key: data_top + n * _DRUM for n, key in enumerate(keys)}
    for name in networks:
        _network(picture, wired, name, bar_y[name])
    for key in keys:
        _data(picture, key, data_y[key])
    for n, box in enumerate(boxes):
        x = _LEFT + n * step
        _card(picture, wired, box, (x, card_top, room, tall), walls)
        _cables(picture, wired, box, x, bar_y, card_top, room)
        _holds(picture, box, x, data_y, card_top + tall, room)
    below = data_top + (len(keys) - 1) * _DRUM + 24 if keys else card_top + tall
    return below + 26


def _of_nobody(picture: Picture, wired: Wiring, top: float) -> float:
    """What is declared and no container uses. The y below it."""
    used = {cable.network for box in wired.boxes for cable in box.cables}
    held = {hold.key for box in wired.boxes for hold in box.holds}
    y = top + 14
    for name in (name for name in wired.networks if name not in used):
        _network(picture, wired, name, y)
        y += _BAR
    for key in (key for key in wired.data if key not in held):
        _data(picture, key, y)
        y += _DRUM
    return top if y == top + 14 else y


def _network(picture: Picture, wired: Wiring, name: str, y: float) -> None:
    network = wired.networks[name]
    look = f"wire-{list(wired.networks).index(name) % 6}"
    end = _RIGHT - 14 if network.internal else WIDTH - 14
    dashed = "" if network.icc else " apart"
    line = Shape(
        kind="line", x=_LEFT - 10, y=y, w=end - _LEFT + 10, h=0, look=f"bar {look}{dashed}"
    )
    picture.bars.append(line)
    if network.internal:
        stop = Shape(kind="line", x=end, y=y - 8, w=0, h=16, look=f"stop {look}")
    else:
        stop = Shape(kind="arrow", x=end, y=y, w=10, h=0, look=f"tip {look}")
    picture.bars.append(stop)
    picture.write(_MARGIN, y, name, _GUTTER, f"strong {look}-text", _NORMAL)
    picture.write(_MARGIN, y + 13, network.way_out, _GUTTER, "plain")
    picture.write(_MARGIN, y + 26, network.bridge or network.subnet, _GUTTER, "mono", 10)


def _data(picture: Picture, key: str, y: float) -> None:
    name, kind = data_words(key)
    size = _RIGHT - 14 - _LEFT + 10
    picture.bars.append(Shape(kind="drum", x=_LEFT - 10, y=y - 7, w=size, h=14, look="drum"))
    short = name if width(name, _NORMAL) <= _GUTTER else "…/" + name.rsplit("/", 1)[-1]
    picture.write(_MARGIN, y, short, _GUTTER, "strong", _NORMAL)
    picture.write(_MARGIN, y + 14, kind, _GUTTER, "plain")


def _card_height(box: Box, wired: Wiring, room: float, walls: Walls) -> float:
    lines = len(_card_lines(box, wired))
    chips = len(walls.get(box.name, ()))
    return 30 + lines * _LINE + -(-chips // _per_row(room)) * (_CHIP + 3) + 12


def _card_lines(box: Box, wired: Wiring) -> list[str]:
    lines = [f"{cable.interface} {cable.address}".strip() for cable in box.cables]
    if wired.declared:
        lines = [line for line in lines if line]
    else:
        lines = [line or "address not read" for line in lines]
    ports = [part for outside, inside in box.ports for part in (outside, f"→ port {inside}")]
    return [*lines, *(["no network"] if box.apart else []), *box.shared, *ports]


def _card(
    picture: Picture,
    wired: Wiring,
    box: Box,
    area: tuple[float, float, float, float],
    walls: Walls,
) -> None:
    x, y, room, tall = area
    chips = walls.get(box.name, ())
    sound = all(tone in (GOOD, QUIET) for _, tone in chips)
    sound = sound and not box.shares and all(cable.declared for cable in box.cables)
    look = ("card plan" if wired.declared else "card") if sound else "card open"
    picture.shapes.append(Shape(kind="box", x=x, y=y, w=room, h=tall, look=look))
    picture.write(x + 10, y + 21, box.name, room - 20, "strong", _NORMAL)
    lines = _card_lines(box, wired)
    for n, line in enumerate(lines):
        picture.write(x + 10, y + 38 + n * _LINE, line, room - 16, "mono", 10)
    _chips(picture, chips, x + 8, y + 34 + len(lines) * _LINE, room)


def _chips(
    picture: Picture, chips: Sequence[tuple[str, str]], x: float, y: float, room: float
) -> None:
    for n, (name, tone) in enumerate(chips):
        left = x + (n % _per_row(room)) * _CHIP_WIDTH
        top = y + (n // _per_row(room)) * (_CHIP + 3)
        chip = Shape(kind="box", x=left, y=top, w=_CHIP_WIDTH - 3, h=_CHIP, look=f"chip {tone}")
        picture.shapes.append(chip)
        word = name if tone in (GOOD, QUIET) else f"{MARKS[tone]} {name}"
        picture.write(left + 3, top + 11.5, word, _CHIP_WIDTH - 4, f"{tone}-text", _TINY)


def _per_row(room: float) -> int:
    return max(int((room - 12) // _CHIP_WIDTH), 1)


def _cables(
    picture: Picture,
    wired: Wiring,
    box: Box,
    x: float,
    bar_y: Mapping[str, float],
    card_top: float,
    room: float,
) -> None:
    beside = x + 14 + len(box.cables) * _STEP
    first = card_top - len(box.cables) * _LINE
    for n, cable in enumerate(box.cables):
        at, y = x + 14 + n * _STEP, bar_y[cable.network]
        look = f"wire-{list(wired.networks).index(cable.network) % 6}"
        picture.cables.append(
            Shape(kind="line", x=at, y=y, w=0, h=card_top - y, look=_cable_look(cable, look))
        )
        picture.shapes.append(Shape(kind="dot", x=at, y=y, w=6, h=0, look=f"plug {look}"))
        word = cable.veth if cable.declared else "NOT DECLARED"
        look = "mono" if cable.declared else "bad-text strong"
        picture.write(beside, first + n * _LINE + 4, word, room - (beside - x), look, 10)


def _cable_look(cable: Cable, look: str) -> str:
    return f"cable {look}" if cable.declared else "cable stray"


def _holds(
    picture: Picture, box: Box, x: float, data_y: Mapping[str, float], bottom: float, room: float
) -> None:
    beside = x + 14 + len(box.holds) * _STEP
    for n, hold in enumerate(box.holds):
        at, y = x + 14 + n * _STEP, data_y[hold.key]
        mode = hold.mode if hold.mode in ("ro", "rw") else "ro"
        picture.cables.append(
            Shape(kind="line", x=at, y=bottom, w=0, h=y - bottom, look=f"hold {mode}")
        )
        picture.shapes.append(Shape(kind="dot", x=at, y=y, w=5, h=0, look=f"peg {mode}"))
        picture.write(
            beside, bottom + 16 + n * _LINE, _hold_words(hold), room - beside + x, "mono", 10
        )


def _hold_words(hold: Hold) -> str:
    return f"{hold.mode} {hold.path}".strip()
