"""Processes that share exactly one namespace with the host: the one check of it must fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine.verifier import synthetic
from engine.verifier.engine import Engine, spec

pytestmark = pytest.mark.engine
Peers = dict[str, dict[str, str]]


@pytest.mark.parametrize("name", [*synthetic.FLAGS, "nothing"])
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
    # It keeps the host's root folder, mounts and capabilities, whatever else it shares.
    assert {"mnt.root", "mnt.undeclared", "confine"} <= run.ids("fail")
