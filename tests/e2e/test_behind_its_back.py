"""Containers that somebody changed without Pulumi, and plain `pulumi up --refresh` after it."""

from __future__ import annotations

import pytest
from e2e.harness import Lab

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def lab(lab: Lab) -> Lab:
    """A lab that is up."""
    lab.write(lab.small())
    lab.up()
    return lab


def refresh(lab: Lab) -> None:
    run = lab.pulumi("up", "--yes", "--skip-preview", "--refresh", "--stack", lab.stack)
    assert run.code == 0, run.text
    for key in ("one", "two"):
        assert lab.things().inspect(key)["State"]["Running"]


def test_a_removed_container_comes_back_and_is_verified(lab: Lab) -> None:
    before = lab.things().containers()
    lab.things().container("two").remove(force=True)
    refresh(lab)
    after = lab.things().containers()
    assert after.keys() == before.keys()
    assert after["one"] == before["one"]
    changed = {key for key in before if after[key] != before[key]}
    assert "two" in changed
    assert changed & (before.keys() - {"one", "two"}), "the verification did not run again"


def test_a_stopped_container_runs_again(lab: Lab) -> None:
    lab.things().container("one").stop(timeout=5)
    refresh(lab)
    assert lab.verb("verify").isolated


def test_a_restarted_container_is_verified_again_by_the_next_up(lab: Lab) -> None:
    before = lab.things().containers()
    lab.things().container("one").restart(timeout=5)
    assert lab.up().isolated
    after = lab.things().containers()
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert len(changed) == 1
    assert not changed & {"one", "two"}
    assert lab.up("--expect-no-changes").isolated


def test_a_changed_limit_is_put_back(lab: Lab) -> None:
    before = lab.things().containers()
    lab.things().container("one").update(mem_limit=64 * MIB, memswap_limit=128 * MIB)
    assert lab.things().inspect("one")["HostConfig"]["Memory"] == 64 * MIB
    refresh(lab)
    assert lab.things().inspect("one")["HostConfig"]["Memory"] == 32 * MIB
    assert lab.things().containers().keys() == before.keys()
    lab.up("--refresh", "--expect-no-changes")
