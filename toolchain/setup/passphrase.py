"""The passphrase of the state's secrets: random, made once, mode 0600, never printed."""

from __future__ import annotations

import secrets
from pathlib import Path

from toolchain.setup import stamps


def ensure(file: Path) -> bool:
    """Makes the passphrase unless there is one; True when it did."""
    if file.is_file() and file.stat().st_size > 0:
        return False
    stamps.write_text(file, secrets.token_hex(32) + "\n", mode=0o600)
    return True
