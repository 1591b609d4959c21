"""From `lab.host` to the one `Host` that everything else is built on: a branch a kind."""

from components.host import Host
from components.hosts.local import LocalHost, LocalHostArgs
from components.hosts.ssh import SshHost, SshHostArgs
from components.ssh_access import SshAccess
from infra.model.host import LocalHostConfig
from infra.model.host_ssh import SshHostConfig
from infra.model.lab import Lab
from infra.surroundings import Surroundings


def host_of(lab: Lab, around: Surroundings) -> Host:
    """Registers the host's resources. pulumi_aws is imported by those kinds only that need it."""
    match lab.host:
        case LocalHostConfig():
            return LocalHost(
                "host", LocalHostArgs(docker_host=around.docker_host, lab_dir=around.lab_dir)
            ).host
        case SshHostConfig() as config:
            return SshHost("host", ssh_args(config, around.stack)).host
        case config:
            from infra.hosting_aws import aws_host

            return aws_host(lab, config, around)


def ssh_args(config: SshHostConfig, stack: str) -> SshHostArgs:
    return SshHostArgs(
        access=SshAccess(
            user=config.user,
            address=config.address,
            port=config.port,
            host_key=config.host_key,
            identity_file=config.identity_file,
            socket=config.socket,
        ),
        lab_dir=config.lab_dir or lab_dir(config.user, stack),
        ready_within_seconds=int(config.ready_within.total_seconds()),
    )


def lab_dir(user: str, stack: str) -> str:
    """A lab's folder in a user's home on a Linux machine."""
    home = "/root" if user == "root" else f"/home/{user}"
    return f"{home}/docklab/{stack}"
