"""Where the lab runs: one shape a kind of host, told apart by `kind`."""

from typing import Literal

from pydantic import Field

from infra.model.base import Strict


class LocalHostConfig(Strict):
    """A Docker engine on this machine; DOCKER_HOST says which, else /var/run/docker.sock."""

    kind: Literal["local"] = Field(description="the kind of host: local")


# A second kind makes this `Annotated[LocalHostConfig | …, Field(discriminator="kind")]`.
HostConfig = LocalHostConfig
