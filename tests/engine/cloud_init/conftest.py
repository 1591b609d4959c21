"""The image that machines are rehearsed on, made from Debian's packages and kept in the cache."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from ipaddress import IPv4Network

import pytest
from engine.cloud_init.machine import Machine
from left_out import leave_out

from components.cloud_init import AddressPool, UserData
from toolchain.paths import paths
from toolchain.setup import base_image
from toolchain.setup.console import SetupError
from toolchain.setup.docker_api import Engine

PACKAGES = ("cloud-init", "openssh-server", "passwd", "iptables")
POOLS = (AddressPool(base=IPv4Network("10.213.0.0/16"), size=24),)


@pytest.fixture(scope="session")
def docker_host() -> str:
    return os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")


@pytest.fixture(scope="session")
def image(docker_host: str) -> Iterator[str]:
    name = f"docklab-rehearsal:{os.getpid()}"
    here = paths()
    here.cache.mkdir(parents=True, exist_ok=True)
    with (here.cache / "rehearsal.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            tar = base_image.root_tar(here, PACKAGES, "the rehearsal of the first boot")
        except SetupError as error:
            leave_out(str(error))
    Engine(docker_host).load_root(name, tar, "rehearsal", ())
    yield name
    subprocess.run(["docker", "-H", docker_host, "rmi", "-f", name], capture_output=True)


@pytest.fixture(scope="session")
def host_key(docker_host: str, image: str) -> tuple[str, str]:
    """A real pair: (private, public)."""
    script = "ssh-keygen -q -t ed25519 -N '' -f /key && cat /key /key.pub"
    options = ("--rm", "--network", "none")
    done = subprocess.run(
        ["docker", "-H", docker_host, "run", *options, image, "sh", "-c", script],
        capture_output=True,
        text=True,
        check=True,
    )
    private, end, public = done.stdout.partition("-----END OPENSSH PRIVATE KEY-----\n")
    return private + end, public


@pytest.fixture(scope="session")
def arguments(host_key: tuple[str, str]) -> Callable[..., UserData]:
    private, public = host_key

    def make(system: str, **others: object) -> UserData:
        return UserData(
            os=system,
            host_key_private=private,
            host_key_public=public,
            address_pools=POOLS,
            **others,
        )

    return make


@pytest.fixture(scope="module")
def new_machine(docker_host: str, image: str) -> Iterator[Callable[[str], Machine]]:
    with ExitStack() as stack:
        yield lambda system: stack.enter_context(Machine(docker_host, image, system))
