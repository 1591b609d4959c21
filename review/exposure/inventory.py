"""The whole inventory of a stack, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml

from policy import kinds
from policy.resource import Resource
from review.exposure.commands import TYPES as COMMANDS
from review.exposure.commands import of_command
from review.exposure.containers import of_container
from review.exposure.images import of_images
from review.exposure.machines import of_machine
from review.exposure.mounts import of_volume
from review.exposure.networks import of_networks
from review.exposure.row import TOPICS, Exposed, is_verification, mapping, maps, texts
from review.markdown import text
from review.snapshot import SAFE_LOADER, Snapshot

VERIFIED = "is verified after every change, and a run that finds otherwise fails"
_PROVEN = "verified"
_FILES = "docklab:verification:VerifierFiles$docker:index/container:Container::"
_CHECK = "docklab:verification:NamespaceCheck$docker:index/container:Container::"


def inventory(snapshot: Snapshot) -> tuple[Exposed, ...]:
    return tuple(sorted({*_rows(snapshot)}, key=lambda row: row.order))


def _rows(snapshot: Snapshot) -> Iterator[Exposed]:
    resources = snapshot.resources
    for one in resources:
        yield from _of(one)
    yield from of_images(resources, snapshot.images)
    yield from of_networks(resources)
    is_lab = any(one.type == kinds.CONTAINER for one in resources)
    if is_lab and not any(one.path.startswith(_CHECK) for one in resources):
        yield Exposed(
            topic="verification", subject="isolation", text="nothing is verified", way=_PROVEN
        )
    yield Exposed(
        topic="secrets",
        subject=snapshot.stack,
        text=f"secrets are encrypted with {snapshot.secrets_provider or 'a passphrase'}",
        kind="tells",
        way="secrets provider",
    )
    if snapshot.environment:
        said = f"configuration and variables come from {snapshot.environment}, too"
        yield Exposed(topic="secrets", subject=snapshot.stack, text=said)
    for key in snapshot.allow_data_loss:
        said = "a run may destroy its data: allow_data_loss names it"
        yield Exposed(topic="data", subject=key, text=said)
    if snapshot.production:
        said = "is judged by the rules for production, too"
        yield Exposed(topic="policy", subject=snapshot.stack, text=said, kind="guards")


def _of(one: Resource) -> Iterator[Exposed]:
    if one.path.startswith(_CHECK):
        yield from _verification(one)
        yield from of_container(one)
    elif one.path.startswith(_FILES):
        yield from _program(one)
    elif one.type == kinds.CONTAINER and not is_verification(one):
        yield from of_container(one)
    elif one.type == kinds.VOLUME:
        yield from of_volume(one)
    elif one.type in COMMANDS:
        yield from of_command(one)
    else:
        yield from of_machine(one)


def _verification(one: Resource) -> Iterator[Exposed]:
    """What the proof covers: less of it is less proven."""

    def row(text: str, way: str = "") -> Exposed:
        return Exposed(topic="verification", subject="isolation", text=text, kind="guards", way=way)

    yield row(VERIFIED, _PROVEN)
    spec = _spec(one.inputs.get("envs"))
    for target in spec.get("containers", []):
        yield Exposed(
            topic="verification",
            subject=str(target.get("name")),
            text="is among the verified containers",
            kind="guards",
            of=f"{target.get('name')}-container",
        )
    for name, wanted in sorted(mapping(spec.get("require")).items()):
        if wanted in (True, "auto"):
            yield row(f"a {name} namespace of its own is asked for where the engine gives it")
        if wanted is True:
            yield row(f"a {name} namespace of its own is insisted on")
    for network in texts(spec.get("internal")):
        shown = row(f"network {network} is shown to lead nowhere")
        yield replace(shown, of=f"{network}-network")
    for address in texts(spec.get("egress")):
        yield row(f"{address} is shown to be out of reach of what is internal")
    for name in ("allow_shared", "icc_false"):
        for item in spec.get(name) or ():
            yield replace(row(f"{name}: {item} is not counted against it"), kind="opens")


def _program(one: Resource) -> Iterator[Exposed]:
    """Another program proves something else, or in another way."""
    for upload in maps(one.inputs.get("uploads")):
        text = f"the proof is made by program {upload.get('contentBase64')}"
        yield Exposed(
            topic="verification", subject="isolation", text=text, kind="tells", way="proof"
        )


def _spec(envs: object) -> Mapping[str, Any]:
    for entry in envs if isinstance(envs, list) else []:
        name, _, value = str(entry).partition("=")
        if name == "NSV_SPEC":
            found = yaml.load(value, Loader=SAFE_LOADER)
            return found if isinstance(found, dict) else {}
    return {}


def to_markdown(rows: tuple[Exposed, ...]) -> str:
    """The committed text: a list for each topic that has rows."""
    parts = []
    for topic in TOPICS:
        found = [row for row in rows if row.topic == topic]
        if found:
            lines = (f"- **{text(row.subject)}** {text(row.told)}" for row in found)
            parts.append(f"## {topic.capitalize()}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)
