"""The shape of one container, and the rules that need no other part of the lab."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

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

    aliases: tuple[DnsName, ...] = Field(
        default=(), description="more names that it is found by on this network"
    )
    address: Ipv4 | None = Field(
        default=None, description="its address there; without it, one that is free"
    )


class VolumeMountConfig(Strict):
    """One of the lab's volumes inside the container."""

    volume: Key = Field(description="a key of lab.volumes")
    target: Target = Field(description="an absolute path inside the container")
    mode: Mode = Field(default="ro", description="whether the container may write: ro or rw")


class BindMountConfig(Strict):
    """A folder of the host. `missing: create` makes it, writable by every user."""

    source: BindSource = Field(description="an absolute path, or one that starts with ${lab_dir}/")
    target: Target = Field(description="an absolute path inside the container")
    mode: Mode = Field(default="ro", description="whether the container may write: ro or rw")
    missing: Literal["create", "error"] = Field(
        default="error", description="where the source is not there: make it, or refuse to start"
    )


class PortConfig(Strict):
    """A published port; only this machine reaches it unless `address` says otherwise."""

    host: Port = Field(description="the port on the host")
    container: Port = Field(description="the port inside the container")
    protocol: Literal["tcp", "udp"] = Field(default="tcp", description="tcp or udp")
    address: Ipv4 = Field(
        default="127.0.0.1",
        validate_default=True,
        description="the host's address that it answers on; 0.0.0.0 is every one it has",
    )


class HealthCheckConfig(Strict):
    """A command the engine runs inside; durations such as 5s. A text goes to the shell."""

    command: str | tuple[str, ...] = Field(description="the command, as a list or as shell text")
    interval: Duration = Field(
        default="30s", validate_default=True, description="the time between two checks"
    )
    timeout: Duration = Field(
        default="30s", validate_default=True, description="after which a check has failed"
    )
    start_period: Duration | None = Field(
        default=None, description="at the start, in which a failed check does not count"
    )
    retries: Annotated[Count, Field(ge=1)] = Field(
        default=3, description="failed checks in a row that make it unhealthy"
    )


def _no_empty_words(words: tuple[str, ...]) -> tuple[str, ...]:
    if not all(words):
        raise ValueError("holds an empty word, which the provider refuses; leave it out")
    return words


Words = Annotated[
    tuple[str, ...],
    AfterValidator(_no_empty_words),
    WithJsonSchema({"type": "array", "items": {"type": "string", "minLength": 1}}),
]
# YAML 1.1 reads a bare `no` as false, YAML 1.2 as a text.
Restart = Annotated[
    Literal["no", "on-failure", "always", "unless-stopped"],
    BeforeValidator(_word),
    WithJsonSchema({"enum": ["no", "on-failure", "always", "unless-stopped", False]}),
]


class ContainerConfig(Strict):
    """A container. Every default is the confined one; what loosens it is written in the YAML."""

    image: Key = Field(description="a key of lab.images")
    command: Words = Field(default=(), description="the words to run, instead of the image's own")
    entrypoint: Words = Field(
        default=(), description="what the command is given to, instead of the image's own"
    )
    environment: dict[Variable, str] = Field(
        default_factory=dict, description="variables that anyone may read"
    )
    secret_environment: dict[Variable, ConfigKey] = Field(
        default_factory=dict,
        description="variables from encrypted configuration: `pulumi config set --secret <key>`",
    )
    user: User | None = Field(
        default=None, description="who runs the command; without it, the image's own user"
    )
    hostname: DnsName | None = Field(
        default=None, description="its host name; without it, one that the engine makes up"
    )
    working_dir: Target | None = Field(
        default=None, description="where the command starts; without it, where the image says"
    )
    networks: dict[Key, Annotated[AttachmentConfig, OrEmpty]] = Field(
        default_factory=dict,
        description="the networks it is on, by their keys; on none, it has its loopback alone",
    )
    volumes: tuple[VolumeMountConfig, ...] = Field(
        default=(), description="volumes of the lab inside it"
    )
    binds: tuple[BindMountConfig, ...] = Field(
        default=(), description="folders of the host inside it"
    )
    tmpfs: dict[Target, Size] = Field(
        default_factory=dict, description="folders in memory, by their path: how large each may get"
    )
    ports: tuple[PortConfig, ...] = Field(default=(), description="ports published on the host")
    memory: Memory = Field(default=128 * MIB, description="the most memory it may use; no swap")
    cpus: Cpus | None = Field(
        default=None, description="the most processors it may use; without it, all of them"
    )
    read_only_root: Flag = Field(
        default=True, description="whether its root is read-only; mounts have modes of their own"
    )
    capabilities: tuple[Capability, ...] = Field(
        default=(), description="capabilities it keeps, with or without CAP_; all else is dropped"
    )
    health_check: HealthCheckConfig | None = Field(
        default=None, description="how the engine tells whether it works"
    )
    restart: Restart = Field(
        default="unless-stopped", description="when the engine starts it again after it ended"
    )
    init: Flag = Field(
        default=False, description="whether a small init is its first process, to reap the ended"
    )
    ipc_mode: IpcMode = Field(default="private", description="whose IPC namespace it is in")
    pid_mode: PidMode = Field(default="private", description="whose PID namespace it is in")
    network_mode: NetworkMode = Field(
        default="private", description="whose network namespace it is in"
    )
    userns_mode: UsernsMode = Field(
        default="private", description="whose user namespace: the engine's for containers, or host"
    )
    allow_shared_namespaces: tuple[NamespaceName, ...] = Field(
        default=(), description="namespaces that a mode above may share; the verification fails"
    )

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
