"""The lab's own program on a rented machine that can be replaced. Not a test.

Two commands play what AWS has: one is the instance, the other leads a fixed address to it. All the
rest is what an EC2 host gets.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import pulumi
import pulumi_command as command

from components.host import Host
from components.hosts.new_machine import MachineSetup, reached
from infra.config import load
from infra.hosting import ssh_args
from infra.model.host_ssh import SshHostConfig
from infra.model.lab import Lab
from infra.preflight import preflight
from infra.program import build, export
from infra.surroundings import Surroundings, surroundings
from lifecycle import fingerprint
from verifier.archive import build as verifier_archive


class RentedHost(pulumi.ComponentResource):
    """`machine` is a folder in `rack`, where `address` is a link to the one that it leads to."""

    host: Host

    def __init__(self, name: str, ssh: SshHostConfig, machine: str, rack: str) -> None:
        super().__init__("docklab:host:RentedHost", name)
        inside = pulumi.ResourceOptions(parent=self)
        instance = command.local.Command(
            f"{name}-instance",
            create='printf %s "$MACHINE"',
            delete='touch -- "$RACK/$MACHINE/terminated"',
            environment={"RACK": rack, "MACHINE": machine},
            triggers=[machine],
            opts=inside,
        )
        association = command.local.Command(
            f"{name}-association",
            create='ln -sfn -- "$MACHINE" "$RACK/address"',
            environment={"RACK": rack, "MACHINE": instance.stdout},
            triggers=[instance.id],
            opts=inside,
        )
        args = ssh_args(ssh, pulumi.get_stack())
        setup = MachineSetup(
            os="al2023",
            public_key="",
            address_pools=(),
            ready_within_seconds=args.ready_within_seconds,
        )
        self.host = reached(
            name,
            setup,
            pulumi.Output.from_input(args.access),
            instance,
            triggers=[instance.id, association.id],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[instance, association]),
        )
        self.register_outputs({"docker_host": self.host.docker_host})


def rented(lab: Lab, around: Surroundings) -> Host:  # noqa: ARG001
    assert isinstance(lab.host, SshHostConfig)
    config = pulumi.Config()
    return RentedHost("host", lab.host, config.require("machine"), config.require("rack")).host


lab = load()
around = surroundings(verifier_archive(), lifecycle=fingerprint())
preflight(lab, around)
export(build(lab, around, rented))
