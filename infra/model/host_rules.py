"""Rules between a host and the lab on it: room in memory, ranges that do not collide. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from infra.model.aws_values import bundle_memory, instance_memory
from infra.model.base import Problem
from infra.model.host_aws import Ec2HostConfig, LightsailHostConfig
from infra.model.quantities import MIB, in_units

if TYPE_CHECKING:
    from infra.model.lab import Lab

SYSTEM_MEMORY = 512 * MIB  # Amazon Linux, the Docker engine, the verification


def host_problems(lab: Lab) -> Iterator[Problem]:
    yield from _memory(lab)
    yield from _ranges(lab)


def _ranges(lab: Lab) -> Iterator[Problem]:
    host = lab.host
    if isinstance(host, Ec2HostConfig):
        whose = "the VPC's range (lab.host.vpc_cidr)"
    elif isinstance(host, LightsailHostConfig):
        whose = "the range of all Lightsail machines"
    else:
        return
    for key, network in lab.networks.items():
        if network.subnet.overlaps(host.own_range):
            yield Problem(
                ("networks", key, "subnet"),
                f"{network.subnet} overlaps {host.own_range}, {whose}; the machine could not "
                "reach its own network: take another range",
            )


def _memory(lab: Lab) -> Iterator[Problem]:
    host = lab.host
    if isinstance(host, Ec2HostConfig):
        key, size, has = "instance_type", host.instance_type, instance_memory(host.instance_type)
    elif isinstance(host, LightsailHostConfig):
        key, size, has = "bundle", host.bundle, bundle_memory(host.bundle)
    else:
        return
    wanted = sum(container.memory for container in lab.containers.values()) + SYSTEM_MEMORY
    if has is not None and wanted > has:
        yield Problem(
            ("host", key),
            f"{size} has {in_units(has)} of memory, and the lab may use {in_units(wanted)} "
            f"({in_units(SYSTEM_MEMORY)} of them for the system); take a larger one, or give the "
            "containers less memory",
        )
