"""The whole lab: one strict, frozen model. It holds no secret and reads nothing."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from infra.model.address_plan import address_problems
from infra.model.base import Flag, OrEmpty, Strict, refuse
from infra.model.container import ContainerConfig
from infra.model.host import HostConfig
from infra.model.host_rules import host_problems
from infra.model.lab_rules import lab_problems
from infra.model.names import Key
from infra.model.parts import ImageConfig, NetworkConfig, VerificationConfig, VolumeConfig
from infra.model.policy import PolicyConfig


class Lab(Strict):
    """What `docklab:lab` in a stack's configuration says."""

    host: HostConfig = Field(description="where the lab runs, such as {kind: local}")
    images: dict[Key, ImageConfig] = Field(min_length=1, description="the images, by a key each")
    networks: dict[Key, NetworkConfig] = Field(
        default_factory=dict, description="the bridge networks, by a key each"
    )
    volumes: dict[Key, Annotated[VolumeConfig, OrEmpty]] = Field(
        default_factory=dict, description="the named volumes, by a key each"
    )
    containers: dict[Key, ContainerConfig] = Field(
        min_length=1, description="the containers, by a key each"
    )
    verification: Annotated[VerificationConfig, OrEmpty] = Field(
        default=VerificationConfig(), description="how the isolation is verified"
    )
    allow_data_loss: tuple[Key, ...] = Field(
        default=(), description="volumes that a change of this file may destroy, by their keys"
    )
    protect_data: Flag = Field(
        default=False, description="whether Pulumi refuses what deletes or replaces a volume"
    )
    policy: Annotated[PolicyConfig, OrEmpty] = Field(
        default=PolicyConfig(), description="how the rules of policy/ judge this stack"
    )

    @model_validator(mode="after")
    def fits_together(self) -> Self:
        refuse([*lab_problems(self), *address_problems(self), *host_problems(self)])
        return self

    def protects(self, volume: str) -> bool:
        """Whether a volume outlives every run: by its own word, else by the lab's."""
        own = self.volumes[volume].protect
        return self.protect_data if own is None else own

    @property
    def verification_image(self) -> str:
        """The key of the image that the verification runs in: named, or the only one."""
        return self.verification.image or next(iter(self.images))
