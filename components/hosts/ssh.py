"""A machine of one's own behind SSH as the lab's host. Installs nothing there."""

from dataclasses import dataclass

import pulumi
import pulumi_docker as docker

from components import ssh_access
from components.host import Host
from components.hosts.readiness import readiness
from components.ssh_access import SshAccess


@dataclass(frozen=True, kw_only=True)
class SshHostArgs:
    """`lab_dir` is absolute on that machine."""

    access: SshAccess
    lab_dir: str
    ready_within_seconds: int


class SshHost(pulumi.ComponentResource):
    host: Host

    def __init__(
        self, name: str, args: SshHostArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("docklab:host:SshHost", name, None, opts)
        access = args.access
        ready = readiness(
            name,
            access,
            first_boot=False,
            within_seconds=args.ready_within_seconds,
            triggers=[ssh_access.url(access), access.host_key],
            opts=pulumi.ResourceOptions(parent=self),
        )
        ssh_options = [*ssh_access.options(access), *ssh_access.sharing()]
        provider = docker.Provider(
            f"{name}-docker",
            host=ssh_access.url(access),
            ssh_opts=ssh_options,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[ready]),
        )
        self.host = Host(
            docker=provider,
            ends_with=None,
            address=access.address,
            docker_host=ssh_access.url(access),
            lab_dir=args.lab_dir,
            ssh_options=ssh_options,
            shell=ssh_access.command(access, shared=False),
            outputs={
                "address": access.address,
                "ssh": ssh_access.way_in(access),
                "docker_version": ready.stdout,
            },
        )
        self.register_outputs({"docker_host": ssh_access.url(access)})
