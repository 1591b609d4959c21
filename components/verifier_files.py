"""The verifier on the host: a container that is never started and lends its one volume.

A container with a read-only root takes no upload, and the one that verifies has a read-only root.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_docker as docker

FOLDER = "/verifier"
FILE = f"{FOLDER}/verifier.pyz"


@dataclass(frozen=True, kw_only=True)
class VerifierFilesArgs:
    """`verifier` is a zipapp. The image is not run, any will do."""

    container_name: str
    image_id: pulumi.Input[str]
    verifier: bytes
    labels: Mapping[str, str]


class VerifierFiles(pulumi.ComponentResource):
    container_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: VerifierFilesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("docklab:verification:VerifierFiles", name, None, opts)
        container = docker.Container(
            f"{name}-files",
            name=args.container_name,
            image=args.image_id,
            command=["true"],
            start=False,
            must_run=False,
            restart="no",
            network_mode="none",
            volumes=[docker.ContainerVolumeArgs(container_path=FOLDER)],
            uploads=[
                docker.ContainerUploadArgs(
                    file=FILE, content_base64=base64.b64encode(args.verifier).decode()
                )
            ],
            labels=[
                docker.ContainerLabelArgs(label=label, value=value)
                for label, value in sorted(args.labels.items())
            ],
            opts=pulumi.ResourceOptions(
                parent=self, delete_before_replace=True, replace_on_changes=["*"]
            ),
        )
        self.container_id = container.id
        self.register_outputs({"container_id": self.container_id})
