"""The one shape that every kind of host gives to the rest of the lab. Makes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_docker as docker


@dataclass(frozen=True, kw_only=True)
class Host:
    """A machine with a Docker engine on it.

    `ends_with` is the resource whose end ends everything on the host (an instance), or None where
    the machine outlives the lab. `lab_dir` is the absolute folder that `${lab_dir}` stands for.
    """

    docker: docker.Provider
    ends_with: pulumi.Resource | None
    address: pulumi.Input[str]
    docker_host: pulumi.Input[str]
    lab_dir: str
    outputs: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)

    def options(
        self, after: pulumi.Output[list[pulumi.Resource]] | None = None
    ) -> pulumi.ResourceOptions:
        """Options of a component that lives on this host, registered once `after` is known."""
        return pulumi.ResourceOptions(
            providers=[self.docker], deleted_with=self.ends_with, depends_on=after
        )
