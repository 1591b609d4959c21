"""The Docker stand-in's provider: what configures it, and which resource types it has."""

from __future__ import annotations

import os
from collections.abc import Mapping

from toolchain.standin.docker.client import Engine
from toolchain.standin.errors import ResourceError
from toolchain.standin.resource import Resource
from toolchain.standin.values import UNKNOWN, Values

VERSION = "5.2.0"
DEFAULT_HOST = "unix:///var/run/docker.sock"
SCHEMES = ("unix://", "tcp://", "ssh://")
_KNOWN = {"host", "sshOpts", "disableDockerDaemonCheck", "version", "pluginDownloadURL"}
# The official provider silently prefers these over `host`; a stand-in must not differ in silence.
_REDIRECTIONS = ("DOCKER_CONTEXT", "DOCKER_CERT_PATH", "DOCKER_CERT_MATERIAL")


class DockerProvider:
    """Networks, volumes, images and containers of one engine."""

    name = "docker"
    version = VERSION
    accepts_secrets = False

    def __init__(self) -> None:
        self._engine = Engine(DEFAULT_HOST)
        self._resources: dict[str, Resource] = {}

    @property
    def resources(self) -> Mapping[str, Resource]:
        """The resource types; the SDK is imported only when the first call needs them."""
        if not self._resources:
            from toolchain.standin.docker.resources import resources_of

            self._resources = resources_of(self._engine)
        return self._resources

    def refusals(self, config: Values) -> dict[str, str]:
        """What is wrong with the provider's inputs, by key."""
        refused = {
            key: f"the stand-in Docker provider does not support Provider.{key}: "
            "use the official plugin (pulumi plugin install), or leave the setting out"
            for key in config
            if key not in _KNOWN and not key.startswith("__")
        }
        host = config.get("host")
        if host is not None and host != UNKNOWN and not str(host).startswith(SCHEMES):
            refused["host"] = (
                f"Provider.host: {host} is not an address that the stand-in can reach: "
                "unix:///path, tcp://host:port or ssh://user@host"
            )
        for name in _REDIRECTIONS:
            if os.environ.get(name):
                refused["host"] = (
                    f"{name} is set: it would redirect the official provider away from host, "
                    f"and the stand-in does not support it: unset {name}"
                )
        return refused

    def configure(self, config: Values) -> None:
        """Take the configuration; an engine on this machine or on TCP must answer now."""
        host = config.get("host") or os.environ.get("DOCKER_HOST") or DEFAULT_HOST
        options = config.get("sshOpts") or []
        if not isinstance(options, list) or not all(isinstance(one, str) for one in options):
            raise ResourceError("Provider.sshOpts must be a list of strings, one item an argument")
        self._engine = Engine(
            host, options, check=not config.get("disableDockerDaemonCheck", False)
        )
        self._resources = {}
        self._engine.verify()

    def close(self) -> None:
        """What an engine was asked for, it goes on with."""
