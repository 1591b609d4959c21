"""The lab that `make up` brings up in a fresh clone, through every verb in turn."""

from __future__ import annotations

import pytest
from e2e.harness import Lab, NewLab

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
ALL = {"MNT", "IPC", "UTS", "PID", "NET", "USER"}


@pytest.fixture(scope="module")
def lab(new_lab: NewLab, remapped: str) -> Lab:
    """The default lab, under a name and with addresses of its own, up."""
    made = new_lab(remapped)
    text = (made.root / "stacks" / "Pulumi.local.yaml").read_text()
    _, first, second, _ = made.subnet.split(".")
    text = text.replace("172.30.10.", f"10.{first}.{second}.")
    made.write_text(text.replace("172.30.20.", f"10.{first}.{(int(second) + 1) % 256}."))
    made.up()
    return made


def test_up_again_changes_nothing_and_claims_every_namespace(lab: Lab) -> None:
    before = lab.things().containers()
    run = lab.up()
    assert run.isolated >= ALL
    assert "unchanged" in run.text
    assert not any(word in run.text for word in (" created", " updated", " replaced", " deleted"))
    assert lab.things().containers() == before
    assert before.keys() >= {"web", "visitor", "keeper", "archivist"}


def test_up_with_refresh_finds_no_difference(lab: Lab) -> None:
    before = lab.things().containers()
    lab.up("--refresh", "--expect-no-changes")
    assert lab.things().containers() == before


@pytest.mark.parametrize(
    "verb", ["preview", "refresh", "stacks", "doctor", "env", "setup", "report"]
)
def test_a_verb_that_only_looks_leaves_lab_and_clone_as_they_are(lab: Lab, verb: str) -> None:
    before = lab.things().containers()
    run = lab.verb(verb)
    assert run.code == 0, run.text
    assert lab.things().containers() == before


def test_verify_makes_the_verification_anew_and_nothing_else(lab: Lab) -> None:
    before = lab.things().containers()
    run = lab.verb("verify")
    assert run.isolated >= ALL, run.text
    after = lab.things().containers()
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert len(changed) == 1
    assert not changed & {"web", "visitor", "keeper", "archivist"}


def test_down_leaves_nothing_and_again_is_no_error(lab: Lab) -> None:
    volumes = lab.things().mounted()
    folder = lab.home / "lab" / lab.stack
    assert volumes
    assert folder.is_dir()
    for _ in range(2):
        assert lab.verb("down").code == 0
        assert lab.things().nothing()
        assert lab.things().still_there(volumes) == set()
        assert not folder.exists()
