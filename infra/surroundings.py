"""What a run takes from around it: stack, engine, folders, verifier. Read once, by `__main__`."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi

DEFAULT_DOCKER_HOST = "unix:///var/run/docker.sock"
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Plain values, so that the program is a function of them and of the lab."""

    organization: str
    project: str
    stack: str
    docker_host: str
    home: str  # .docklab, or what DOCKLAB_HOME says; absolute
    verifier: bytes
    lifecycle: str = ""  # what tells one volume check program from another
    python: str = sys.executable
    root: str = str(ROOT)

    @property
    def lab_dir(self) -> str:
        """What `${lab_dir}` stands for on a local host."""
        return f"{self.home}/lab/{self.stack}"


def surroundings(
    verifier: bytes, environment: Mapping[str, str] = os.environ, *, lifecycle: str = ""
) -> Surroundings:
    """Those of the running Pulumi program."""
    return Surroundings(
        organization=pulumi.get_organization(),
        project=pulumi.get_project(),
        stack=pulumi.get_stack(),
        docker_host=environment.get("DOCKER_HOST") or DEFAULT_DOCKER_HOST,
        home=str(Path(environment.get("DOCKLAB_HOME") or ROOT / ".docklab").absolute()),
        verifier=verifier,
        lifecycle=lifecycle,
    )
