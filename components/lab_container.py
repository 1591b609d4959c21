"""A confined container of the lab. What loosens it arrives as an argument, never as a default."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

import pulumi
import pulumi_docker as docker

from components.durations import go_duration

# The provider takes changes inside these without applying them; only a new container has them.
NEVER_APPLIED = [
    "capabilities",
    "healthcheck",
    "init",
    "mounts",
    "networksAdvanced",
    "ports",
    "tmpfs",
]
STOP_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class Attachment:
    network: pulumi.Input[str]
    aliases: Sequence[str]
    address: str | None


@dataclass(frozen=True, kw_only=True)
class Mount:
    """`source` is a volume's name or an absolute path of the host."""

    type: Literal["volume", "bind"]
    source: pulumi.Input[str]
    target: str
    read_only: bool


@dataclass(frozen=True, kw_only=True)
class PublishedPort:
    internal: int
    external: int
    address: str
    protocol: str


@dataclass(frozen=True, kw_only=True)
class HealthCheck:
    """`tests` in the engine's form: CMD or CMD-SHELL first."""

    tests: Sequence[str]
    interval: timedelta
    timeout: timedelta
    start_period: timedelta | None
    retries: int


@dataclass(frozen=True, kw_only=True)
class LabContainerArgs:
    """`memory` in MiB; `tmpfs` maps targets to bytes; `capabilities` as `CAP_*`.

    A mode of None is the engine's private one.
    """

    container_name: str
    image_id: pulumi.Input[str]
    hostname: str | None = None
    command: Sequence[str] = ()
    entrypoint: Sequence[str] = ()
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    user: str | None = None
    working_dir: str | None = None
    networks: Sequence[Attachment] = ()
    mounts: Sequence[Mount] = ()
    tmpfs: Mapping[str, int] = field(default_factory=dict)
    ports: Sequence[PublishedPort] = ()
    memory: int
    cpus: float | None = None
    read_only_root: bool = True
    capabilities: Sequence[str] = ()
    health_check: HealthCheck | None = None
    restart: str = "no"
    init: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    ipc_mode: pulumi.Input[str] = "private"
    pid_mode: pulumi.Input[str] | None = None
    network_mode: pulumi.Input[str] | None = None
    userns_mode: pulumi.Input[str] | None = None


class LabContainer(pulumi.ComponentResource):
    container_id: pulumi.Output[str]
    container_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: LabContainerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("docklab:container:LabContainer", name, None, opts)
        container = docker.Container(
            f"{name}-container",
            name=args.container_name,
            image=args.image_id,
            hostname=args.hostname,
            command=list(args.command) or None,
            entrypoints=list(args.entrypoint) or None,
            envs=environment(args.environment) or None,
            user=args.user,
            working_dir=args.working_dir,
            read_only=args.read_only_root,
            capabilities=docker.ContainerCapabilitiesArgs(
                adds=sorted(args.capabilities) or None, drops=["ALL"]
            ),
            security_opts=security_opts(args),
            ipc_mode=args.ipc_mode,
            cgroupns_mode="private",
            pid_mode=args.pid_mode,
            network_mode=args.network_mode,
            userns_mode=args.userns_mode,
            memory=args.memory,
            memory_swap=args.memory,  # equal: no swap; unset: the engine's own answer differs
            cpus=None if args.cpus is None else f"{args.cpus:g}",
            networks_advanced=networks(args.networks) or None,
            mounts=mounts(args.mounts) or None,
            tmpfs=tmpfs(args.tmpfs) or None,
            ports=ports(args.ports) or None,
            healthcheck=health_check(args.health_check),
            restart=args.restart,
            init=args.init,
            labels=labels(args.labels) or None,
            destroy_grace_seconds=STOP_SECONDS,
            opts=pulumi.ResourceOptions(
                parent=self,
                delete_before_replace=True,
                replace_on_changes=NEVER_APPLIED,
                additional_secret_outputs=["envs"],
            ),
        )
        self.container_id = container.id
        self.container_name = container.name
        self.register_outputs({"container_name": self.container_name})


def security_opts(args: LabContainerArgs) -> list[str]:
    """With the host's IPC or PID namespace the engine adds `label=disable` by itself; said here,
    it is no difference at the next refresh.
    """
    shared = "host" in (args.ipc_mode, args.pid_mode)
    return [*(["label=disable"] if shared else []), "no-new-privileges:true"]


def environment(variables: Mapping[str, pulumi.Input[str]]) -> list[pulumi.Input[str]]:
    """`K=V`, sorted: a moved line in the YAML is no change."""
    return [
        f"{key}={value}" if isinstance(value, str) else pulumi.Output.concat(key, "=", value)
        for key, value in sorted(variables.items(), key=lambda item: item[0])
    ]


def networks(attachments: Sequence[Attachment]) -> list[docker.ContainerNetworksAdvancedArgs]:
    return [
        docker.ContainerNetworksAdvancedArgs(
            name=a.network, aliases=sorted(a.aliases) or None, ipv4_address=a.address
        )
        for a in attachments
    ]


def mounts(wanted: Sequence[Mount]) -> list[docker.ContainerMountArgs]:
    return [
        docker.ContainerMountArgs(
            type=m.type, source=m.source, target=m.target, read_only=m.read_only
        )
        for m in sorted(wanted, key=lambda m: m.target)
    ]


def tmpfs(sizes: Mapping[str, int]) -> dict[str, str]:
    """Mount options a target; any user of the container may write there, and nothing there runs."""
    return {
        target: f"rw,noexec,nosuid,nodev,size={size},mode=1777"
        for target, size in sorted(sizes.items())
    }


def ports(published: Sequence[PublishedPort]) -> list[docker.ContainerPortArgs]:
    return [
        docker.ContainerPortArgs(
            internal=p.internal, external=p.external, ip=p.address, protocol=p.protocol
        )
        for p in sorted(published, key=lambda p: (p.internal, p.protocol, p.address, p.external))
    ]


def health_check(check: HealthCheck | None) -> docker.ContainerHealthcheckArgs | None:
    if check is None:
        return None
    return docker.ContainerHealthcheckArgs(
        tests=list(check.tests),
        interval=go_duration(check.interval),
        timeout=go_duration(check.timeout),
        start_period=go_duration(check.start_period or timedelta()),
        retries=check.retries,
    )


def labels(wanted: Mapping[str, str]) -> list[docker.ContainerLabelArgs]:
    return [
        docker.ContainerLabelArgs(label=label, value=value)
        for label, value in sorted(wanted.items())
    ]
