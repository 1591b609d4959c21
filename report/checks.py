"""The checks of a report in families, ids and rows, and those that keep a lab from its verdict.
Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from report.cells import BAD, DOUBT, GOOD, QUIET, Cell
from report.explained import how
from report.reading import Row, mapping, pairs, rows, text

FAMILIES = {
    "env": "What was looked at",
    "mnt": "MNT: mounts, the file tree",
    "ipc": "IPC: queues and shared memory",
    "uts": "UTS: the host name",
    "pid": "PID: processes",
    "net": "NET: interfaces, reachability, names",
    "user": "USER: user ids",
    "cgroup": "CGROUP: limits",
    "time": "TIME: the clock since boot",
    "vol": "Volumes and bind mounts",
    "confine": "Confinement",
    "demo": "Demonstrations",
    "other": "Other checks",
}
_ALIASES = {"map": "env", "baseline": "env", "spec": "env", "verifier": "env"}
_WORDS = {
    "pass": ("passed", GOOD),
    "fail": ("failed", BAD),
    "error": ("unknown", DOUBT),
    "skipped": ("not run", DOUBT),
    "info": ("information", QUIET),
    "not_applicable": ("not applicable", QUIET),
}
_OPTIONAL = ", not required"
_WORST_FIRST = (BAD, DOUBT, GOOD, QUIET)


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """A check of one subject, "" for all together."""

    id: str
    subject: str
    status: Cell
    required: bool
    claim: str
    how: str
    evidence: tuple[tuple[str, str], ...]
    expected: tuple[tuple[str, str], ...]
    control: tuple[tuple[str, str], ...]
    remedy: str
    ms: float | None

    @property
    def blocks(self) -> bool:
        return self.required and self.status.tone in (BAD, DOUBT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All checks of one id."""

    id: str
    how: str
    checks: tuple[One, ...]

    @property
    def tone(self) -> str:
        blocking = {one.status.tone for one in self.checks if one.blocks}
        tones = blocking or {one.status.tone for one in self.checks} - {BAD, DOUBT} or {QUIET}
        return next(tone for tone in _WORST_FIRST if tone in tones)

    @property
    def tally(self) -> str:
        """`4 passed`, or `3 passed, 1 failed`."""
        return tally(self.checks)

    @property
    def claim(self) -> str:
        """What is claimed of each; of the first, where the claims are not alike."""
        first = self.checks[0]
        alike = Counter(_of_each(one) for one in self.checks).most_common(1)[0]
        if len(self.checks) == 1 or not first.subject:
            return first.claim
        return alike[0] if alike[1] > 1 else f"{first.claim}, and so on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    key: str
    title: str
    groups: tuple[Group, ...]

    @property
    def checks(self) -> tuple[One, ...]:
        return tuple(one for group in self.groups for one in group.checks)


def _of_each(one: One) -> str:
    return one.claim.replace(one.subject, "each container") if one.subject else one.claim


def tally(checks: tuple[One, ...]) -> str:
    found = Counter(one.status.word for one in checks)
    words = [word for word, _ in _WORDS.values()]
    order = [*words, *(f"{word}{_OPTIONAL}" for word in words)]
    return ", ".join(f"{found[word]} {word}" for word in order if found[word])


def read(row: Row) -> One:
    word, tone = _WORDS.get(text(row.get("status")), ("unknown", DOUBT))
    required = bool(row.get("required", True))
    if not required and tone in (BAD, DOUBT):
        word, tone = f"{word}{_OPTIONAL}", QUIET
    subject, took = text(row.get("subject")), row.get("ms")
    return One(
        id=text(row.get("id")),
        subject="" if subject == "*" else subject,
        status=Cell(word=word, tone=tone),
        required=required,
        claim=text(row.get("claim")),
        how=how(row),
        evidence=tuple(pairs(row.get("evidence"))),
        expected=tuple(pairs(row.get("expected"))),
        control=tuple(pairs(row.get("control"))),
        remedy=text(row.get("remedy")),
        ms=float(took) if isinstance(took, int | float) and not isinstance(took, bool) else None,
    )


def all_checks(report: Row) -> tuple[One, ...]:
    return tuple(read(row) for row in rows(report.get("checks")))


def problems(report: Row) -> tuple[One, ...]:
    """What keeps the lab from being isolated, failures first."""
    blocking = [one for one in all_checks(report) if one.blocks]
    return tuple(sorted(blocking, key=lambda one: _WORST_FIRST.index(one.status.tone)))


def families(report: Row) -> tuple[Family, ...]:
    """In the order of teaching; without empty ones."""
    groups: dict[str, dict[str, list[One]]] = {key: {} for key in FAMILIES}
    for one in all_checks(report):
        groups[family_of(one.id)].setdefault(one.id, []).append(one)
    return tuple(
        Family(
            key=key,
            title=FAMILIES[key],
            groups=tuple(
                Group(id=name, how=listed[0].how, checks=tuple(listed))
                for name, listed in groups[key].items()
            ),
        )
        for key in FAMILIES
        if groups[key]
    )


def family_of(check_id: str) -> str:
    first = check_id.partition(".")[0]
    key = _ALIASES.get(first, first)
    return key if key in FAMILIES else "other"


def counts(report: Row) -> dict[str, int]:
    """How many checks have each status, as the report itself says."""
    return {
        key: value
        for key, value in mapping(report.get("counts")).items()
        if isinstance(value, int) and not isinstance(value, bool)
    }
