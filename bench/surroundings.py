"""What every contender shares: the clone, the real CLI, the environment, a temporary folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from bench.running import BenchError
from toolchain.paths import Paths
from toolchain.setup import plugins, pulumi_cli
from toolchain.setup.environment import environment

DEFAULT_DOCKER_HOST = "unix:///var/run/docker.sock"
# A value of the user's own would take Pulumi away from the bench's own backend or stack.
_DROPPED = ("PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_STACK", "PULUMI_OPTION_STACK")


@dataclass(frozen=True, kw_only=True)
class Around:
    """`cli` is the real Pulumi, not the clone's launcher; `env` a whole environment."""

    paths: Paths
    cli: Path
    env: Mapping[str, str]
    folder: Path

    @property
    def docker_host(self) -> str:
        return self.env.get("DOCKER_HOST") or DEFAULT_DOCKER_HOST

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"


def surroundings(paths: Paths, folder: Path) -> Around:
    """Raises BenchError where `make setup` has not been run."""
    cli = pulumi_cli.record(paths).get("path")
    if not cli:
        raise BenchError("there is no Pulumi CLI yet: run `make setup`, or `make bench`")
    env = {**os.environ, **environment(paths), **own_backend(folder / "state")}
    env["PULUMI_HOME"] = str(_own_home(plugins.home(paths), folder / "pulumi-home"))
    kept = {name: value for name, value in env.items() if name not in _DROPPED}
    return Around(paths=paths, cli=Path(cli), env=kept, folder=folder)


def _own_home(given: Path, own: Path) -> Path:
    """A PULUMI_HOME with the same plugins, so that no log of a run stays behind."""
    own.mkdir()
    (own / "plugins").symlink_to(given / "plugins")
    return own


def own_backend(state: Path) -> dict[str, str]:
    """The settings of a state backend that is thrown away afterwards."""
    state.mkdir(parents=True, exist_ok=True)
    return {
        "PULUMI_BACKEND_URL": f"file://{quote(str(state))}",
        "PULUMI_CONFIG_PASSPHRASE": "a passphrase for nothing that lasts",
    }
