"""A declared resource as plain values: what rules judge and the review compares. No SDK."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

# In the place of every secret value; the review adds a fingerprint before the closing bracket.
SECRET: Final = "[secret]"
# In the place of a value that looks like a secret and is none of Pulumi's; with a fingerprint too.
IN_PLAIN_TEXT: Final = "[in plain text]"
# In the place of a value that only the engine's run would tell.
UNKNOWN: Final = "[unknown]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Pulumi's resource options that matter to a reviewer. Resources are named by their `path`.

    `further`: names of others that are given, as Pulumi's wire format has them.
    """

    protect: bool = False
    provider: str = ""
    depends_on: tuple[str, ...] = ()
    delete_before_replace: bool = False
    replace_on_changes: tuple[str, ...] = ()
    ignore_changes: tuple[str, ...] = ()
    deleted_with: str = ""
    replace_with: tuple[str, ...] = ()
    retain_on_delete: bool = False
    secret_outputs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    further: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource as the program registers it.

    `path` is its URN without organization, stack and project: `<types from the top, $ between
    them>::<name>`, such as `docklab:storage:DataVolume$docker:index/volume:Volume::data-volume`.
    `inputs` are plain JSON values by the provider's own (camelCase) names: JSON texts that hold a
    mapping or a list are decoded, secrets are SECRET, outputs of other resources are
    `${<name>.<output>}`. `uses` names by input the paths of the resources it is made from.
    """

    path: str
    type: str
    name: str
    parent: str = ""
    inputs: Mapping[str, object] = field(default_factory=dict)
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: Options = Options()
    is_component: bool = False
