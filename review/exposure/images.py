"""Whose code each container runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from policy import kinds
from policy.resource import Resource
from review.exposure.row import Exposed, is_verification, key_of

CODE = "code"
_RUNS = "runs the code of image "
_NAMED = ", named "
_OUTPUT = re.compile(r"\$\{([^}]+)\.\w+\}")


def of_images(resources: Sequence[Resource], named: Mapping[str, str]) -> Iterator[Exposed]:
    """A row a container. `named`: what the stack file calls an image of which a digest decides."""
    images = {one.name: one for one in resources if one.type == kinds.IMAGE}
    for one in resources:
        if one.type != kinds.CONTAINER:
            continue
        said = str(one.inputs.get("image"))
        found = _OUTPUT.fullmatch(said)
        image = images.get(found[1]) if found else None
        reference = str(image.inputs.get("name")) if image else said
        name = named.get(key_of(image), "") if image else ""
        yield Exposed(
            topic="identities",
            subject="isolation" if is_verification(one) else key_of(one),
            text=f"{_RUNS}{reference}{f'{_NAMED}{name}' if name else ''}",
            kind="tells",
            way=CODE,
            of=one.name,
        )


def is_pinned(then: str, now: str) -> bool:
    """Whether the text of a row differs by a digest that was not there before, and by no more."""
    before = then.removeprefix(_RUNS).partition(_NAMED)[0]
    after, _, name = now.removeprefix(_RUNS).partition(_NAMED)
    if "@" in before or "@" not in after:
        return False
    return name == before if name else _repository(before) == _repository(after)


def _repository(image: str) -> str:
    head, slash, last = image.partition("@")[0].rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"
