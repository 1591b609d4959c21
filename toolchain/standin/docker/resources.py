"""The Docker stand-in's resource types, by type token."""

from __future__ import annotations

from toolchain.standin.docker.client import Engine
from toolchain.standin.docker.container import Container
from toolchain.standin.docker.image import RemoteImage
from toolchain.standin.docker.network import Network
from toolchain.standin.docker.volume import Volume
from toolchain.standin.resource import Resource


def resources_of(engine: Engine) -> dict[str, Resource]:
    """All that one engine has."""
    return {
        "docker:index/container:Container": Container(engine),
        "docker:index/network:Network": Network(engine),
        "docker:index/remoteImage:RemoteImage": RemoteImage(engine),
        "docker:index/volume:Volume": Volume(engine),
    }
