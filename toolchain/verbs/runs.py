"""When runs that went wrong were under way, from what the backend keeps: its history and the lock a
dead run left."""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from toolchain.verbs.backend import FileBackend
from toolchain.verbs.leftovers import Window
from toolchain.verbs.locks import Lock

_WITHOUT_A_LOCK_SECONDS = 15 * 60


def last_failure(backend: FileBackend, project: str, stack: str) -> Window | None:
    """The last recorded run's time if it failed; None when it succeeded or there is none."""
    folder = os.path.join(backend.root, ".pulumi", "history", project, stack)
    try:
        names = [name for name in os.listdir(folder) if name.endswith(".history.json")]
    except FileNotFoundError:
        return None
    for name in sorted(names, reverse=True)[:1]:
        try:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                return failure_window(json.load(file))
        except (OSError, ValueError):
            return None
    return None


def failure_window(entry: Mapping[str, Any]) -> Window | None:
    """A history entry's time if it is of a run that failed. Pulumi counts in whole seconds."""
    if entry.get("result") == "succeeded":
        return None
    start, end = entry.get("startTime"), entry.get("endTime")
    return (
        Window(float(start), float(end) + 1)
        if isinstance(start, int) and isinstance(end, int)
        else None
    )


def interruption_window(
    dead: Sequence[Lock], deployment: Mapping[str, Any], now: float
) -> Window | None:
    """When the run that died was under way: from its lock; without one, from the checkpoint that
    names its operations."""
    if dead:
        return Window(min(lock.timestamp for lock in dead), now)
    if not deployment.get("pending_operations"):
        return None
    written = (deployment.get("manifest") or {}).get("time")
    try:
        moment = datetime.fromisoformat(str(written)).timestamp()
    except ValueError:
        return None
    return Window(moment - _WITHOUT_A_LOCK_SECONDS, now)
