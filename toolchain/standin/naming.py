"""Names for resources whose program gives none: the logical name and seven hexadecimal digits.

The digits come from the engine's random seed, so that a preview and the update that follows it
agree. Not here: what `pulumi:autonaming` proposes is the engine's own, and is taken as it is.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

MAXIMUM = 255
DIGITS = 7


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What the stack's `pulumi:autonaming` setting says: `propose`, `enforce` or `disable`."""

    mode: str
    name: str


class NamingError(ValueError):
    """No name can be made; the text says why."""


def auto_name(logical: str, seed: bytes, proposal: Proposal | None) -> str:
    """The name of a resource that was given none.

    Raises NamingError where automatic naming is disabled, or the name would be too long.
    """
    if proposal is not None and proposal.mode == "disable":
        raise NamingError("automatic naming is disabled but no explicit name was provided")
    if proposal is not None:
        name = proposal.name
    else:
        source = hashlib.sha256(seed + logical.encode()).hexdigest() if seed else None
        name = f"{logical}-{(source or secrets.token_hex(DIGITS))[:DIGITS]}"
    if len(name) > MAXIMUM and (proposal is None or proposal.mode != "enforce"):
        raise NamingError(f"calculated name '{name}' exceeds maximum length of {MAXIMUM}")
    return name
