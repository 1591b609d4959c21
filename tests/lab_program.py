"""The good lab as a Pulumi program, with anything changed in it. Not a test."""

from collections.abc import Callable
from typing import Any

from lab_values import changed

from infra.config import parse
from infra.program import build, export
from infra.surroundings import Surroundings

AROUND = Surroundings(
    organization="organization",
    project="docklab",
    stack="test",
    docker_host="unix:///run/x.sock",
    home="/srv/clone/.docklab",
    verifier=b"zipapp",
    lifecycle="0f1e",
    python="/srv/clone/.docklab/venv/bin/python",
    root="/srv/clone",
)


def program(*changes: tuple[str, Any]) -> Callable[[], None]:
    """Declares the lab, as `infra/__main__.py` would."""
    return program_of(changed(*changes))


def program_of(raw: Any) -> Callable[[], None]:
    """Declares any lab, given as YAML would give it."""
    lab = parse(raw)
    return lambda: export(build(lab, AROUND))
