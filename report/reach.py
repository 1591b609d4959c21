"""Who reaches whom, as a matrix: each ordered pair of containers, as it was tried. Pure.

A pair of which nothing is known is a question mark, never a wall.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from report.cells import BAD, DOUBT, GOOD, QUIET, Cell
from report.reading import Row, checks, mapping, rows, text, texts

SELF = Cell(word="itself", tone=QUIET)
TALKS, BLOCKED, LEAK, LOST, UNKNOWN, SAME = "talks", "blocked", "LEAK", "CUT OFF", "unknown", "same"
LETTERS = {TALKS: "+", BLOCKED: ".", LEAK: "!", LOST: "x", UNKNOWN: "?", SAME: "=", "itself": "\\"}
LEGEND = {
    TALKS: "both are on one network",
    BLOCKED: "they share no network",
    LEAK: "reached, and they share no network",
    LOST: "not reached, and they share a network",
    SAME: "one network namespace for both, as declared",
    UNKNOWN: "could not be told",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Names in an order that puts members of a network side by side; cells by (from, to)."""

    names: tuple[str, ...]
    networks: dict[str, tuple[str, ...]]
    cells: dict[tuple[str, str], Cell]

    def row(self, name: str) -> list[Cell]:
        return [self.cells[name, other] for other in self.names]

    def used(self) -> list[str]:
        """The words that occur, in the legend's order."""
        seen = {cell.word for cell in self.cells.values()}
        return [word for word in LEGEND if word in seen]

    def counts(self, name: str) -> Counter[str]:
        return Counter(self.cells[name, other].word for other in self.names if other != name)


def matrix(report: Row) -> Matrix | None:
    """None when nothing was said about networks."""
    found = {text(row.get("subject")): row for row in checks(report, "net.reach")}
    if not found:
        return None
    lab = mapping(report.get("lab"))
    networks = memberships(lab)
    targets = rows(report.get("targets"))
    names = list(dict.fromkeys(text(target.get("name")) for target in targets))
    names.sort(key=lambda name: (networks.get(name, ("\uffff",)), name))
    rooms = {text(t.get("name")): _room(t) for t in targets}
    talking = _talking(lab)
    cells: dict[tuple[str, str], Cell] = {}
    for name in names:
        row = found.get(name) or found.get("*") or {}
        for other in names:
            if name == other:
                cells[name, other] = SELF
            elif rooms[name] and rooms[name] == rooms[other]:
                cells[name, other] = _one_room(targets, name)
            else:
                cells[name, other] = _pair(row, other, talking.get(frozenset((name, other))), lab)
    return Matrix(names=tuple(names), networks=networks, cells=cells)


def memberships(lab: Row) -> dict[str, tuple[str, ...]]:
    """Names of the networks of each container that the lab section names."""
    found: dict[str, list[str]] = {}
    for network in rows(lab.get("networks")):
        for name in texts(network.get("containers")):
            found.setdefault(name, []).append(text(network.get("name")))
    return {name: tuple(sorted(set(networks))) for name, networks in found.items()}


def _talking(lab: Row) -> dict[frozenset[str], bool]:
    """Pairs that share a network whose containers may talk."""
    pairs: dict[frozenset[str], bool] = {}
    for network in rows(lab.get("networks")):
        if network.get("icc", True):
            members = texts(network.get("containers"))
            pairs |= {frozenset((one, two)): True for one in members for two in members}
    return pairs


def _room(target: Row) -> str:
    shown = text(mapping(mapping(target.get("ns")).get("net")).get("ns"))
    return shown if "[" in shown else ""


def _one_room(targets: list[Row], name: str) -> Cell:
    target = next(t for t in targets if t.get("name") == name)
    allowed = mapping(mapping(target.get("ns")).get("net")).get("allowed")
    return Cell(word=SAME if allowed else LEAK, tone=QUIET if allowed else BAD, detail="one NET")


def _pair(row: Row, other: str, shares: bool | None, lab: Row) -> Cell:
    evidence = mapping(row.get("evidence"))
    wrong = {text(one.get("to")): one for one in rows(evidence.get("wrong"))}
    if other in wrong:
        got = text(wrong[other].get("got"))
        missing = wrong[other].get("expected") == "OK"
        return Cell(word=LOST if missing else LEAK, tone=BAD, detail=got)
    if other in texts(evidence.get("unknown")) or row.get("status") not in ("pass", "fail"):
        return Cell(word=UNKNOWN, tone=DOUBT, detail=text(evidence.get("unread")))
    tried = text(mapping(evidence.get("row")).get(other))
    if tried:
        word, _, took = tried.partition(" ")
        if word == "OK":
            return Cell(word=TALKS, tone=GOOD, detail=took)
        return Cell(word=BLOCKED, tone=QUIET, detail=tried)
    if row.get("status") == "pass" and lab.get("networks"):
        # Rows were summed up for brevity; that they passed says that all is as declared.
        return Cell(word=TALKS, tone=GOOD) if shares else Cell(word=BLOCKED, tone=QUIET)
    return Cell(word=UNKNOWN, tone=DOUBT)
