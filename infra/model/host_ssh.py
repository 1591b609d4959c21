"""A machine of one's own behind SSH, with a Docker engine on it."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from infra.model.base import Strict, quoted
from infra.model.form import text_form
from infra.model.paths import clean
from infra.model.quantities import Duration, Port
from infra.model.ssh import HostKey, IdentityFile, SshAddress, SshUser


def absolute(value: str) -> str:
    """A clean absolute path of the remote machine."""
    if not value.startswith("/") or any(c in value for c in "\0\n\r'\"$"):
        raise ValueError(f"{quoted(value)} is not an absolute path of that machine")
    return clean(value)


RemotePath = Annotated[
    str,
    AfterValidator(absolute),
    text_form("path", r"""/[^\0\n\r'"$]*""", "an absolute path of that machine", "/srv/docklab"),
]


class SshHostConfig(Strict):
    """Reached with the machine's own ssh; its host key is pinned, never learnt on the way."""

    kind: Literal["ssh"] = Field(description="the kind of host: ssh")
    address: SshAddress = Field(description="the machine's name or IPv4 address")
    user: SshUser = Field(description="who to log in as: in group docker there, or root")
    port: Port = Field(default=22, description="sshd's port")
    host_key: HostKey = Field(description="the machine's public host key: `ssh-ed25519 AAAA…`")
    identity_file: IdentityFile | None = Field(
        default=None, description="your private key's file; without it, your agent and ssh's own"
    )
    socket: RemotePath | None = Field(
        default=None, description="the engine's socket there, if not /var/run/docker.sock"
    )
    lab_dir: RemotePath | None = Field(
        default=None, description="the lab's folder there; in the user's home if not named"
    )
    ready_within: Duration = Field(
        default=timedelta(minutes=2), description="how long to wait for sshd and the engine"
    )
