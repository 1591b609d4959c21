"""The shapes of a lab's images, networks, volumes and verification."""

from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from infra.model.addresses import Endpoint, Ipv4, PrivateSubnet
from infra.model.base import Count, Flag, Problem, Strict, refuse, shown
from infra.model.names import Digest, ImageName, Key, split_image


class ImageConfig(Strict):
    """An image by name and tag, by name and digest, or both: then the digest decides."""

    name: ImageName = Field(description="the image's reference, such as python:3.11-slim-bookworm")
    digest: Digest | None = Field(
        default=None, description="that exact image, whatever the tag says"
    )

    @model_validator(mode="after")
    def tag_or_digest(self) -> Self:
        if self.digest is None and split_image(self.name)[1] is None:
            refuse(
                [
                    Problem(
                        ("name",),
                        f"{self.name} has neither tag nor digest, and would be whatever latest is "
                        f"that day; write {self.name}:<tag>",
                    )
                ]
            )
        return self

    @property
    def reference(self) -> str:
        """What the engine is asked for: the digest where it is known, else the tag."""
        repository, _ = split_image(self.name)
        return f"{repository}@{self.digest}" if self.digest else self.name


class NetworkConfig(Strict):
    """A bridge network of its own. `internal` gives it no way out of the machine."""

    subnet: PrivateSubnet = Field(description="the network's range, such as 172.30.10.0/24")
    gateway: Ipv4 | None = Field(
        default=None, description="the bridge's own address; without it, the first of the subnet"
    )
    internal: Flag = Field(
        default=False, description="whether it has no way out of the machine, and no ports"
    )

    @property
    def router(self) -> IPv4Address:
        """The bridge's own address: `gateway`, else the first host of the subnet."""
        return self.gateway or self.subnet.network_address + 1

    @model_validator(mode="after")
    def gateway_is_a_host_of_the_subnet(self) -> Self:
        refuse(self._gateway_problems())
        return self

    def _gateway_problems(self) -> Iterator[Problem]:
        if self.router not in self.subnet:
            text = f"{self.router} is outside the subnet {self.subnet}"
        elif self.router in (self.subnet.network_address, self.subnet.broadcast_address):
            text = f"{self.router} is the network or broadcast address of {self.subnet}"
        else:
            return
        first = self.subnet.network_address + 1
        yield Problem(("gateway",), f"{text}; {first} is the usual choice, and the default")


# File systems that hold nothing of the machine that mounts them.
VOLUME_TYPES = ("tmpfs", "nfs", "nfs4", "cifs")


class VolumeConfig(Strict):
    """A named volume. A change of driver or options replaces it, and its data with it."""

    driver: Annotated[str, Field(pattern=r"^[a-z0-9][a-zA-Z0-9_./-]*$")] = Field(
        default="local", description="the volume driver of the engine"
    )
    options: dict[str, str] = Field(
        default_factory=dict, description="what the driver is told; no folder of the machine"
    )
    protect: Flag | None = Field(default=None, description="protect_data, for this one alone")

    @model_validator(mode="after")
    def no_piece_of_the_machine_in_disguise(self) -> Self:
        refuse(self._disguises())
        return self

    def _disguises(self) -> Iterator[Problem]:
        kind, device = self.options.get("type", ""), self.options.get("device", "")
        flags = self.options.get("o", "").split(",")
        if device.startswith("/") or {"bind", "rbind"} & set(flags):
            text = (
                f"device {shown(device or '(none)')} makes this volume a piece of the machine; "
                "write it under the container's binds, where the rules of bind mounts hold"
            )
            yield Problem(("options",), text)
        elif self.driver == "local" and self.options and kind not in VOLUME_TYPES:
            text = (
                f"{shown(kind or 'no type')} may be a piece of the machine's own, as overlay and "
                f"proc are; the types that cannot: {', '.join(VOLUME_TYPES)}"
            )
            yield Problem(("options", "type"), text)


Requirement = Literal["auto", True, False]


class RequireConfig(Strict):
    """Namespaces that not every engine gives: `auto` asks for what this one can give."""

    user: Requirement = Field(default="auto", description="user namespaces")
    cgroup: Requirement = Field(default="auto", description="cgroup namespaces")
    time: Requirement = Field(default="auto", description="time namespaces")


class VerificationConfig(Strict):
    """How the lab's isolation is verified after every change.

    `egress` are addresses beyond the machine that answer its containers: what the internal
    networks are kept from. Without any, the machine's own gateway and nameservers are tried.
    """

    enabled: Flag = Field(default=True, description="whether it runs; it takes two containers")
    image: Key | None = Field(
        default=None, description="of lab.images the one with python3 (3.11 or newer), if several"
    )
    require: RequireConfig = Field(
        default=RequireConfig(), description="namespaces that must be there"
    )
    deadline_ms: Annotated[Count, Field(ge=50, le=10_000)] = Field(
        default=250, description="how long a connection is tried, in milliseconds"
    )
    egress: tuple[Endpoint, ...] = Field(
        default=(),
        description="addresses beyond the machine that answer, at most 8; internal networks must "
        "not reach them",
    )
