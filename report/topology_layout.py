"""Where everything of the picture stands: containers in columns, bridges as bars above them, data
as bars below, in bands of a few columns each. Pure geometry, in pixels of a page 960 wide.

Labels have places of their own (a gutter for bars, a block beside the cables, lines of a card),
so none can come to lie on another, however many containers there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from report.drawing import Picture, Shape
from report.shortened import Place, shown
from report.topology_cards import LINE, Plan, Walls, cables, card, card_height, holds, name_room
from report.wiring import Box, Wiring, data_words

WIDTH = 960.0
_COLUMNS = 4
_LEFT, _RIGHT = 196.0, 928.0
_MARGIN, _GUTTER = 20.0, 160.0
_BAR, _DRUM, _TITLE = 46.0, 38.0, 40.0
_COLUMN = (_RIGHT - _LEFT - 16) / _COLUMNS
_ROOM = _COLUMN - 18


def layout(wired: Wiring, host: str, walls: Walls) -> Picture:
    """`walls`: (namespace, tone) by container, shown as chips on its card."""
    picture = Picture()
    plan = Plan(picture=picture, wired=wired, walls=walls, names=shown(_places(wired)))
    y = _TITLE + 14.0
    for start in range(0, len(wired.boxes), _COLUMNS):
        y = _band(plan, wired.boxes[start : start + _COLUMNS], y)
    if wired.declared:
        y = _of_nobody(plan, y)
    picture.height = y
    frame = Shape(kind="box", x=6, y=6, w=_RIGHT, h=picture.height - 12, look="host")
    picture.shapes.insert(0, frame)
    picture.write(_MARGIN, 32, host, WIDTH - 2 * _MARGIN - 20, "title", 15)
    return picture


def _places(wired: Wiring) -> Iterator[Place]:
    """Every name of the picture, with the room it has."""
    yield from ((box.name, name_room(_ROOM)) for box in wired.boxes)
    yield from ((name, _GUTTER) for name in wired.networks)
    yield from ((data_words(key)[0], _GUTTER) for key in wired.data)


def _band(plan: Plan, boxes: Sequence[Box], top: float) -> float:
    """One row of cards with the bars it needs. The y below it."""
    wired = plan.wired
    networks = [n for n in wired.networks if any(c.network == n for b in boxes for c in b.cables)]
    keys = [key for key in wired.data if any(hold.key == key for b in boxes for hold in b.holds)]
    bar_y, y = {}, top + 14
    for name in networks:
        bar_y[name] = y
        y = _network(plan, name, y)
    cable_lines = 0 if wired.declared else max((len(box.cables) for box in boxes), default=0)
    card_top = y + cable_lines * LINE
    tall = max(card_height(plan, box, _ROOM) for box in boxes)
    hold_lines = max((len(box.holds) for box in boxes), default=0)
    data_y, y = {}, card_top + tall + hold_lines * LINE + 24
    for key in keys:
        data_y[key] = y
        y = _data(plan, key, y)
    for n, box in enumerate(boxes):
        x = _LEFT + n * _COLUMN
        card(plan, box, (x, card_top, _ROOM, tall))
        cables(plan, box, x, bar_y, card_top, _ROOM)
        holds(plan, box, x, data_y, card_top + tall, _ROOM)
    below = y - _DRUM + 24 if keys else card_top + tall
    return below + 26


def _of_nobody(plan: Plan, top: float) -> float:
    """What is declared and no container uses. The y below it."""
    wired = plan.wired
    used = {cable.network for box in wired.boxes for cable in box.cables}
    held = {hold.key for box in wired.boxes for hold in box.holds}
    y = top + 14
    for name in (name for name in wired.networks if name not in used):
        y = _network(plan, name, y)
    for key in (key for key in wired.data if key not in held):
        y = _data(plan, key, y)
    return top if y == top + 14 else y


def _network(plan: Plan, name: str, y: float) -> float:
    """The y of what comes next."""
    network, picture, look = plan.wired.networks[name], plan.picture, plan.wire(name)
    start, end = _LEFT - 10, _RIGHT - 14 if network.internal else WIDTH - 14
    dashed = "" if network.icc else " apart"
    line = Shape(kind="line", x=start, y=y, w=end - start, h=0, look=f"bar {look}{dashed}")
    picture.bars.append(line)
    if network.internal:
        stop = Shape(kind="line", x=end, y=y - 8, w=0, h=16, look=f"stop {look}")
    else:
        stop = Shape(kind="arrow", x=end, y=y, w=10, h=0, look=f"tip {look}")
    picture.bars.append(stop)
    if plan.numbered:
        picture.shapes.append(Shape(kind="dot", x=start, y=y, w=6, h=0, look=f"plug {look}"))
        plan.number(name, start, y)
    below = y + plan.name(name, _MARGIN, y, _GUTTER, f"{look}-text")
    picture.write(_MARGIN, below + 13, network.way_out, _GUTTER, "plain")
    picture.write(_MARGIN, below + 26, network.bridge or network.subnet, _GUTTER, "mono", 10)
    return below + _BAR


def _data(plan: Plan, key: str, y: float) -> float:
    """The y of what comes next."""
    name, kind = data_words(key)
    size = _RIGHT - 14 - _LEFT + 10
    drum = Shape(kind="drum", x=_LEFT - 10, y=y - 7, w=size, h=14, look="drum")
    plan.picture.bars.append(drum)
    below = y + plan.name(name, _MARGIN, y, _GUTTER)
    plan.picture.write(_MARGIN, below + 14, kind, _GUTTER, "plain")
    return below + _DRUM
