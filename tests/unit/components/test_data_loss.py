"""Which edits destroy data, decided on plain values."""

from hypothesis import given
from hypothesis import strategies as st

from components.data_loss import DeclaredVolume, allowed_losses, losses
from components.recorded_state import Recorded, RecordedVolume, recorded

DATA = RecordedVolume(key="data", name="data-volume-0a1b2c3", driver="local")
VOLUME = "docklab:storage:DataVolume$docker:index/volume:Volume"


def urn(chain, name):
    return f"urn:pulumi:test::docklab::{chain}::{name}"


def test_a_volume_taken_out_of_the_yaml_is_a_loss_with_two_ways_out():
    [said] = losses([DATA], {}, [])
    assert said.startswith("lab.volumes.data: is gone from the lab, and its data (volume data-vol")
    assert "put data back, or write allow_data_loss: [data]" in said


def test_a_renamed_volume_is_a_loss_of_the_old_one():
    [said] = losses([DATA], {"store": DeclaredVolume()}, [])
    assert "A renamed key is a new, empty volume" in said


def test_a_change_that_replaces_is_a_loss_and_names_the_change():
    [said] = losses([DATA], {"data": DeclaredVolume(options={"type": "tmpfs"})}, [])
    assert "options none -> {'type': 'tmpfs'} replaces volume data-volume-0a1b2c3" in said
    [said] = losses([DATA], {"data": DeclaredVolume(driver="nfs")}, [])
    assert "driver local -> nfs replaces" in said


def test_what_goes_with_leave_is_told_as_well():
    assert allowed_losses([DATA], {}, ["data"]) == [("data", "data-volume-0a1b2c3")]
    assert allowed_losses([DATA], {"data": DeclaredVolume()}, ["data"]) == []
    assert allowed_losses([DATA], {}, []) == []


def test_leave_for_one_volume_is_no_leave_for_another():
    other = RecordedVolume(key="logs", name="logs-volume-1", driver="local")
    [said] = losses([DATA, other], {}, ["data"])
    assert said.startswith("lab.volumes.logs:")


keys = st.sampled_from(["a", "b", "c"])
shapes = st.builds(
    DeclaredVolume, driver=st.just("local"), options=st.sampled_from([{}, {"type": "tmpfs"}])
)


@given(st.dictionaries(keys, shapes), st.dictionaries(keys, shapes), st.sets(keys))
def test_nothing_is_lost_silently_and_nothing_kept_is_called_lost(before, after, allowed):
    was = [
        RecordedVolume(key=key, name=key, driver=v.driver, options=v.options)
        for key, v in before.items()
    ]
    told = {line.split(":")[0] for line in losses(was, after, allowed)}
    destroyed = {key for key, volume in before.items() if after.get(key) != volume}
    assert told == {f"lab.volumes.{key}" for key in destroyed - allowed}


def test_the_checkpoint_is_read_for_the_labs_volumes_and_the_engine():
    provider = urn("docklab:host:LocalHost$pulumi:providers:docker", "host-docker")
    found = recorded(
        {
            urn(VOLUME, "data-volume"): {
                "type": "docker:index/volume:Volume",
                "outputs": {"name": "data-volume-0a1b2c3", "driver": "local", "driverOpts": None},
            },
            urn("docker:index/volume:Volume", "foreign-volume"): {"outputs": {"name": "x"}},
            urn("pulumi:pulumi:Stack", "docklab-test"): {"outputs": {}},
            provider: {"type": "pulumi:providers:docker", "outputs": {"host": "unix:///a"}},
        }
    )
    assert found == Recorded(volumes=(DATA,), docker_host="unix:///a")


def test_an_empty_checkpoint_holds_nothing():
    assert recorded({}) == Recorded()
