"""Where a container's files come from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy import kinds
from policy.resource import UNKNOWN, Resource
from policy.rule import Rule
from policy.values import PLACEHOLDER, is_reference, text

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def _digest(resource: Resource) -> Iterator[str]:
    image = resource.type == kinds.IMAGE
    # An image that is another resource's output is judged there.
    if not image and resource.inputs.get("image") == UNKNOWN:
        return
    name = text(resource, "name" if image else "image")
    if not image and (is_reference(name) or _DIGEST.fullmatch(name)):
        return
    digest = name.partition("@")[2]
    if not _DIGEST.fullmatch(digest) and not PLACEHOLDER.fullmatch(digest):
        yield f"{name or 'the image'} is named without its digest"


RULES = (
    Rule(
        id="image-by-digest",
        title="In production an image is named by its digest",
        severity="high",
        reason="Whoever holds the registry's tag decides what runs tomorrow",
        remedy="`make pin STACK=<stack>` writes the digest beside the image's name",
        reference="checkov CKV_K8S_43",
        types=(kinds.IMAGE, kinds.CONTAINER),
        check=_digest,
        production=True,
    ),
)
