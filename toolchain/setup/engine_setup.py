"""Makes sure that the chosen Docker engine is there, and notes which it is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from toolchain.paths import Paths
from toolchain.setup import apt, engine_choice, engine_uplink, stamps
from toolchain.setup.console import progress, say
from toolchain.setup.docker_api import Engine
from toolchain.setup.engine import PrivateEngine

PART = "engine"
_PACKAGES = ("docker.io", "iproute2", "iptables")
_UNITS = ("docker.service", "docker.socket", "containerd.service")


def record_file(paths: Paths) -> Path:
    return paths.home / "engine.json"


def record(paths: Paths) -> dict[str, str]:
    """`docker_host` and `source` of the engine that setup found or made; empty before."""
    return stamps.read(record_file(paths))


def ensure(paths: Paths) -> dict[str, str]:
    """Finds or starts the engine and gives its record. Raises SetupError."""
    private = PrivateEngine(paths.home)
    choice = engine_choice.choose(engine_choice.gather(private))
    if choice.source == engine_choice.PRIVATE:
        _start(private)
    found = {"docker_host": choice.docker_host, "source": choice.source}
    known = record(paths)
    if {key: known.get(key) for key in found} != found:
        version = Engine(choice.docker_host).version()
        say(PART, f"{choice.source}, version {version}, at {choice.docker_host}")
        # A DOCKER_HOST of the moment is not remembered: without it, the next run finds its own.
        if choice.source != engine_choice.FROM_ENVIRONMENT:
            stamps.write(record_file(paths), found)
    return found


def _start(private: PrivateEngine) -> None:
    if private.running():
        return
    if not shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
        say(PART, "no Docker engine answers; a private one, as this is root on Debian or Ubuntu")
        apt.install(PART, _PACKAGES, "the Docker engine and what its networks need")
        apt.keep_from_starting_at_boot(PART, _UNITS)
    if engine_uplink.find() is None and apt.why_not() is None and apt.available("passt"):
        apt.install(PART, ["passt"], "the private engine's way out to the network")
    again = private.exists()
    with progress(PART, f"{'starting' if again else 'making'} the private engine"):
        private.start()
    if private.no_way_out:
        say(PART, f"containers have no way out to the network: {private.no_way_out}")
