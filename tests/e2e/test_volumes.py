"""What happens to a volume's data when the lab is edited."""

from __future__ import annotations

import pytest
from e2e.harness import Lab, Run, sleeping

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def lab(lab: Lab) -> Lab:
    """A lab that is up, with data in its volume."""
    lab.write(lab.small())
    lab.up()
    lab.things().shell("one", "echo precious > /data/kept")
    return lab


def kept(lab: Lab) -> str:
    return lab.things().shell("one", "cat /data/kept")


def refused(lab: Lab, verb: str) -> Run:
    """The verb must fail, name the volume and the loss, and touch nothing."""
    before = lab.things().containers()
    volumes = lab.things().volumes()
    run = lab.verb(verb)
    assert run.code != 0
    assert run.said("would destroy data", f"lab.volumes.{lab.volume}"), run.text
    assert run.said(f"allow_data_loss: [{lab.volume}]")
    assert "Traceback" not in run.text
    assert lab.things().containers() == before
    assert lab.things().volumes() == volumes
    assert kept(lab) == "precious"
    return run


def without_volume(lab: Lab) -> dict[str, object]:
    edited = lab.small(one={"volumes": []}, two={"volumes": []})
    return {**edited, "volumes": {}}


def test_data_outlives_the_replacement_of_its_container(lab: Lab) -> None:
    before = lab.things().containers()
    lab.write(lab.small(one={"command": sleeping("edited")}))
    lab.up()
    after = lab.things().containers()
    assert after["one"] != before["one"]
    assert after["two"] == before["two"]
    assert kept(lab) == "precious"


@pytest.mark.parametrize("verb", ["preview", "up"])
def test_a_volume_taken_out_of_the_lab_is_data_loss(lab: Lab, verb: str) -> None:
    lab.write(without_volume(lab))
    refused(lab, verb)


def test_a_renamed_volume_is_data_loss(lab: Lab) -> None:
    other = f"{lab.volume}x"
    mount = {"volume": other, "target": "/data"}
    edited = lab.small(one={"volumes": [{**mount, "mode": "rw"}]}, two={"volumes": [mount]})
    lab.write({**edited, "volumes": {other: {}}})
    assert refused(lab, "up").said("A renamed key is a new, empty volume")


def test_an_edit_that_replaces_a_volume_is_data_loss(lab: Lab) -> None:
    options = {"type": "tmpfs", "device": "tmpfs"}
    lab.write({**lab.small(), "volumes": {lab.volume: {"options": options}}})
    assert refused(lab, "preview").said("replaces volume")


def test_a_volume_goes_when_its_loss_is_allowed(lab: Lab) -> None:
    volumes = {name for name in lab.things().volumes() if name.startswith(lab.volume)}
    assert volumes
    lab.write({**without_volume(lab), "allow_data_loss": [lab.volume]})
    lab.up()
    assert lab.things().still_there(volumes) == set()
