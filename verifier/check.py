"""One judged claim, and the questions a check may ask of the facts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from verifier.facts import NAMESPACES, Facts, Ns, Unread
from verifier.policy import Policy
from verifier.spec import Spec

PASS, FAIL, ERROR, INFO = "pass", "fail", "error", "info"
SKIPPED, NOT_APPLICABLE = "skipped", "not_applicable"
ALL = "*"
"""Subject of a check about all containers together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A claim, what was found, and the way out when it does not hold.

    Only `pass` lets a required check count as proven; `method` is inode, behaviour or procfs.
    Empty lists of the evidence are left out, but for those that are `expected` to be empty.
    """

    id: str
    subject: str
    status: str
    claim: str
    method: str
    evidence: Mapping[str, Any]
    required: bool = True
    remedy: str = ""
    control: Mapping[str, Any] = field(default_factory=dict)
    expected: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        row: dict[str, Any] = {
            "id": self.id,
            "subject": self.subject,
            "required": self.required,
            "status": self.status,
            "claim": self.claim,
            "method": self.method,
            "evidence": {
                key: value
                for key, value in self.evidence.items()
                if value != [] or key in self.expected
            },
        }
        if self.expected:
            row["expected"] = dict(self.expected)
        if self.control:
            row["control"] = dict(self.control)
        if self.remedy and (self.required or self.status in (FAIL, ERROR)) and self.status != PASS:
            row["remedy"] = self.remedy
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What every check family is given."""

    spec: Spec
    facts: Facts
    policy: Policy
    host: Mapping[str, Ns | Unread]

    def host_ns(self, name: str) -> Ns | Unread:
        return self.host.get(name, Unread("ENOENT"))


def host_namespaces(facts: Facts) -> dict[str, Ns | Unread]:
    """The host's namespaces: those that all containers' shims agree on, the rest unread."""
    orphan = any(not target.init.shim for target in facts.targets if target.init.pid)
    if orphan or not facts.shims:
        return dict.fromkeys(NAMESPACES, Unread("a container has no containerd-shim"))
    return {name: _agreed(facts, name) for name in NAMESPACES}


def _agreed(facts: Facts, name: str) -> Ns | Unread:
    found: set[Ns] = set()
    for shim in facts.shims.values():
        value = shim.ns.get(name, Unread("ENOENT"))
        if isinstance(value, Unread):
            return value
        found.add(value)
    return found.pop() if len(found) == 1 else Unread("the shims disagree")


def show(name: str, value: Ns | Unread | None) -> str:
    """A namespace as `readlink /proc/<pid>/ns/<name>` prints it, or why it is unknown."""
    if value is None:
        return "not in this kernel"
    return f"unread: {value.why}" if isinstance(value, Unread) else f"{name}:[{value[1]}]"
