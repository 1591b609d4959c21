"""Machines that the stack makes in AWS. Imported for those kinds alone, and with it pulumi_aws."""

import pulumi

from components.cloud_init import choose_address_pools
from components.host import Host
from components.hosts.ec2 import Ec2Host, Ec2HostArgs
from components.hosts.lightsail import LightsailHost, LightsailHostArgs
from components.hosts.new_machine import MachineSetup
from infra.model.host_aws import AwsHostConfig, Ec2HostConfig, LightsailHostConfig
from infra.model.lab import Lab
from infra.surroundings import Surroundings

NAME = "host"


def aws_host(lab: Lab, config: Ec2HostConfig | LightsailHostConfig, around: Surroundings) -> Host:
    _say_end_of_support(config, around.stack)
    match config:
        case Ec2HostConfig():
            return Ec2Host(NAME, ec2_args(lab, config, around)).host
        case LightsailHostConfig():
            return LightsailHost(NAME, lightsail_args(lab, config, around)).host


def ec2_args(lab: Lab, config: Ec2HostConfig, around: Surroundings) -> Ec2HostArgs:
    return Ec2HostArgs(
        title=title(around),
        region=config.region,
        ami=config.ami,
        instance_type=config.instance_type,
        root_volume_gib=config.root_volume_gib,
        admin_cidr=str(config.admin_cidr),
        setup=setup(lab, config),
        tags=tags(config, around),
        vpc_id=config.vpc_id,
        subnet_id=config.subnet_id,
        termination_protection=config.termination_protection,
        session_manager=config.session_manager,
    )


def lightsail_args(
    lab: Lab, config: LightsailHostConfig, around: Surroundings
) -> LightsailHostArgs:
    return LightsailHostArgs(
        title=title(around),
        region=config.region,
        zone=config.zone,
        blueprint=config.image,
        bundle=config.bundle,
        admin_cidr=str(config.admin_cidr),
        setup=setup(lab, config),
        tags=tags(config, around),
    )


def setup(lab: Lab, config: Ec2HostConfig | LightsailHostConfig) -> MachineSetup:
    ranges = [network.subnet for network in lab.networks.values()]
    return MachineSetup(
        os=config.os,
        public_key=config.public_key,
        identity_file=config.identity_file,
        updates=config.updates,
        userns_remap=config.userns_remap,
        address_pools=choose_address_pools([*ranges, config.own_range]),
        ready_within_seconds=int(config.ready_within.total_seconds()),
    )


def title(around: Surroundings) -> str:
    """What AWS's console shows of the machine."""
    return f"{around.project}-{around.stack}-{NAME}"


def tags(config: AwsHostConfig, around: Surroundings) -> dict[str, str]:
    """What everything carries: whose it is, and what the user adds."""
    own = {"project": around.project, "stack": around.stack, "managed-by": "pulumi"}
    return {**config.tags, **own}


def _say_end_of_support(config: AwsHostConfig, stack: str) -> None:
    """At preview, which an `up` begins with: so once."""
    if config.os == "al2" and pulumi.runtime.is_dry_run():
        then = f" and run `make pin STACK={stack}`" if isinstance(config, Ec2HostConfig) else ""
        pulumi.log.warn(
            "lab.host.os: Amazon Linux 2 reached its end of support on 2026-06-30: count on no "
            f"more updates. To move to Amazon Linux 2023 write `os: al2023`{then}; that replaces "
            "the machine and everything on it"
        )
