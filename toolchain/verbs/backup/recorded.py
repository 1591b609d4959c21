"""What the state says of a stack's volumes and of an image that can carry them. Pure."""

from __future__ import annotations

from toolchain.verbs import deployment as state
from toolchain.verbs import verified

_OWNER = "docklab:storage:DataVolume$" + state.VOLUME
_CHILD = "-volume"


def volumes(deployment: state.Deployment) -> dict[str, str]:
    """Names on the engine of the volumes that live, by their keys in the lab."""
    found = {}
    for resource in state.resources(deployment):
        _, _, chain, name = (*str(resource.get("urn", "")).split("::", 3), "", "", "", "")[:4]
        alive = resource.get("id") and not resource.get("delete")
        if alive and chain.endswith(_OWNER) and name.endswith(_CHILD):
            found[name.removesuffix(_CHILD)] = str(resource["id"])
    return dict(sorted(found.items()))


def image_with_python(deployment: state.Deployment) -> str:
    """The verification's, which has Python; where none ran, another container's; else ""."""
    check = verified.check(deployment)
    if check and check.image:
        return check.image
    images = (
        str((resource.get("outputs") or {}).get("image") or "")
        for resource in state.resources(deployment)
        if resource.get("type") == state.CONTAINER and not resource.get("delete")
    )
    return next(filter(None, images), "")
