"""What the policy pack runs on: an environment of its own, for it wants another protobuf."""

from __future__ import annotations

from toolchain.paths import Paths
from toolchain.setup import venv
from toolchain.setup.console import SetupError

REQUIREMENTS = "policy/requirements.txt"


def ensure(paths: Paths) -> None:
    """Makes or completes it where policy/PulumiPolicy.yaml says it is. Raises SetupError."""
    file = paths.root / REQUIREMENTS
    if not file.is_file():
        raise SetupError(f"{file} is missing: the clone is not whole; `git status` tells more")
    venv.complete(paths, paths.policy_venv, [file])
