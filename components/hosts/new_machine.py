"""What EC2 and Lightsail have in common: how a new Amazon Linux machine is set up and reached."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_docker as docker

from components import ssh_access
from components.cloud_init import AddressPool, UserData
from components.cloud_init.user_data import Os, Updates
from components.host import Host
from components.hosts.host_key import HostKey
from components.hosts.readiness import readiness
from components.ssh_access import SshAccess

USER = "ec2-user"
LAB_DIR = "/srv/docklab"


@dataclass(frozen=True, kw_only=True)
class MachineSetup:
    """`public_key` is the user's own; `address_pools` are the engine's, none of them the lab's."""

    os: Os
    public_key: str
    identity_file: str | None = None
    updates: Updates = "security"
    userns_remap: bool = True
    address_pools: tuple[AddressPool, ...]
    ready_within_seconds: int


def user_data(
    setup: MachineSetup, key: HostKey, render: Callable[[UserData], str]
) -> pulumi.Output[str]:
    """The first boot's orders, a secret: the private host key is among them.

    Raises:
        pulumi.RunError: inside the output, when they are longer than AWS takes.
    """

    def rendered(pair: Sequence[str]) -> str:
        try:
            return render(first_boot(setup, *pair))
        except ValueError as error:
            raise pulumi.RunError(f"lab.host: {error}") from None

    return pulumi.Output.secret(pulumi.Output.all(key.private, key.public).apply(rendered))


def first_boot(setup: MachineSetup, private: str, public: str) -> UserData:
    """What the first boot is told, with the machine's host key. Raises ValueError."""
    return UserData(
        os=setup.os,
        user=USER,
        host_key_private=private,
        host_key_public=public,
        address_pools=setup.address_pools,
        userns_remap=setup.userns_remap,
        updates=setup.updates,
        lab_dir=LAB_DIR,
    )


def access(
    setup: MachineSetup,
    key: HostKey,
    address: pulumi.Output[str],
    proxy_command: str | None = None,
) -> pulumi.Output[SshAccess]:
    """How this machine reaches the new one, under the host key that was made for it."""
    return pulumi.Output.all(address, key.public).apply(
        lambda known: SshAccess(
            user=USER,
            address=known[0],
            host_key=known[1],
            identity_file=setup.identity_file,
            proxy_command=proxy_command,
        )
    )


def reached(
    name: str,
    setup: MachineSetup,
    way: pulumi.Output[SshAccess],
    machine: pulumi.CustomResource,
    *,
    triggers: Sequence[pulumi.Input[str]],
    opts: pulumi.ResourceOptions,
) -> Host:
    """The host, once it answers. `machine` is what ends it; a new trigger waits for it again."""
    ready = readiness(
        name,
        way,
        first_boot=True,
        within_seconds=setup.ready_within_seconds,
        triggers=triggers,
        opts=opts,
    )
    docker_host = way.apply(ssh_access.url)
    ssh_options = way.apply(lambda a: [*ssh_access.options(a), *ssh_access.sharing()])
    provider = docker.Provider(
        f"{name}-docker",
        host=docker_host,
        ssh_opts=ssh_options,
        opts=pulumi.ResourceOptions(parent=opts.parent, depends_on=[ready]),
    )
    return Host(
        docker=provider,
        ends_with=machine,
        address=way.apply(lambda a: a.address),
        docker_host=docker_host,
        lab_dir=LAB_DIR,
        ssh_options=ssh_options,
        shell=way.apply(lambda a: ssh_access.command(a, shared=False)),
        outputs={
            "address": way.apply(lambda a: a.address),
            "ssh": way.apply(ssh_access.way_in),
            "docker_version": ready.stdout,
            "known_hosts": way.apply(lambda a: f"{a.address} {a.host_key}"),
        },
    )
