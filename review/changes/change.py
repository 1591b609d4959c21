"""One resource's change, and what of its properties changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["create", "delete", "update", "replace", "options"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyChange:
    """`path` such as `mounts[/data].readOnly`; None stands for nothing on that side."""

    path: str
    before: object
    after: object
    replaces: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is expected of one resource. `path` and `name` are those it has afterwards.

    Of kind `options`: nothing is done to it, and later runs treat it in another way; `properties`
    are then options.

    `because` is one sentence for a reader, `cause` the path of the resource whose replacement drags
    this one along, or empty.
    """

    path: str
    name: str
    type: str
    kind: Kind
    data_loss: bool = False
    properties: tuple[PropertyChange, ...] = ()
    because: str = ""
    cause: str = ""
