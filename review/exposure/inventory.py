"""The whole inventory of a stack, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from policy.resource import Resource
from review.exposure.containers import CONTAINER, maps, of_container, of_networks
from review.exposure.machines import of_machine
from review.exposure.row import TOPICS, Exposed, is_verification, key_of
from review.markdown import text
from review.snapshot import Snapshot

VERIFIED = "is verified after every change, and a run that finds otherwise fails"
_IMAGE = "docker:index/remoteImage:RemoteImage"
_VOLUME = "docker:index/volume:Volume"
_FILES = "docklab:verification:VerifierFiles$docker:index/container:Container::"
_CHECK = "docklab:verification:NamespaceCheck$docker:index/container:Container::"


def inventory(snapshot: Snapshot) -> tuple[Exposed, ...]:
    return tuple(sorted({*_rows(snapshot)}, key=lambda row: row.order))


def _rows(snapshot: Snapshot) -> Iterator[Exposed]:
    for one in snapshot.resources:
        if one.path.startswith(_CHECK):
            yield from _verification(one)
        elif one.path.startswith(_FILES):
            yield from _program(one)
        elif one.type == CONTAINER and not is_verification(one):
            yield from of_container(one)
        elif one.type == _VOLUME:
            yield from _volume(one)
        elif one.type == _IMAGE:
            yield Exposed(
                topic="identities",
                subject=key_of(one),
                text=f"runs the code of image {one.inputs.get('name')}",
                kind="tells",
                way="code",
            )
        else:
            yield from of_machine(one)
    yield from of_networks(snapshot.resources)
    for key in snapshot.allow_data_loss:
        said = "the stack file allows to lose its data (allow_data_loss)"
        yield Exposed(topic="data", subject=key, text=said)


def _volume(one: Resource) -> Iterator[Exposed]:
    yield Exposed(topic="data", subject=key_of(one), text="a volume holds data", kind="tells")
    if one.options.protect:
        said = "Pulumi refuses to delete or replace it"
        yield Exposed(topic="data", subject=key_of(one), text=said, kind="guards")


def _verification(one: Resource) -> Iterator[Exposed]:
    """What the proof covers: less of it is less proven."""

    def row(text: str) -> Exposed:
        return Exposed(topic="verification", subject="isolation", text=text, kind="guards")

    yield row(VERIFIED)
    spec = _spec(one.inputs.get("envs"))
    for target in spec.get("containers", []):
        yield Exposed(
            topic="verification",
            subject=str(target.get("name")),
            text="is among the verified containers",
            kind="guards",
        )
    for name, wanted in sorted((spec.get("require") or {}).items()):
        if wanted is True:
            yield row(f"a {name} namespace of its own is insisted on")
        elif wanted == "auto":
            yield row(f"a {name} namespace of its own is asked for where the engine gives it")


def _program(one: Resource) -> Iterator[Exposed]:
    """Another program proves something else, or in another way."""
    for upload in maps(one.inputs.get("uploads")):
        text = f"the proof is made by program {upload.get('contentBase64')}"
        yield Exposed(topic="verification", subject="isolation", text=text, kind="tells")


def _spec(envs: object) -> Mapping[str, Any]:
    for entry in envs if isinstance(envs, list) else []:
        name, _, value = str(entry).partition("=")
        if name == "NSV_SPEC":
            found = yaml.safe_load(value)
            return found if isinstance(found, dict) else {}
    return {}


def to_markdown(rows: tuple[Exposed, ...]) -> str:
    """The committed text: a list for each topic that has rows."""
    parts = []
    for topic in TOPICS:
        found = [row for row in rows if row.topic == topic]
        if found:
            lines = (f"- **{text(row.subject)}** {text(row.text)}" for row in found)
            parts.append(f"## {topic.capitalize()}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)
