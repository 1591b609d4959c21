"""An image on the host, found there or pulled. Destroying the lab leaves it where it is."""

from dataclasses import dataclass

import pulumi
import pulumi_docker as docker


@dataclass(frozen=True, kw_only=True)
class ImageArgs:
    """`reference` is `repository:tag`, or `repository@sha256:…` where the digest is known."""

    reference: str


class Image(pulumi.ComponentResource):
    image_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: ImageArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("docklab:image:Image", name, None, opts)
        image = docker.RemoteImage(
            f"{name}-image",
            name=args.reference,
            keep_locally=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.image_id = image.image_id
        self.register_outputs({"image_id": self.image_id})
