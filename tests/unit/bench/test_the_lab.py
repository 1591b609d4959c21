"""The bench's lab: one shape for all contenders, accepted by docklab's own model."""

from ipaddress import ip_network

import pytest

from bench.lab import BenchLab, compose_file, free_subnets, gateway, stack_settings
from infra.model.lab import Lab

LAB = BenchLab(
    run="0a1b2c3d",
    containers=10,
    subnets=("10.213.0.0/24", "10.213.1.0/24", "10.213.2.0/24"),
)


@pytest.mark.parametrize("verified", [True, False])
def test_the_stack_file_describes_a_lab_that_docklab_takes(verified):
    lab = Lab.model_validate(stack_settings(LAB, verified))
    assert (len(lab.containers), len(lab.networks), len(lab.volumes)) == (10, 3, 2)
    assert lab.verification.enabled is verified


def test_docklab_and_compose_are_told_the_same_lab():
    ours, theirs = stack_settings(LAB, verified=False), compose_file(LAB, "project")
    assert list(ours["containers"]) == list(theirs["services"])
    assert list(ours["volumes"]) == list(theirs["volumes"])
    for key, container in ours["containers"].items():
        assert list(container["networks"]) == list(theirs["services"][key]["networks"])
        [mount] = container["volumes"]
        assert theirs["services"][key]["volumes"] == [
            f"{mount['volume']}:{mount['target']}:{mount['mode']}"
        ]


def test_compose_keeps_the_dollar_of_a_command():
    command = compose_file(LAB, "project")["services"]["c0"]["command"]
    assert command[-1].endswith("wait $$!")


def test_what_a_run_makes_bears_its_mark_for_the_sweep():
    assert all(LAB.run in name for name in LAB.volumes)


def test_a_range_that_the_engine_has_given_away_is_not_taken():
    found = free_subnets(["10.213.0.0/23", "172.17.0.0/16", "fd00::/64"])
    assert found == ("10.213.2.0/24", "10.213.3.0/24", "10.213.4.0/24")
    assert not any(ip_network(subnet).overlaps(ip_network("10.213.0.0/23")) for subnet in found)


def test_an_engine_without_a_free_range_is_refused_with_the_way_out():
    with pytest.raises(ValueError, match="remove networks of the engine"):
        free_subnets(["10.0.0.0/8"])


def test_the_gateway_is_the_first_address():
    assert gateway("10.213.4.0/24") == "10.213.4.1"
