"""The shape of one container, and the rules that need no other part of the lab."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from infra.model.addresses import Ipv4
from infra.model.base import Count, Flag, OrEmpty, Problem, Strict, refuse
from infra.model.container_rules import container_problems
from infra.model.names import Capability, ConfigKey, DnsName, Key, User, Variable
from infra.model.paths import BindSource, Target
from infra.model.quantities import MIB, Cpus, Duration, Memory, Port, Size
from infra.model.sharing import IpcMode, NamespaceName, NetworkMode, PidMode, UsernsMode

Mode = Literal["ro", "rw"]


def _word(value: object) -> object:
    """YAML reads a bare `no` as false."""
    return "no" if value is False else value


class AttachmentConfig(Strict):
    """A container on a network, beside its own key also known by its aliases there."""

    aliases: tuple[DnsName, ...] = ()
    address: Ipv4 | None = None


class VolumeMountConfig(Strict):
    volume: Key = Field(description="a key of lab.volumes")
    target: Target = Field(description="an absolute path inside the container")
    mode: Mode = "ro"


class BindMountConfig(Strict):
    """A folder of the host. `missing: create` makes it, writable by every user."""

    source: BindSource = Field(description="an absolute path, or one that starts with ${lab_dir}/")
    target: Target = Field(description="an absolute path inside the container")
    mode: Mode = "ro"
    missing: Literal["create", "error"] = "error"


class PortConfig(Strict):
    """A published port; only this machine reaches it unless `address` says otherwise."""

    host: Port = Field(description="the port on the host")
    container: Port = Field(description="the port inside the container")
    protocol: Literal["tcp", "udp"] = "tcp"
    address: Ipv4 = Field(default="127.0.0.1", validate_default=True)


class HealthCheckConfig(Strict):
    """A command the engine runs inside; durations such as 5s. A text goes to the shell."""

    command: str | tuple[str, ...] = Field(description="the command, as a list or as shell text")
    interval: Duration = Field(default="30s", validate_default=True)
    timeout: Duration = Field(default="30s", validate_default=True)
    start_period: Duration | None = None
    retries: Annotated[Count, Field(ge=1)] = 3


def _no_empty_words(words: tuple[str, ...]) -> tuple[str, ...]:
    if not all(words):
        raise ValueError("holds an empty word, which the provider refuses; leave it out")
    return words


Words = Annotated[tuple[str, ...], AfterValidator(_no_empty_words)]


class ContainerConfig(Strict):
    """A container. Every default is the confined one; what loosens it is written in the YAML."""

    image: Key = Field(description="a key of lab.images")
    command: Words = ()
    entrypoint: Words = ()
    environment: dict[Variable, str] = Field(default_factory=dict)
    secret_environment: dict[Variable, ConfigKey] = Field(default_factory=dict)
    user: User | None = None
    hostname: DnsName | None = None
    working_dir: Target | None = None
    networks: dict[Key, Annotated[AttachmentConfig, OrEmpty]] = Field(default_factory=dict)
    volumes: tuple[VolumeMountConfig, ...] = ()
    binds: tuple[BindMountConfig, ...] = ()
    tmpfs: dict[Target, Size] = Field(default_factory=dict)
    ports: tuple[PortConfig, ...] = ()
    memory: Memory = 128 * MIB
    cpus: Cpus | None = None
    read_only_root: Flag = True
    capabilities: tuple[Capability, ...] = ()
    health_check: HealthCheckConfig | None = None
    restart: Annotated[
        Literal["no", "on-failure", "always", "unless-stopped"], BeforeValidator(_word)
    ] = "unless-stopped"
    init: Flag = False
    ipc_mode: IpcMode = "private"
    pid_mode: PidMode = "private"
    network_mode: NetworkMode = "private"
    userns_mode: UsernsMode = "private"
    allow_shared_namespaces: tuple[NamespaceName, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def nothing_too_strong(cls, value: Any) -> Any:
        refuse(_never_given(value))
        return value

    @model_validator(mode="after")
    def holds_together(self) -> Self:
        refuse(container_problems(self))
        return self


def _never_given(value: object) -> Iterator[Problem]:
    """Keys known from elsewhere that undo the isolation whole; better told than 'unknown'."""
    if not isinstance(value, dict):
        return
    for key, instead in {
        "privileged": "name the capabilities it needs under capabilities",
        "devices": "a lab's containers get no devices of the machine",
        "security_opts": "seccomp and no-new-privileges always hold",
    }.items():
        if key in value:
            yield Problem((key,), f"is not offered: it would undo the isolation; {instead}")
