"""What the verifier itself held at one moment of its run. No decisions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the verifier held once a part of the run was over, by the kernel's word.

    users: its user and group ids of all kinds; capabilities: a mask; surplus: those of them that
    it should have given away; back: what came of trying to be root again.
    """

    after: str
    ms: float
    users: tuple[int, ...]
    capabilities: int
    surplus: int = 0
    back: str = ""
