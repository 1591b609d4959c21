"""Where everything is: the clone's folder and the one ignored folder `.docklab/`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Paths:
    """Absolute paths. Nothing is created here."""

    root: Path
    home: Path

    @property
    def venv(self) -> Path:
        return self.home / "venv"

    @property
    def policy_venv(self) -> Path:
        """The policy pack's packages, which do not go with the program's."""
        return self.home / "policy-venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def bin(self) -> Path:
        """Goes first on PATH: the `pulumi` launcher, and our language host where it is needed."""
        return self.home / "bin"

    @property
    def cli(self) -> Path:
        """The real Pulumi CLI, when it is not the user's own."""
        return self.home / "cli"

    @property
    def pulumi_home(self) -> Path:
        return self.home / "pulumi-home"

    @property
    def plugins(self) -> Path:
        return self.pulumi_home / "plugins"

    @property
    def state(self) -> Path:
        return self.home / "state"

    @property
    def passphrase(self) -> Path:
        return self.home / "passphrase"

    @property
    def engine(self) -> Path:
        return self.home / "engine"

    @property
    def stacks(self) -> Path:
        return self.home / "stacks"

    @property
    def lab(self) -> Path:
        return self.home / "lab"

    @property
    def reports(self) -> Path:
        """A folder a stack, with the files of its last report."""
        return self.home / "reports"

    @property
    def cache(self) -> Path:
        return self.home / "cache"

    @property
    def stamps(self) -> Path:
        return self.home / "stamps"


def identity(home: Path) -> str:
    """Eight hex digits that name this home among all on the machine."""
    return hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:8]


def paths(environment: Mapping[str, str] = os.environ) -> Paths:
    """The paths of the clone that holds this file. DOCKLAB_HOME, when set, replaces `.docklab/`."""
    root = Path(__file__).resolve().parent.parent
    chosen = environment.get("DOCKLAB_HOME")
    return Paths(root=root, home=Path(chosen).absolute() if chosen else root / ".docklab")
