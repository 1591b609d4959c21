"""What the stack's last checkpoint says of volumes and engine. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_VOLUME = "docklab:storage:DataVolume$docker:index/volume:Volume"
_PROVIDER = "pulumi:providers:docker"
_CHILD = "-volume"


@dataclass(frozen=True, kw_only=True)
class RecordedVolume:
    """A volume of the lab as it is: `key` in the YAML, `name` on the engine."""

    key: str
    name: str
    driver: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """`docker_host` is None where no provider is recorded."""

    volumes: tuple[RecordedVolume, ...] = ()
    docker_host: str | None = None


def recorded(resources: Mapping[str, Any]) -> Recorded:
    """From `{urn: {"type": …, "outputs": {…}}}`, as `readStackResourceOutputs` answers."""
    volumes: list[RecordedVolume] = []
    docker_host = None
    for urn, resource in sorted(resources.items()):
        _, _, chain, name = urn.split("::", 3)
        outputs = resource.get("outputs") or {}
        if chain.endswith(_VOLUME) and name.endswith(_CHILD):
            volumes.append(
                RecordedVolume(
                    key=name.removesuffix(_CHILD),
                    name=str(outputs.get("name", "unknown")),
                    driver=str(outputs.get("driver") or "local"),
                    options=dict(outputs.get("driverOpts") or {}),
                )
            )
        elif chain.split("$")[-1] == _PROVIDER and outputs.get("host"):
            docker_host = str(outputs["host"])
    return Recorded(volumes=tuple(volumes), docker_host=docker_host)
