"""The bench's lab written by hand: the same resources, no model, component or check.

Run by the bench in a copy of this folder; `lab` is the stack's one setting.
"""

from typing import TypedDict

import pulumi
import pulumi_docker as docker


class Settings(TypedDict):
    prefix: str
    docker_host: str
    image: str
    command: list[str]
    subnets: list[str]
    gateways: list[str]
    volumes: list[str]
    containers: int
    memory: int


settings: Settings = pulumi.Config().require_object("lab")
prefix = settings["prefix"]
labels = {"docklab.bench": prefix}
on_engine = pulumi.ResourceOptions(provider=docker.Provider("docker", host=settings["docker_host"]))

image = docker.RemoteImage("base", name=settings["image"], keep_locally=True, opts=on_engine)
networks = [
    docker.Network(
        f"net{i}",
        name=f"{prefix}-net{i}",
        driver="bridge",
        internal=i == 2,
        ipam_configs=[docker.NetworkIpamConfigArgs(subnet=subnet, gateway=settings["gateways"][i])],
        labels=[docker.NetworkLabelArgs(label=k, value=v) for k, v in labels.items()],
        opts=on_engine,
    )
    for i, subnet in enumerate(settings["subnets"])
]
volumes = [docker.Volume(name, driver="local", opts=on_engine) for name in settings["volumes"]]
containers = [
    docker.Container(
        f"c{i}",
        name=f"{prefix}-c{i}",
        image=image.image_id,
        hostname=f"c{i}",
        command=settings["command"],
        read_only=True,
        capabilities=docker.ContainerCapabilitiesArgs(drops=["ALL"]),
        security_opts=["no-new-privileges:true"],
        ipc_mode="private",
        cgroupns_mode="private",
        memory=settings["memory"],
        memory_swap=settings["memory"],
        networks_advanced=[
            docker.ContainerNetworksAdvancedArgs(name=networks[i % 3].name, aliases=[f"c{i}"])
        ],
        mounts=[
            docker.ContainerMountArgs(
                type="volume", source=volumes[i % 2].name, target="/data", read_only=i >= 2
            )
        ],
        restart="unless-stopped",
        init=False,
        labels=[docker.ContainerLabelArgs(label=k, value=v) for k, v in labels.items()],
        destroy_grace_seconds=5,
        opts=on_engine,
    )
    for i in range(settings["containers"])
]

pulumi.export("containers", [container.name for container in containers])
