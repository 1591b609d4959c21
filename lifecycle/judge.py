"""From what the trial saw to check rows of the report (nsv/1). Pure; what was not seen is never a
pass, and no claim holds whose control did not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lifecycle.inside import LAYER_BYTES, VOLUME_BYTES
from lifecycle.observed import Observed

OUTLIVES, LAYER = "vol.outlives", "vol.layer"
CLAIMS = {
    OUTLIVES: "what is in a volume outlives the container that wrote it",
    LAYER: "what is written to a volume does not grow the container's own layer",
}
_AGAIN = "verify again (`make verify`)"
Row = dict[str, Any]


def rows(seen: Observed) -> list[Row]:
    """The two rows, always both."""
    return [outlives(seen), layer(seen)]


def layer(seen: Observed) -> Row:
    before, filled, grown = seen.layer_before, seen.layer_filled, seen.layer_grown
    grew = _difference(filled, before)
    evidence = {
        "written_to_volume": (seen.written or {}).get("bytes"),
        "allocated_in_volume": (seen.written or {}).get("allocated"),
        "layer_before": before,
        "layer_after": filled,
        "layer_grew": grew,
        "driver": seen.driver,
    }
    control = {
        "written_to_layer": (seen.control or {}).get("bytes"),
        "layer_grew": _difference(grown, filled),
    }
    if grew is not None and grew > 0 and seen.written:
        remedy = (
            f"the engine (storage driver {seen.driver}) keeps what is written to a volume in the "
            "container's layer; use one whose volumes are mounted from outside of it"
        )
        return _row(LAYER, "fail", evidence, control, remedy)
    why = _unseen(seen, (before, filled, grown, seen.written, seen.control))
    if why is None and evidence["written_to_volume"] != VOLUME_BYTES:
        why = "the volume does not hold what was written", _AGAIN
    if why is None and grew != 0:
        why = f"the layer shrank by {-(grew or 0)} bytes during the trial", _AGAIN
    if why is None and (control["layer_grew"] or 0) < LAYER_BYTES:
        why = (
            "the control failed: the engine does not see what a container writes to its layer",
            f"storage driver {seen.driver} reports no sizes; use one that does, such as overlay2",
        )
    return _concluded(LAYER, evidence, control, why)


def outlives(seen: Observed) -> Row:
    written, read = seen.written or {}, seen.read or {}
    evidence = {
        "bytes_written": written.get("bytes"),
        "sha256_written": written.get("sha256"),
        "bytes_read": read.get("bytes"),
        "sha256_read": read.get("sha256"),
        "writer": (seen.writer or "")[:12],
        "writer_gone": seen.writer_gone,
        "reader": (seen.reader or "")[:12],
    }
    control = {
        "written_to_layer": (seen.control or {}).get("bytes"),
        "layer_file_in_reader": None if seen.layer_seen is None else bool(seen.layer_seen),
    }
    needed = (seen.writer, seen.reader, seen.writer_gone, seen.control, seen.layer_seen)
    why = _unseen(seen, (*needed, seen.written, seen.read))
    if why is None and (not seen.writer_gone or seen.writer == seen.reader):
        why = "the container that wrote was not removed, so nothing outlived it", _AGAIN
    if why is None and not (written.get("sha256") and control["written_to_layer"]):
        why = "the container wrote nothing that could be looked for", _AGAIN
    if why is None and not _same(written, read):
        remedy = (
            "the engine's volumes lose or change data: see where it keeps them (`docker info`, "
            "Docker Root Dir) and what else writes or clears that folder"
        )
        return _row(OUTLIVES, "fail", evidence, control, remedy)
    if why is None and control["layer_file_in_reader"]:
        why = "the control failed: the new container has a file of the removed one's layer", _AGAIN
    return _concluded(OUTLIVES, evidence, control, why)


def _same(written: Mapping[str, Any], read: Mapping[str, Any]) -> bool:
    return all(written.get(key) == read.get(key) for key in ("bytes", "sha256"))


def _difference(after: int | None, before: int | None) -> int | None:
    return None if after is None or before is None else after - before


def _unseen(seen: Observed, needed: tuple[object, ...]) -> tuple[str, str] | None:
    """Why something needed was not seen, and the way out; None when all of it was."""
    if all(value is not None for value in needed):
        return None
    if seen.problem is not None:
        return seen.problem.what, seen.problem.remedy
    return (
        f"storage driver {seen.driver} does not say how large a container's layer is",
        "use a storage driver that does, such as overlay2",
    )


def _concluded(
    check: str, evidence: Row, control: Row, why: tuple[str, str] | None
) -> dict[str, Any]:
    if why is None:
        return _row(check, "pass", evidence, control)
    problem, remedy = why
    return _row(check, "error", {"problem": problem, **evidence}, control, remedy)


def _row(check: str, status: str, evidence: Row, control: Row, remedy: str = "") -> Row:
    return {
        "id": check,
        "subject": "*",
        "required": True,
        "status": status,
        "claim": CLAIMS[check],
        "method": "behaviour",
        "evidence": {key: value for key, value in evidence.items() if value not in (None, "")},
        "control": {key: value for key, value in control.items() if value is not None},
        **({"remedy": remedy} if remedy else {}),
    }
