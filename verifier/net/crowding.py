"""Whether the kernel had no room for another neighbour, so that silence proves nothing.

One table holds the neighbours (ARP) of all network namespaces of a machine together. When it is
full, whoever is not in it yet cannot be reached, and nobody is told: it looks like isolation. What
is in use makes room after a minute only, so that trying again at once is of no use.
"""

from __future__ import annotations

from collections.abc import Mapping

from verifier.facts import Result, Unread
from verifier.procfs import ProcFs
from verifier.scan import KTHREADD

STATISTICS = "net/stat/arp_cache"
"""Found in the machine's first network namespace alone, which is kthreadd's."""
COLUMN = b"table_fulls"
SILENCE = ("TIMEOUT", "EHOSTUNREACH")
FULL = "ENOBUFS"
"""The word for silence while the table was full."""


def refusals(proc: ProcFs) -> int | None:
    """How many neighbours the kernel had no room for since it began; None where it is not told."""
    text = proc.read(KTHREADD, STATISTICS)
    return None if isinstance(text, Unread) else counted(text)


def counted(text: bytes) -> int | None:
    """The column's sum over all processors; None for another text."""
    heading, *rows = text.splitlines() or [b""]
    names = heading.split()
    if COLUMN not in names:
        return None
    place = names.index(COLUMN)
    try:
        return sum(int(row.split()[place], 16) for row in rows)
    except (ValueError, IndexError):
        return None


def doubted(results: Mapping[str, Result]) -> dict[str, Result]:
    """Results by address, of a time in which the kernel refused neighbours."""
    return {at: (FULL if what in SILENCE else what, ms) for at, (what, ms) in results.items()}
