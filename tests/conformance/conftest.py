"""What a conformance test runs on: an engine, an image, the plugin under test, a stack.

CONFORMANCE_PLUGIN and CONFORMANCE_COMMAND_PLUGIN name the executables to test; without them the
plugins in PULUMI_HOME are taken. Every test destroys what it made, whether it passed or not.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
import requests
from conformance.harness import Failed, Stack

PLUGINS = {
    "CONFORMANCE_PLUGIN": ("docker", "5.2.0"),
    "CONFORMANCE_COMMAND_PLUGIN": ("command", "1.2.1"),
}


@pytest.fixture(scope="session")
def engine() -> Iterator[docker.APIClient]:
    host = os.environ.get("DOCKER_HOST")
    if not host:
        pytest.skip("DOCKER_HOST is not set: conformance needs a Docker engine")
    try:
        client = docker.APIClient(base_url=host, version="auto", timeout=60)
        client.ping()
    except (docker.errors.DockerException, requests.RequestException) as error:
        pytest.skip(f"no Docker engine answers at {host}: {error}")
    yield client
    client.close()


@pytest.fixture(scope="session")
def host(engine: docker.APIClient) -> str:  # noqa: ARG001
    return os.environ["DOCKER_HOST"]


@pytest.fixture(scope="session")
def image(engine: docker.APIClient) -> str:
    """An image with sh, cat and sleep."""
    name = os.environ.get("CONFORMANCE_IMAGE", "python:3.11-slim-bookworm")
    try:
        engine.inspect_image(name)
    except docker.errors.NotFound:
        engine.pull(name)
    return name


@pytest.fixture(scope="session")
def pulumi_home(tmp_path_factory: pytest.TempPathFactory) -> str | None:
    """A PULUMI_HOME that holds the plugins under test; None for the one there is."""
    given = {key: os.environ[key] for key in PLUGINS if os.environ.get(key)}
    if not given:
        return None
    home = tmp_path_factory.mktemp("home")
    for key, (name, version) in PLUGINS.items():
        folder = home / "plugins" / f"resource-{name}-v{version}"
        if key in given:
            folder.mkdir(parents=True)
            plugin = folder / f"pulumi-resource-{name}"
            plugin.write_text(f'#!/bin/sh\nexec "{Path(given[key]).resolve()}" "$@"\n')
            plugin.chmod(0o755)
        else:
            _link(folder)
    return str(home)


def _link(folder: Path) -> None:
    default = Path(os.environ.get("PULUMI_HOME", Path.home() / ".pulumi"))
    found = default / "plugins" / folder.name
    if found.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.symlink_to(found)


@pytest.fixture
def stack(tmp_path: Path, pulumi_home: str | None) -> Iterator[Stack]:
    made = Stack(tmp_path, pulumi_home)
    yield made
    if not made.holds_anything():
        return
    # A test may have broken what a destroy would look at first.
    try:
        made.destroy()
    except Failed:
        made.forget_lock()
        made.destroy("--refresh")


@pytest.fixture
def subnet() -> tuple[str, str, str]:
    """A small network that nobody else has: its range, its gateway, an address in it."""
    second, third, block = (
        192 + secrets.randbelow(60),
        secrets.randbelow(256),
        secrets.randbelow(16),
    )
    first = block * 16
    prefix = f"10.{second}.{third}"
    return f"{prefix}.{first}/28", f"{prefix}.{first + 1}", f"{prefix}.{first + 5}"
