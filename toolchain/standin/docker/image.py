"""docker:index/remoteImage:RemoteImage, done to an engine.

An image that the engine has is taken as it is; only a missing one is pulled, without credentials.
"""

from __future__ import annotations

from typing import Any

from docker.errors import APIError

from toolchain.standin.docker.client import Engine, is_missing
from toolchain.standin.docker.shapes import image_digest
from toolchain.standin.docker.tables import IMAGE
from toolchain.standin.errors import ResourceError, gone_at_once
from toolchain.standin.resource import Live, Operation
from toolchain.standin.values import Values


class RemoteImage:
    """Images of one engine."""

    table = IMAGE

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, planned: Values, operation: Operation) -> Live:
        """Find it, or pull it."""
        name = planned["name"]
        try:
            find_or_pull(self._engine, name, planned.get("platform", ""))
        except ResourceError as error:
            raise ResourceError(f"Unable to read Docker image into resource: {error}") from error
        live = self.read("", planned, operation)
        if live is None:
            raise gone_at_once(operation.urn)
        return live

    def read(self, identity: str, state: Values, operation: Operation) -> Live | None:  # noqa: ARG002
        """Look it up by its name."""
        if "name" not in state:
            raise ResourceError(
                "the stand-in Docker provider does not support importing a RemoteImage: "
                "declare it in the program, it takes what the engine has"
            )
        name = state["name"]
        found = local_image(self._engine, name)
        if found is None:
            return None
        digest = image_digest(name, found.get("RepoDigests"))
        outputs = {**state, "imageId": found["Id"], "repoDigest": digest}
        return Live(f"{found['Id']}{name}", outputs)

    def update(self, identity: str, state: Values, planned: Values, operation: Operation) -> Values:  # noqa: ARG002
        """Find it again, or pull it again."""
        return self.create(planned, operation).outputs

    def delete(self, identity: str, state: Values, operation: Operation) -> None:  # noqa: ARG002
        """Remove it by its name, unless it is to be kept or is gone."""
        if state.get("keepLocally") or local_image(self._engine, state["name"]) is None:
            return
        client = self._engine.client()
        with self._engine.errors("Unable to remove Docker image"):
            try:
                client.remove_image(state["name"], force=bool(state.get("forceRemove")))
            except APIError as error:
                if not is_missing(error):
                    raise


def local_image(engine: Engine, name: str) -> dict[str, Any] | None:
    """The engine's image of that name, or None."""
    client = engine.client()
    with engine.errors(f"unable to inspect image {name}"):
        try:
            found: dict[str, Any] = client.inspect_image(name)  # type: ignore[no-untyped-call]
        except APIError as error:
            if is_missing(error):
                return None
            raise
    return found


def find_or_pull(engine: Engine, name: str, platform: str = "") -> None:
    """Make sure that the engine has this image; ResourceError if it has not and cannot pull it."""
    if not name:
        raise ResourceError("empty image name is not allowed")
    if local_image(engine, name) is not None:
        return
    client = engine.client()
    with engine.errors(f"unable to pull image {name}: error pulling image {name}"):
        for line in client.pull(name, platform=platform or None, stream=True, decode=True):
            if "error" in line:
                raise ResourceError(f"unable to pull image {name}: {line['error']}")
    if local_image(engine, name) is None:
        raise ResourceError(f"unable to find or pull image {name}")
