"""What the container tests share: a program with one container, and a look at the real one."""

from __future__ import annotations

from typing import Any

import docker
import pulumi
import pulumi_docker

SLEEP = ["sleep", "1000"]


def declare(
    host: str, *, options: pulumi.ResourceOptions | None = None, **arguments: Any
) -> pulumi_docker.Container:
    """One container, `box`, on an explicit provider; it sleeps unless told otherwise."""
    provider = pulumi_docker.Provider("docker", host=host)
    own = pulumi.ResourceOptions(provider=provider)
    container = pulumi_docker.Container(
        "box",
        **{"command": SLEEP, **arguments},
        opts=pulumi.ResourceOptions.merge(options or pulumi.ResourceOptions(), own),
    )
    pulumi.export("name", container.name)
    pulumi.export("exit_code", container.exit_code)
    pulumi.export("logs", container.container_logs)
    return container


def exists(engine: docker.APIClient, name: str) -> bool:
    """Whether the engine has a container of that name, running or not."""
    return any(f"/{name}" in found["Names"] for found in engine.containers(all=True))


def running(engine: docker.APIClient, name: str) -> bool:
    """Whether that container runs."""
    return bool(engine.inspect_container(name)["State"]["Running"])
