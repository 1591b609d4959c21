"""The verifier gives away each power once it is not needed any more, and says so truly."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from engine.verifier import synthetic
from engine.verifier.engine import Engine, Started, spec, with_fault
from engine.verifier.marks import doubts
from engine.verifier.silence import Silent

pytestmark = pytest.mark.engine
Peers = dict[str, dict[str, str]]
NOBODY, SYS_PTRACE, SYS_ADMIN = 65534, 1 << 19, 1 << 21

KEEPS_CAPABILITIES = """
from verifier import libc
libc.keep_capabilities = lambda mask: None
"""


def held(pid: int) -> tuple[frozenset[int], int, int]:
    """(user and group ids of a process, its capabilities, whether it may get new ones)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    fields = {key: words.split() for key, _, words in (line.partition(":") for line in lines)}
    users = frozenset(int(word) for key in ("Uid", "Gid") for word in fields[key])
    return users, int(fields["CapPrm"][0], 16), int(fields["NoNewPrivs"][0])


def while_it_listens(started: Started) -> list[tuple[frozenset[int], int, int]]:
    """What each process of the observer holds when nobody is root any more."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            rows = [held(pid) for pid in started.pids()]
        except OSError:
            continue
        if len(rows) == 3 and SYS_PTRACE in [row[1] for row in rows]:
            return rows
        time.sleep(0.05)
    raise AssertionError(f"it never listened: {rows}")


def test_while_it_listens_each_process_is_nobody_and_holds_what_it_needs(
    silent: Silent, archive_file: Path
) -> None:
    if not synthetic.possible(silent.engine.pid("far")):
        pytest.skip("needs root on the engine's own machine")
    with silent.engine.observing(silent.spec(3000), archive_file) as started:
        rows = while_it_listens(started)
        run = started.finish()
    # The supervisor, the one who listens, and the one who looks whether anybody restarted.
    assert sorted(mask for _, mask, _ in rows) == [0, SYS_PTRACE, SYS_ADMIN]
    assert {users for users, _, _ in rows} == {frozenset({NOBODY})}
    assert {new for _, _, new in rows} == {1}
    assert run.code == 0, run.report["summary"]
    steps = run.row("env.drop", "*")["evidence"]["steps"]
    assert [step["held"] for step in steps] == [
        "SETGID, SETUID, SYS_PTRACE, SYS_ADMIN",
        "SYS_PTRACE, SYS_ADMIN",
        "SYS_PTRACE",
        "none",
    ]
    assert [step["users"] for step in steps] == ["0", *["65534"] * 3]
    assert steps[1]["ms"] < steps[2]["ms"] < steps[3]["ms"] - 2500


@doubts("env.drop")
def test_powers_that_are_not_given_away_are_noticed(
    engine: Engine, peers: Peers, tmp_path: Path
) -> None:
    file = with_fault(KEEPS_CAPABILITIES, tmp_path)
    run = engine.observe(spec(peers[engine.host]), file=file)
    assert run.code == 3
    assert "env.drop" in run.ids("error")
    assert "still held SETGID, SETUID" in run.row("env.drop", "*")["evidence"]["problem"]


def test_a_program_that_root_alone_may_read_runs_as_nobody_all_the_same(
    plain: Engine, peers: Peers, archive_file: Path, tmp_path: Path
) -> None:
    file = tmp_path / "verifier.pyz"
    file.write_bytes(archive_file.read_bytes())
    file.chmod(0o600)
    run = plain.observe(spec(peers[plain.host]), file=file)
    assert run.code == 0, run.report["summary"]
