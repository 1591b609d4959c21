"""This machine as the lab's host: a Docker provider with an explicit engine. Installs nothing."""

from dataclasses import dataclass

import pulumi
import pulumi_docker as docker

from components.host import Host


@dataclass(frozen=True, kw_only=True)
class LocalHostArgs:
    """`docker_host` as in DOCKER_HOST; `lab_dir` absolute on this machine."""

    docker_host: str
    lab_dir: str


class LocalHost(pulumi.ComponentResource):
    host: Host

    def __init__(
        self, name: str, args: LocalHostArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("docklab:host:LocalHost", name, None, opts)
        provider = docker.Provider(
            f"{name}-docker", host=args.docker_host, opts=pulumi.ResourceOptions(parent=self)
        )
        self.host = Host(
            docker=provider,
            ends_with=None,
            address="localhost",
            docker_host=args.docker_host,
            lab_dir=args.lab_dir,
        )
        self.register_outputs({"docker_host": args.docker_host})
