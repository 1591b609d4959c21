"""Machines of AWS that the stack makes itself: EC2 and Lightsail, with Amazon Linux."""

from datetime import timedelta
from ipaddress import IPv4Network
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from infra.model.addresses import PrivateSubnet
from infra.model.aws_values import (
    BLUEPRINTS,
    AdminCidr,
    AmiId,
    Bundle,
    InstanceType,
    Region,
    SubnetId,
    System,
    Tags,
    VpcId,
    Zone,
    architecture_of,
)
from infra.model.base import Count, Flag, Problem, Strict, refuse, shown
from infra.model.quantities import Duration
from infra.model.ssh import IdentityFile, PublicKey

Updates = Literal["none", "security", "all"]
_DEFAULT_VPC = IPv4Network("172.31.0.0/16")
_LIGHTSAIL = IPv4Network("172.26.0.0/16")  # where every Lightsail machine's own address is
_RSA = "`ssh-keygen -t rsa -b 4096 -f ~/.ssh/docklab` makes one, in ~/.ssh/docklab.pub"


class AwsHostConfig(Strict):
    """What EC2 and Lightsail have in common."""

    region: Region = Field(description="where the machine stands, such as eu-central-1")
    os: System = Field(default="al2", description="Amazon Linux 2 (al2) or 2023 (al2023)")
    admin_cidr: AdminCidr = Field(
        description="the range that may reach sshd, such as 203.0.113.7/32; never the world"
    )
    public_key: PublicKey = Field(description="your own public key: `ssh-ed25519 AAAA…`")
    identity_file: IdentityFile | None = Field(
        default=None, description="its private key's file; without it, your agent and ssh's own"
    )
    updates: Updates = Field(
        default="security", description="what the first boot installs before Docker"
    )
    userns_remap: Flag = Field(default=True, description="whether the engine maps user ids")
    tags: Tags = Field(default_factory=dict, description="more tags, on everything")
    ready_within: Duration = Field(
        default=timedelta(minutes=10), description="how long to wait for the first boot"
    )


class Ec2HostConfig(AwsHostConfig):
    """An EC2 instance with an address that survives its replacement."""

    kind: Literal["ec2"] = Field(description="the kind of host: ec2")
    ami: AmiId = Field(description="the image, pinned: `make pin STACK=<stack>` writes it")
    architecture: Literal["x86_64", "arm64"] = Field(
        default="x86_64", description="of the image and the instance type"
    )
    instance_type: InstanceType = Field(
        default="t3.small", description="its size; another one stops and starts it"
    )
    root_volume_gib: Annotated[Count, Field(ge=8, le=16384)] = Field(
        default=20,
        description="size of the encrypted root volume; it only grows, as AWS shrinks none",
    )
    vpc_id: VpcId | None = Field(default=None, description="with subnet_id; else the default VPC")
    subnet_id: SubnetId | None = Field(default=None, description="a public subnet of vpc_id")
    vpc_cidr: PrivateSubnet = Field(
        default=_DEFAULT_VPC, description="the VPC's range, which the lab's may not overlap"
    )
    termination_protection: Flag = Field(
        default=False, description="whether AWS refuses to end the instance"
    )
    session_manager: Flag = Field(
        default=False, description="reach it through SSM Session Manager, with no open port"
    )

    @model_validator(mode="after")
    def fits_together(self) -> Self:
        refuse(self._problems())
        return self

    def _problems(self) -> list[Problem]:
        found = []
        if (self.vpc_id is None) != (self.subnet_id is None):
            missing = "vpc_id" if self.vpc_id is None else "subnet_id"
            found.append(Problem((missing,), "is missing: vpc_id and subnet_id go together"))
        kind = self.public_key.split()[0]
        if kind not in ("ssh-ed25519", "ssh-rsa"):
            found.append(
                Problem(
                    ("public_key",),
                    f"is of kind {kind}, and EC2 takes ssh-ed25519 and ssh-rsa; "
                    "`ssh-keygen -t ed25519` makes one",
                )
            )
        runs_on = architecture_of(self.instance_type)
        if runs_on != self.architecture:
            found.append(
                Problem(
                    ("instance_type",),
                    f"{self.instance_type} is an {runs_on} machine and architecture says "
                    f"{self.architecture}; make them agree, then `make pin STACK=<stack>` writes "
                    "the image for it",
                )
            )
        return found

    @property
    def own_range(self) -> IPv4Network:
        """Where the machine's own addresses are, which the lab's may not overlap."""
        return self.vpc_cidr


class LightsailHostConfig(AwsHostConfig):
    """A Lightsail instance with a static address."""

    kind: Literal["lightsail"] = Field(description="the kind of host: lightsail")
    zone: Zone = Field(description="the availability zone, such as eu-central-1a")
    blueprint: str | None = Field(
        default=None,
        description="the image; only the one that goes with os is taken, so leave it out",
    )
    bundle: Bundle = Field(default="small_3_0", description="its size")

    @model_validator(mode="after")
    def fits_together(self) -> Self:
        refuse(self._problems())
        return self

    def _problems(self) -> list[Problem]:
        found = []
        if not self.zone.startswith(self.region):
            found.append(Problem(("zone",), f"{self.zone} is not in region {self.region}"))
        expected = BLUEPRINTS[self.os]
        if self.blueprint not in (None, expected):
            found.append(
                Problem(
                    ("blueprint",),
                    f"{shown(self.blueprint)} is not the image of os {self.os}, {expected}; "
                    "leave blueprint out, or change os",
                )
            )
        if not self.public_key.startswith("ssh-rsa "):
            found.append(
                Problem(
                    ("public_key",),
                    f"is of kind {self.public_key.split()[0]}, and Lightsail takes ssh-rsa alone; "
                    f"{_RSA}",
                )
            )
        return found

    @property
    def own_range(self) -> IPv4Network:
        """Where the machine's own addresses are, which the lab's may not overlap."""
        return _LIGHTSAIL

    @property
    def image(self) -> str:
        return self.blueprint or BLUEPRINTS[self.os]
