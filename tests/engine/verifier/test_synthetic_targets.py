"""Processes that share exactly one namespace with the host: the one check of it must fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine.verifier import synthetic
from engine.verifier.engine import Engine, spec
from engine.verifier.marks import each, mutant

pytestmark = pytest.mark.engine
Peers = dict[str, dict[str, str]]
# It keeps the host's root folder, mounts and capabilities, whatever else it shares.
OF_THE_HOST = {"mnt.root", "mnt.undeclared", "confine"}
TARGETS = {
    **{name: ({f"{name}.host"} | OF_THE_HOST,) for name in synthetic.FLAGS},
    "nothing": (OF_THE_HOST,),
}


@pytest.mark.parametrize("name", each(TARGETS))
def test_a_process_that_shares_one_namespace_with_the_host_fails_for_that_one(
    name: str, plain: Engine, peers: Peers, archive_file: Path
) -> None:
    real = plain.pid("a")
    if not synthetic.possible(real):
        pytest.skip("needs root on the engine's own machine")
    with synthetic.container(name, real) as made_up:
        run = plain.observe(spec({**peers[plain.host], "odd": made_up}), file=archive_file)
    expected = set() if name == "nothing" else {f"{name}.host"}
    assert {one for one in run.ids("fail") if one.endswith((".host", ".peer"))} == expected
    assert run.ids("error") == set()
    assert TARGETS[name][0] <= run.ids("fail")


@pytest.mark.parametrize(
    ("name", "failing"), [mutant(name, {f"{name}.peer"}) for name in ("mnt", "uts", "ipc", "net")]
)
def test_two_processes_that_share_one_namespace_fail_together(
    name: str, failing: set[str], plain: Engine, peers: Peers, archive_file: Path
) -> None:
    real = plain.pid("a")
    if not synthetic.possible(real):
        pytest.skip("needs root on the engine's own machine")
    with (
        synthetic.container("nothing", real) as first,
        synthetic.container(name, real, peer=first) as second,
    ):
        odd = {"odd": first, "even": second}
        run = plain.observe(spec({**peers[plain.host], **odd}), file=archive_file)
    assert {one for one in run.ids("fail") if one.endswith((".host", ".peer"))} == failing
    assert run.rows(f"{name}.peer")[0]["evidence"]["distinct"] == 3
