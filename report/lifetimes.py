"""The two proofs about volumes as sentences with their sizes: life and layer. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from report.cells import BAD, DOUBT, GOOD, Cell
from report.reading import Row, checks, mapping, text

_UNITS = (("MiB", 1 << 20), ("KiB", 1 << 10))


def lifetimes(report: Row) -> tuple[Cell, ...]:
    """A sentence for each proof that the report has."""
    said = []
    for check_id, sentence in (("vol.outlives", _outlives), ("vol.layer", _layer)):
        for row in checks(report, check_id):
            status = text(row.get("status"))
            evidence, control = mapping(row.get("evidence")), mapping(row.get("control"))
            if status == "pass":
                said.append(Cell(word=sentence(evidence, control), tone=GOOD))
            else:
                doubt = "does not hold" if status == "fail" else "could not be told"
                word = f"{text(row.get('claim'))}: {doubt}"
                said.append(Cell(word=word, tone=BAD if status == "fail" else DOUBT))
    return tuple(said)


def _outlives(evidence: Mapping[str, Any], _control: Mapping[str, Any]) -> str:
    return (
        f"a volume outlives its container: {size(evidence.get('bytes_written'))} were written, the "
        f"writer was removed, and another container read the same "
        f"{size(evidence.get('bytes_read'))} (by SHA-256)"
    )


def _layer(evidence: Mapping[str, Any], control: Mapping[str, Any]) -> str:
    return (
        f"a volume is not the layer: {size(evidence.get('written_to_volume'))} written to a volume "
        f"grew the container's own layer by {size(evidence.get('layer_grew'))}; "
        f"{size(control.get('written_to_layer'))} written to the layer grew it by "
        f"{size(control.get('layer_grew'))}"
    )


def size(value: object) -> str:
    """Bytes in the largest unit that divides them."""
    if not isinstance(value, int) or isinstance(value, bool):
        return "an unknown size"
    for unit, factor in _UNITS:
        if value and value % factor == 0:
            return f"{value // factor} {unit}"
    return "0 bytes" if value == 0 else f"{value:,} bytes"
