"""From the lab's model to the components' arguments. Registers nothing."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping

import pulumi

from components.bridge_network import BridgeNetworkArgs
from components.data_volume import DataVolumeArgs
from components.host import Host
from components.lab_container import (
    Attachment,
    HealthCheck,
    LabContainerArgs,
    Mount,
    PublishedPort,
)
from components.verification_spec import Expectations, Target, TargetMount, TargetPort
from components.volume_check import VolumeCheckArgs
from infra.model.container import ContainerConfig, HealthCheckConfig
from infra.model.lab import Lab
from infra.model.parts import NetworkConfig, VolumeConfig
from infra.model.paths import resolve_source
from infra.model.quantities import MIB
from infra.model.sharing import MODES, PRIVATE, joined
from infra.surroundings import Surroundings

STACK_LABEL = "docklab.stack"


def engine_name(stack: str, key: str) -> str:
    """The name on the engine, where several stacks may live side by side."""
    return f"docklab-{stack}-{key}"


def labels(stack: str) -> dict[str, str]:
    return {STACK_LABEL: stack}


def directory_name(source: str) -> str:
    """A stable logical name for a bind source: readable, and never that of another source."""
    readable = re.sub(r"[^a-z0-9]+", "-", source.removeprefix("${lab_dir}").lower()).strip("-")
    return f"{readable}-{hashlib.sha256(source.encode()).hexdigest()[:6]}"


def created_sources(lab: Lab) -> list[str]:
    """Bind sources that are made where missing, each once."""
    wanted = (b for c in lab.containers.values() for b in c.binds if b.missing == "create")
    return sorted({bind.source for bind in wanted})


def network_args(stack: str, key: str, network: NetworkConfig) -> BridgeNetworkArgs:
    return BridgeNetworkArgs(
        network_name=engine_name(stack, key),
        subnet=str(network.subnet),
        gateway=str(network.router),
        internal=network.internal,
        labels=labels(stack),
    )


def volume_args(volume: VolumeConfig) -> DataVolumeArgs:
    return DataVolumeArgs(driver=volume.driver, options=volume.options)


def container_args(
    lab: Lab,
    key: str,
    *,
    stack: str,
    lab_dir: str,
    image_id: pulumi.Input[str],
    networks: Mapping[str, pulumi.Output[str]],
    volumes: Mapping[str, pulumi.Output[str]],
    container_ids: Mapping[str, pulumi.Output[str]],
    secret: Callable[[str], pulumi.Output[str]],
) -> LabContainerArgs:
    """`networks` and `volumes` are names on the engine; `secret` gives a configuration value."""
    container = lab.containers[key]
    modes = _modes(lab, key, container_ids)
    return LabContainerArgs(
        container_name=engine_name(stack, key),
        image_id=image_id,
        hostname=None if joined(container.network_mode) else container.hostname or key,
        command=container.command,
        entrypoint=container.entrypoint,
        environment={
            **container.environment,
            **{name: secret(of) for name, of in container.secret_environment.items()},
        },
        user=container.user,
        working_dir=container.working_dir,
        networks=_attachments(key, container, networks),
        mounts=_mounts(container, volumes, lab_dir),
        tmpfs=container.tmpfs,
        ports=[
            PublishedPort(
                internal=port.container,
                external=port.host,
                address=str(port.address),
                protocol=port.protocol,
            )
            for port in container.ports
        ],
        memory=container.memory // MIB,
        cpus=container.cpus,
        read_only_root=container.read_only_root,
        capabilities=container.capabilities,
        health_check=_health_check(container.health_check),
        restart=container.restart,
        init=container.init,
        labels=labels(stack),
        ipc_mode=modes["ipc_mode"] or _ipc_of_its_own(lab, key),
        pid_mode=modes["pid_mode"],
        network_mode=modes["network_mode"] or (None if container.networks else "none"),
        userns_mode=modes["userns_mode"],
    )


def _attachments(
    key: str, container: ContainerConfig, networks: Mapping[str, pulumi.Output[str]]
) -> list[Attachment]:
    return [
        Attachment(
            network=networks[name],
            aliases=sorted({key, *attachment.aliases}),
            address=str(attachment.address) if attachment.address else None,
        )
        for name, attachment in container.networks.items()
    ]


def _mounts(
    container: ContainerConfig, volumes: Mapping[str, pulumi.Output[str]], lab_dir: str
) -> list[Mount]:
    named = [
        Mount(type="volume", source=volumes[m.volume], target=m.target, read_only=m.mode == "ro")
        for m in container.volumes
    ]
    bound = [
        Mount(
            type="bind",
            source=resolve_source(m.source, lab_dir),
            target=m.target,
            read_only=m.mode == "ro",
        )
        for m in container.binds
    ]
    return named + bound


def _health_check(check: HealthCheckConfig | None) -> HealthCheck | None:
    if check is None:
        return None
    shell = isinstance(check.command, str)
    return HealthCheck(
        tests=["CMD-SHELL", str(check.command)] if shell else ["CMD", *check.command],
        interval=check.interval,
        timeout=check.timeout,
        start_period=check.start_period,
        retries=check.retries,
    )


def _modes(
    lab: Lab, key: str, container_ids: Mapping[str, pulumi.Output[str]]
) -> dict[str, pulumi.Input[str] | None]:
    """Each mode as the engine takes it; None where the namespace is the container's own."""
    found: dict[str, pulumi.Input[str] | None] = {}
    for name in MODES:
        mode = getattr(lab.containers[key], name)
        other = joined(mode)
        if other:
            found[name] = pulumi.Output.concat("container:", container_ids[other])
        else:
            found[name] = None if mode == PRIVATE else mode
    return found


def _ipc_of_its_own(lab: Lab, key: str) -> str:
    """Private, unless another container joins it: the engine lets nobody into a private one."""
    guests = any(joined(c.ipc_mode) == key for c in lab.containers.values())
    return "shareable" if guests else "private"


def target(key: str, container: ContainerConfig) -> Target:
    """What the verifier is told of a container."""
    return Target(
        name=key,
        networks=list(container.networks),
        mounts=[
            *(
                TargetMount(path=m.target, mode=m.mode, key=f"volume:{m.volume}")
                for m in container.volumes
            ),
            *(
                TargetMount(path=m.target, mode=m.mode, key=f"bind:{m.source}")
                for m in container.binds
            ),
        ],
        ports=[
            TargetPort(
                address=str(port.address),
                port=port.host,
                container_port=port.container,
                protocol=port.protocol,
            )
            for port in container.ports
        ],
    )


def expectations(lab: Lab) -> Expectations:
    require = lab.verification.require
    return Expectations(
        networks=list(lab.networks),
        internal=[key for key, network in lab.networks.items() if network.internal],
        require={"user": require.user, "cgroup": require.cgroup, "time": require.time},
        deadline_ms=lab.verification.deadline_ms,
        egress=lab.verification.egress,
    )


def volume_check_args(
    lab: Lab, around: Surroundings, host: Host, image_id: pulumi.Input[str]
) -> VolumeCheckArgs:
    """Asked anew with every change of the lab, as the verifier is; it waits for the image alone."""
    text = json.dumps(lab.model_dump(mode="json", exclude={"policy"}), sort_keys=True)
    return VolumeCheckArgs(
        docker_host=host.docker_host,
        ssh_options=host.ssh_options,
        image_id=image_id,
        stack=around.stack,
        python=around.python,
        folder=around.root,
        about={
            "lab": hashlib.sha256(text.encode()).hexdigest(),
            "program": around.lifecycle,
        },
    )
