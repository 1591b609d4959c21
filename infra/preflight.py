"""What must hold on this machine before anything is touched: environment, engine, bind sources.

The only module of the program that looks at the world; called by `__main__`, never at import.
"""

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import pulumi

from infra.model.host import HostConfig
from infra.model.lab import Lab
from infra.model.paths import resolve_source, why_not_bound, within
from infra.surroundings import Surroundings

ANSWER_SECONDS = 5.0
OLDEST_SSH = (8, 5)
_SPACES = {"ipc_mode": "IPC", "pid_mode": "PID", "network_mode": "NET"}
_HIJACKERS = ("DOCKER_CONTEXT", "DOCKER_CERT_PATH", "DOCKER_CERT_MATERIAL")


def preflight(lab: Lab, around: Surroundings, environment: Mapping[str, str] = os.environ) -> None:
    """Refuse a run that could not end well.

    Raises:
        pulumi.RunError: naming every problem found, with its way out.
    """
    problems = list(hijackers(environment))
    if lab.host.kind == "local":
        problems += engine_problems(around.docker_host)
        problems += source_problems(lab, around)
        problems += sharing_problems(lab, around.docker_host)
    else:
        problems += ssh_problems()
        problems += aws_problems(lab.host)
    if problems:
        raise pulumi.RunError("\n".join(["this machine is not ready for the lab:", *problems]))


def hijackers(environment: Mapping[str, str]) -> Iterator[str]:
    """Variables that send the Docker provider elsewhere than its explicit `host` says."""
    for name in _HIJACKERS:
        if environment.get(name):
            yield (
                f"  {name} is set, and would silently redirect the Docker provider to another "
                f"engine; run `unset {name}` and say the engine's address with DOCKER_HOST"
            )


def ssh_problems() -> Iterator[str]:
    """Why this machine's ssh cannot reach another one as the lab does, if it cannot."""
    try:
        done = subprocess.run(["ssh", "-V"], capture_output=True, text=True, timeout=ANSWER_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        yield f"  ssh does not run here ({error}); install the OpenSSH client"
        return
    version = re.match(r"OpenSSH_(\d+)\.(\d+)", done.stderr)
    if version and (int(version[1]), int(version[2])) < OLDEST_SSH:
        yield (
            f"  {version[0]} is too old to pin a host key by KnownHostsCommand; install OpenSSH "
            f"{OLDEST_SSH[0]}.{OLDEST_SSH[1]} or newer"
        )
    if not os.access("/bin/echo", os.X_OK):
        yield "  /bin/echo is missing, which ssh is told the pinned host key with; link it there"


def aws_problems(host: HostConfig) -> Iterator[str]:
    """Programs that a machine in AWS is made or reached with, and that are missing here."""
    if host.kind in ("ec2", "lightsail") and not shutil.which("ssh-keygen"):
        yield "  ssh-keygen is missing, which makes the host key; install the OpenSSH client"
    if host.kind == "ec2" and host.session_manager:
        for program in ("aws", "session-manager-plugin"):
            if not shutil.which(program):
                yield (
                    f"  {program} is missing, which lab.host.session_manager connects with; "
                    "install it, or write session_manager: false"
                )


def engine_problems(docker_host: str) -> Iterator[str]:
    """Why the engine at an address cannot be used by a local host, if it cannot."""
    try:
        connection = _connection(docker_host)
    except ValueError as error:
        yield f"  DOCKER_HOST: {error}"
        return
    try:
        connection.request("GET", "/_ping")
        response = connection.getresponse()
        if response.status != 200:
            yield (
                f"  {docker_host} answers, but not as a Docker engine (status {response.status}); "
                "let DOCKER_HOST name one"
            )
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        yield (
            f"  no Docker engine answers at {docker_host} ({reason}); start it, or let DOCKER_HOST "
            "name one that runs; `make up` sets one up where there is none"
        )
    finally:
        connection.close()


def sharing_problems(lab: Lab, docker_host: str) -> Iterator[str]:
    """Namespaces of the host that an engine with userns-remap cannot give, in words of the lab."""
    wanted = [
        (key, mode)
        for key, container in lab.containers.items()
        for mode in ("ipc_mode", "pid_mode", "network_mode")
        if getattr(container, mode) == "host" and container.userns_mode != "host"
    ]
    if wanted and maps_user_ids(docker_host):
        for key, mode in wanted:
            yield (
                f"  lab.containers.{key}.{mode}: host joins the host's {_SPACES[mode]} namespace, "
                "which an engine that maps user ids (userns-remap) refuses; write userns_mode: "
                "host and allow it too, or take an engine without userns-remap (DOCKER_HOST)"
            )


def maps_user_ids(docker_host: str) -> bool:
    """Whether the engine runs with userns-remap; False when it does not answer."""
    try:
        connection = _connection(docker_host)
    except ValueError:
        return False
    try:
        connection.request("GET", "/info")
        options = json.loads(connection.getresponse().read()).get("SecurityOptions") or []
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return any("name=userns" in option for option in options)


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=ANSWER_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(ANSWER_SECONDS)
        self.sock.connect(self._path)


def _connection(docker_host: str) -> http.client.HTTPConnection:
    parts = urlsplit(docker_host)
    if parts.scheme == "unix" and parts.path.startswith("/"):
        return _UnixConnection(parts.path)
    if parts.scheme in ("tcp", "http") and parts.hostname:
        return http.client.HTTPConnection(
            parts.hostname, parts.port or 2375, timeout=ANSWER_SECONDS
        )
    if parts.scheme == "ssh":
        raise ValueError(
            f"{docker_host} is another machine, and a lab of kind local makes its folders on this "
            "one; unset it, or write host: {kind: ssh, …}"
        )
    raise ValueError(
        f"{docker_host!r} is not an engine's address; write unix:///path/to/docker.sock or tcp://host:port"
    )


def source_problems(lab: Lab, around: Surroundings) -> Iterator[str]:
    """Bind sources that are wrong once links are followed, or missing where they may not be."""
    for key, container in lab.containers.items():
        for i, bind in enumerate(container.binds):
            path = f"  lab.containers.{key}.binds[{i}].source"
            source = resolve_source(bind.source, around.lab_dir)
            real = os.path.realpath(source)
            reason = why_not_bound(real) or _why_not_ours(real, around)
            if reason:
                told = source if real == source else f"{source} (in truth {real})"
                yield f"{path}: {told} may not be mounted: {reason}; name a folder of the lab's own"
            elif bind.missing == "error" and not os.path.lexists(source):
                yield f"{path}: {source} does not exist; make it, or write missing: create"


def _why_not_ours(real: str, around: Surroundings) -> str | None:
    home = os.path.realpath(around.home)
    if within(real, os.path.join(home, "lab")) and real != os.path.join(home, "lab"):
        return None
    if within(real, home) or within(home, real):
        return f"{home} holds the project's state, passphrase and engine"
    return None
