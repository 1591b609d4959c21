"""The verdict in a word and a sentence, and where it was reached. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from report.cells import BAD, DOUBT, GOOD
from report.reading import Row, mapping, pairs, rows, text
from verifier.render import VERDICTS

_TONES = {"isolated": GOOD, "not_isolated": BAD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    word: str
    tone: str
    sentence: str
    proof: str
    try_it: str

    @property
    def lede(self) -> str:
        """The sentence without the verdict that it begins with."""
        _, colon, rest = self.sentence.partition(": ")
        start = self.sentence.lower().startswith(f"{self.word.lower()}: ")
        return rest if start and colon else self.sentence


def verdict(report: Row) -> Verdict:
    name = text(report.get("verdict"))
    baseline = mapping(mapping(report.get("host")).get("baseline"))
    pid, comm = baseline.get("pid"), text(baseline.get("comm"))
    proof = try_it = ""
    targets = rows(report.get("targets"))
    if name in ("isolated", "not_isolated") and targets:
        proof = (
            "the inode of each /proc/<pid>/ns file, compared between containers and with the "
            f"host's {comm} (pid {pid}) that started them"
        )
        try_it = f"readlink /proc/{targets[0].get('pid')}/ns/net /proc/{pid}/ns/net"
    return Verdict(
        word=VERDICTS.get(name, "UNKNOWN"),
        tone=_TONES.get(name, DOUBT),
        sentence=text(report.get("summary")),
        proof=proof,
        try_it=try_it,
    )


def environment(report: Row) -> list[tuple[str, str]]:
    """Facts about the machine and the run, as (name, value)."""
    host = mapping(report.get("host"))
    baseline = mapping(host.get("baseline"))
    shims = baseline.get("shims", "")
    taken_from = f"{text(baseline.get('comm'))}, process {baseline.get('pid')}"
    facts = [
        ("kernel", text(host.get("kernel"))),
        ("cgroup", text(host.get("cgroup"))),
        ("security module", text(host.get("lsm")) or "none seen"),
        ("user ids remapped by the engine", _yes(host.get("userns_remap"))),
        ("rootless engine", _yes(host.get("rootless"))),
        ("the host's namespaces read from", f"{taken_from} (and {shims} shims agree)"),
        ("run", text(report.get("run_id"))),
        ("question (SHA-256)", text(report.get("spec_sha256"))),
        ("report", f"schema {text(report.get('schema'))}, exit code {report.get('exit_code')}"),
    ]
    return [(name, value) for name, value in facts if value]


def _yes(value: object) -> str:
    return {True: "yes", False: "no"}.get(value, "") if isinstance(value, bool) else ""


def timings(report: Row) -> list[tuple[str, str]]:
    """Milliseconds of each phase."""
    return pairs(report.get("timing_ms"))
