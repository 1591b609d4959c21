"""What the scratch containers run, by `python3 -c`: one step a process, one JSON line. No imports
but the standard library, and nothing of this project: its text goes into the container.
"""

import hashlib
import json
import os
import signal
import sys
from typing import Any

VOLUME = "/docklab-volume"
IN_VOLUME = f"{VOLUME}/data"
IN_LAYER = "/docklab-layer"
VOLUME_BYTES = 8 << 20
LAYER_BYTES = 1 << 20


def write(path: str, size: int) -> dict[str, Any]:
    """Random data, on the disk when this returns."""
    data = os.urandom(size)
    with open(path, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return {**look(path), "sha256": hashlib.sha256(data).hexdigest()}


def look(path: str) -> dict[str, Any]:
    """A file's size and what it takes on the disk; {} where there is none."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return {}
    return {"bytes": found.st_size, "allocated": found.st_blocks * 512}


def read(path: str) -> dict[str, Any]:
    """A file's size and hash; {} where there is none."""
    found = look(path)
    if found:
        with open(path, "rb") as file:
            found["sha256"] = hashlib.sha256(file.read()).hexdigest()
    return found


STEPS = {
    "fill": lambda: {"volume": write(IN_VOLUME, VOLUME_BYTES)},
    "grow": lambda: {"layer": write(IN_LAYER, LAYER_BYTES)},
    "read": lambda: {"volume": read(IN_VOLUME), "layer": look(IN_LAYER)},
}

if __name__ == "__main__":
    if sys.argv[1] == "wait":
        signal.pause()
    print(json.dumps(STEPS[sys.argv[1]]()))
