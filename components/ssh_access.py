"""How a machine is reached over SSH: the options that every ssh of a run gets. Pure.

The host key is pinned inside the options (KnownHostsCommand) and not in a known_hosts file: the
Docker provider keeps its options in the state, so that `destroy` on another machine has them too.
"""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

# What a server offers for a key of each kind; without it, it may show a key that is not pinned.
_ALGORITHMS = {"ssh-rsa": "rsa-sha2-512,rsa-sha2-256"}
_CONTROL_PATH = "~/.docklab-ssh-%C"  # %C is a hash of user, address and port


@dataclass(frozen=True, kw_only=True)
class SshAccess:
    """`host_key` is `kind base64`; `socket` the engine's there, None for its default."""

    user: str
    address: str
    host_key: str
    port: int = 22
    identity_file: str | None = None
    socket: str | None = None
    proxy_command: str | None = None


def url(access: SshAccess) -> str:
    """The machine's engine as DOCKER_HOST names it."""
    port = "" if access.port == 22 else f":{access.port}"
    return f"ssh://{quote(access.user)}@{access.address}{port}{access.socket or ''}"


def options(access: SshAccess) -> list[str]:
    """For ssh, each flag and value an item of its own; never asks, never learns a host key."""
    kind = access.host_key.split()[0]
    settings = [
        "BatchMode=yes",
        "ConnectTimeout=15",
        "ServerAliveInterval=15",
        "ServerAliveCountMax=4",
        "StrictHostKeyChecking=yes",
        "UserKnownHostsFile=/dev/null",
        "GlobalKnownHostsFile=/dev/null",
        f"KnownHostsCommand=/bin/echo * {access.host_key}",
        f"HostKeyAlgorithms={_ALGORITHMS.get(kind, kind)}",
        "UpdateHostKeys=no",
        "LogLevel=ERROR",
    ]
    if access.proxy_command:
        settings.append(f"ProxyCommand={access.proxy_command}")
    file = access.identity_file
    return [
        *(["-i", file, "-o", "IdentitiesOnly=yes"] if file else []),
        *(word for setting in settings for word in ("-o", setting)),
    ]


def sharing() -> list[str]:
    """Options that let the connections of a run share one: ten containers trip no MaxStartups."""
    settings = ("ControlMaster=auto", f"ControlPath={_CONTROL_PATH}", "ControlPersist=60s")
    return [word for setting in settings for word in ("-o", setting)]


def command(access: SshAccess, *, shared: bool) -> list[str]:
    """ssh up to and with the machine's address; what is to run there follows."""
    return [
        *("ssh", *options(access), *(sharing() if shared else ()), "-T"),
        *("-l", access.user, "-p", str(access.port), "--", access.address),
    ]


def way_in(access: SshAccess) -> str:
    """The line that a person types to get there, under the same pinned host key."""
    kept = (
        "-i",
        "IdentitiesOnly",
        "StrictHostKeyChecking",
        "UserKnownHosts",
        "KnownHosts",
        "Proxy",
    )
    pairs = zip(*[iter(options(access))] * 2, strict=True)
    chosen = [word for flag, value in pairs for word in (flag, value) if _is_one(flag, value, kept)]
    port = [] if access.port == 22 else ["-p", str(access.port)]
    return shlex.join(["ssh", *chosen, *port, f"{access.user}@{access.address}"])


def _is_one(flag: str, value: str, kept: Sequence[str]) -> bool:
    return flag in kept or value.startswith(tuple(kept[1:]))


def remotely(prefix: Sequence[str], script: str) -> str:
    """A shell line that runs `script` in the machine's sh; here, when the prefix is empty."""
    there = shlex.join(["sh", "-c", script])
    return shlex.join([*prefix, there]) if prefix else script
