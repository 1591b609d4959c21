"""Where the lab runs: one shape a kind of host, told apart by `kind`."""

from typing import Annotated, Literal

from pydantic import Field

from infra.model.base import Strict
from infra.model.host_aws import Ec2HostConfig, LightsailHostConfig
from infra.model.host_ssh import SshHostConfig


class LocalHostConfig(Strict):
    """A Docker engine on this machine; DOCKER_HOST says which, else /var/run/docker.sock."""

    kind: Literal["local"] = Field(description="the kind of host: local")


HostConfig = Annotated[
    LocalHostConfig | SshHostConfig | Ec2HostConfig | LightsailHostConfig,
    Field(discriminator="kind"),
]
