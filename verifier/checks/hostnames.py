"""uts.name: what a container is called inside. Two may carry one name and yet be apart."""

from __future__ import annotations

from verifier.check import FAIL, INFO, Case, Check
from verifier.facts import Target, Unread
from verifier.queues import HOST
from verifier.remedies import shared_with_host

UNREAD = "unread: "


def check(case: Case) -> list[Check]:
    return [_name(case, target) for target in case.facts.targets]


def _name(case: Case, target: Target) -> Check:
    mine, host = target.ns.get("uts"), case.host_ns("uts")
    # Equal names prove nothing: with the host's network, Docker copies the host's name too.
    shared = not isinstance(mine, Unread) and mine is not None and mine == host
    return Check(
        id="uts.name",
        subject=target.name,
        status=FAIL if shared else INFO,
        required=shared,
        claim=f"{target.name} has its own host name",
        method="behaviour",
        evidence=_evidence(_word(case, target.name), _word(case, HOST)),
        remedy=shared_with_host("uts", target.name, case.policy.remap),
    )


def _evidence(name: str, host: str) -> dict[str, str]:
    """The host's name only where it says something: it is one for all of them."""
    known = not any(word.startswith(UNREAD) for word in (name, host))
    return {"name": name} if known and name != host else {"name": name, "host": host}


def _word(case: Case, name: str) -> str:
    word = case.facts.host_names.get(name, Unread("no answer"))
    return f"{UNREAD}{word.why}" if isinstance(word, Unread) else word
