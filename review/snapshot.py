"""What one stack declares, as the text `review/stacks/<stack>/resources.yaml` and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from policy.resource import Options, Resource
from review.stacks import path as stack_path

_FORMAT = 1
# In C where that is there, which is several times faster.
SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LINE = 80
_HEAD = """\
# What {file} declares: every resource that a run of Pulumi would register.
# Written by `make review`; `make review-check` fails when it is not what the program gives.
"""


class SnapshotError(Exception):
    """A text that is no snapshot; says why."""


@dataclass(frozen=True, kw_only=True)
class Suppressed:
    rule: str
    resource: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """`resources` in the order of their paths; the rest is what the stack file says besides.

    `images`: what it calls an image whose digest decides, by key.
    """

    stack: str
    production: bool
    allow_data_loss: tuple[str, ...] = ()
    suppress: tuple[Suppressed, ...] = ()
    images: Mapping[str, str] = field(default_factory=dict)
    secrets_provider: str = ""
    environment: str = ""
    resources: tuple[Resource, ...]


class _Dumper(yaml.SafeDumper):
    """Text of several lines as a literal block; nothing is ever folded or shared."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True

    def represent_sequence(
        self, tag: str, sequence: Any, flow_style: bool | None = None
    ) -> yaml.SequenceNode:
        node = super().represent_sequence(tag, sequence, flow_style)
        node.flow_style = _is_short(node.value)
        return node

    def represent_mapping(
        self, tag: str, mapping: Any, flow_style: bool | None = None
    ) -> yaml.MappingNode:
        node = super().represent_mapping(tag, mapping, flow_style)
        node.flow_style = _is_short([part for pair in node.value for part in pair])
        return node


def _is_short(nodes: Sequence[yaml.Node]) -> bool:
    """Whether a list or mapping of plain words fits one line."""
    plain = all(isinstance(node, yaml.ScalarNode) and node.style != "|" for node in nodes)
    return plain and sum(len(str(node.value)) + 2 for node in nodes) <= _LINE


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    legible = all(one.isprintable() or one == "\n" for one in text)
    style = '"' if not legible else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def dump(value: object) -> str:
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, width=10_000, sort_keys=False)


def to_text(snapshot: Snapshot) -> str:
    """The committed form: a block a resource, names in the place of paths where they are enough."""
    short = _short(snapshot.resources)
    head: dict[str, object] = {"format": _FORMAT, "production": snapshot.production}
    if snapshot.allow_data_loss:
        head["allow_data_loss"] = list(snapshot.allow_data_loss)
    if snapshot.suppress:
        head["suppress"] = [vars(one) for one in snapshot.suppress]
    if snapshot.images:
        head["images"] = dict(sorted(snapshot.images.items()))
    for name in ("secrets_provider", "environment"):
        if value := getattr(snapshot, name):
            head[name] = value
    blocks = (dump({one.path: _block(one, short)}) for one in snapshot.resources)
    text = [_HEAD.format(file=stack_path(snapshot.stack)), dump({"stack": head}), "\nresources:\n"]
    return "".join(text) + "\n".join(_indented(block) for block in blocks)


def from_text(text: str, stack: str) -> Snapshot:
    """Raises SnapshotError."""
    try:
        whole = yaml.load(text, Loader=SAFE_LOADER)
        head, blocks = whole["stack"], whole["resources"] or {}
        if head["format"] != _FORMAT:
            raise SnapshotError(f"it has format {head['format']}, and this program reads {_FORMAT}")
        long = {name: path for path, name in _short_names(blocks).items()}
        return Snapshot(
            stack=stack,
            production=head["production"],
            allow_data_loss=tuple(head.get("allow_data_loss", ())),
            suppress=tuple(Suppressed(**one) for one in head.get("suppress", ())),
            images=head.get("images", {}),
            secrets_provider=head.get("secrets_provider", ""),
            environment=head.get("environment", ""),
            resources=tuple(_resource(path, block, long) for path, block in blocks.items()),
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise SnapshotError(
            f"it is not what `make review` writes ({type(error).__name__})"
        ) from None


def _short(resources: Sequence[Resource]) -> dict[str, str]:
    return _short_names([one.path for one in resources])


def _short_names(paths: Sequence[str] | Mapping[str, object]) -> dict[str, str]:
    """By path its name, where no other resource has that; else the path."""
    named = {path: path.rpartition("::")[2] for path in paths}
    counted = Counter(named.values())
    return {path: name if counted[name] == 1 else path for path, name in named.items()}


def _indented(block: str) -> str:
    return "".join(f"  {line}\n" if line else "\n" for line in block.split("\n")[:-1])


def _block(one: Resource, short: Mapping[str, str]) -> dict[str, object]:
    def names(paths: Sequence[str]) -> list[str]:
        return sorted(short.get(path, path) for path in paths)

    block: dict[str, object] = {}
    if one.is_component:
        block["component"] = True
    if one.parent:
        block["parent"] = short.get(one.parent, one.parent)
    if one.inputs:
        block["inputs"] = dict(one.inputs)
    if one.uses:
        block["uses"] = {key: names(paths) for key, paths in sorted(one.uses.items())}
    options = _options(one.options, short)
    if options:
        block["options"] = options
    return block


_PATHS = ("depends_on", "replace_with")
_PATH = ("provider", "deleted_with")


def _options(options: Options, short: Mapping[str, str]) -> dict[str, object]:
    said: dict[str, object] = {}
    for name in Options.__dataclass_fields__:
        value = getattr(options, name)
        if value == getattr(Options(), name):
            continue
        if name in _PATH:
            value = short.get(value, value)
        elif name in _PATHS:
            value = sorted(short.get(path, path) for path in value)
        said[name] = list(value) if isinstance(value, tuple) else value
    return said


def _resource(path: str, block: Mapping[str, Any] | None, long: Mapping[str, str]) -> Resource:
    block = block or {}
    chain, _, name = path.rpartition("::")

    def paths(given: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted(long.get(one, one) for one in given))

    said = dict(block.get("options", {}))
    for key, value in said.items():
        if key in _PATH:
            said[key] = long.get(value, value)
        elif isinstance(value, list):
            said[key] = paths(value) if key in _PATHS else tuple(value)
    return Resource(
        path=path,
        type=chain.rpartition("$")[2],
        name=name,
        parent=long.get(block.get("parent", ""), block.get("parent", "")),
        inputs=block.get("inputs", {}),
        uses={key: paths(given) for key, given in block.get("uses", {}).items()},
        options=Options(**said),
        is_component=block.get("component", False),
    )
