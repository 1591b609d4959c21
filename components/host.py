"""The one shape that every kind of host gives to the rest of the lab. Makes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_docker as docker


@dataclass(frozen=True, kw_only=True)
class Host:
    """A machine with a Docker engine on it.

    `ends_with` is the resource whose end ends everything on the host (an instance), or None where
    the machine outlives the lab. `lab_dir` is the absolute folder that `${lab_dir}` stands for.
    `shell` comes before a command line to run it there: nothing here, ssh elsewhere;
    `ssh_options` are what `docker_host` needs besides.
    """

    docker: docker.Provider
    ends_with: pulumi.CustomResource | None
    address: pulumi.Input[str]
    docker_host: pulumi.Input[str]
    lab_dir: str
    shell: pulumi.Input[Sequence[str]] = ()
    ssh_options: pulumi.Input[Sequence[str]] = ()
    outputs: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)

    def options(
        self, after: pulumi.Output[list[pulumi.Resource]] | None = None
    ) -> pulumi.ResourceOptions:
        """Options of a component that lives on this host, registered once `after` is known."""
        return pulumi.ResourceOptions(
            providers=[self.docker],
            depends_on=after,
            transformations=[_ending_with(self.ends_with)] if self.ends_with else None,
        )


def _ending_with(machine: pulumi.Resource) -> pulumi.ResourceTransformation:
    """What is on a machine is neither deleted one by one when it ends, nor kept when it is
    replaced. Both options, on every resource below: no child inherits replace_with.
    """

    def transform(
        args: pulumi.ResourceTransformationArgs,
    ) -> pulumi.ResourceTransformationResult | None:
        if not isinstance(args.resource, pulumi.CustomResource):
            return None
        opts = pulumi.ResourceOptions(deleted_with=machine, replace_with=[machine])
        return pulumi.ResourceTransformationResult(
            args.props, pulumi.ResourceOptions.merge(args.opts, opts)
        )

    return transform
