"""A named volume that holds data. Never edited in place: a change replaces it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_docker as docker


@dataclass(frozen=True, kw_only=True)
class DataVolumeArgs:
    driver: str = "local"
    options: Mapping[str, str] = field(default_factory=dict)


class DataVolume(pulumi.ComponentResource):
    volume_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: DataVolumeArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("docklab:storage:DataVolume", name, None, opts)
        # No name: the engine would adopt a stranger's. No label: editing one would lose the data.
        volume = docker.Volume(
            f"{name}-volume",
            driver=args.driver,
            driver_opts=dict(args.options) or None,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.volume_name = volume.name
        self.register_outputs({"volume_name": self.volume_name})
