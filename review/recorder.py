"""Runs the program of a stack on an engine that records: no CLI, no network, no credentials."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pulumi
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import SETTINGS, set_root_resource

from infra.config import load, parse
from infra.model.lab import Lab
from infra.program import build, export
from infra.surroundings import DEFAULT_DOCKER_HOST, Surroundings
from lifecycle import fingerprint as lifecycle_fingerprint
from policy.resource import Options, Resource
from review.answers import Answers
from review.stacks import PROJECT, StackFile
from review.wire import plain
from verifier.archive import build as verifier_archive

_STACK = "pulumi:pulumi:Stack"
_CLONE = "${clone}"
# The SDKs read defaults and credentials from these; what a stack declares is the same without.
_OUTSIDE = ("AWS_", "DOCKER_", "PULUMI_")
# The same for every stack of a run, and most of the time that recording one takes.
_verifier, _lifecycle = cache(verifier_archive), cache(lifecycle_fingerprint)


class Refused(Exception):
    """The program refuses the stack; the message is what a run would say."""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What a stack's program declares: `resources` in the order of their paths."""

    stack: str
    lab: Lab
    resources: tuple[Resource, ...]


class _Recorder(MockMonitor):
    """Remembers each registration whole; its URNs have all parents' types, as the engine's have."""

    def __init__(self) -> None:
        super().__init__(Answers())
        self.requests: dict[str, Any] = {}

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        above = parent.split("::")[2] if parent else _STACK
        chain = type_ if above == _STACK else f"{above}${type_}"
        return f"urn:pulumi:{pulumi.get_stack()}::{PROJECT}::{chain}::{name}"

    def RegisterResource(self, request: Any) -> Any:
        if request.type != _STACK:
            self.requests[self.make_urn(request.parent, request.type, request.name)] = request
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]


def record(file: StackFile) -> Recorded:
    """Raises Refused when the program does not accept the stack file."""
    monitor, labs = _Recorder(), list[Lab]()

    def program() -> None:
        lab = load()
        labs.append(lab)
        export(build(lab, _around(file.name)))

    try:
        with _engine(monitor, file):
            asyncio.get_event_loop().run_until_complete(pulumi.runtime.run_in_stack(program))
    except pulumi.RunError as error:
        raise Refused(str(error)) from None
    resources = (_resource(urn, request) for urn, request in monitor.requests.items())
    return Recorded(
        stack=file.name, lab=labs[0], resources=tuple(sorted(resources, key=lambda r: r.path))
    )


def lab_of(file: StackFile) -> Lab:
    """The lab of a stack file alone. Raises Refused."""
    text = file.config.get(f"{PROJECT}:lab")
    try:
        raw = None if text is None else json.loads(text)
        return parse(raw, f"{PROJECT}:lab" in file.secrets, file.name)
    except ValueError:
        raise Refused("lab: must be a mapping of keys to settings, not a text") from None
    except pulumi.RunError as error:
        raise Refused(str(error)) from None


def _around(stack: str) -> Surroundings:
    return Surroundings(
        organization="organization",
        project=PROJECT,
        stack=stack,
        docker_host=DEFAULT_DOCKER_HOST,
        home=f"{_CLONE}/.docklab",
        verifier=_verifier(),
        lifecycle=_lifecycle(),
        python="python3",
        root=_CLONE,
    )


@contextlib.contextmanager
def _engine(monitor: _Recorder, file: StackFile) -> Iterator[None]:
    kept = dict(os.environ)
    for name in [name for name in kept if name.startswith(_OUTSIDE)]:
        del os.environ[name]
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    quiet = logging.getLogger("review")
    quiet.setLevel(logging.CRITICAL)
    # A program that is stopped by a refusal leaves tasks whose result nobody asks for.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    pulumi.runtime.set_mocks(
        monitor.mocks, PROJECT, file.name, preview=True, monitor=monitor, logger=quiet
    )
    pulumi.runtime.set_all_config(dict(file.config), list(file.secrets))
    # set_mocks has made a stack and its outputs already; the program's own are to be recorded.
    set_root_resource(None)  # type: ignore[arg-type]
    SETTINGS.outputs.clear()
    SETTINGS.rpc_manager.clear()
    try:
        yield
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        os.environ.update(kept)


def _resource(urn: str, request: Any) -> Resource:
    uses: Mapping[str, Any] = request.propertyDependencies
    explicit = set(request.dependencies) - {u for used in uses.values() for u in used.urns}
    return Resource(
        path=_path(urn),
        type=request.type,
        name=request.name,
        parent="" if _STACK in request.parent else _path(request.parent),
        inputs=plain(MessageToDict(request.object)),
        uses={key: _paths(used.urns) for key, used in sorted(uses.items()) if used.urns},
        options=Options(
            protect=request.protect,
            provider=_path(request.provider.rpartition("::")[0]),
            depends_on=_paths(explicit),
            delete_before_replace=request.deleteBeforeReplace,
            replace_on_changes=tuple(sorted(request.replaceOnChanges)),
            ignore_changes=tuple(sorted(request.ignoreChanges)),
            deleted_with=_path(request.deletedWith),
            replace_with=_paths(request.replace_with),
            retain_on_delete=request.retainOnDelete,
            aliases=tuple(sorted(alias.urn or alias.spec.name for alias in request.aliases)),
        ),
        is_component=not request.custom,
    )


def _path(urn: str) -> str:
    return urn.split("::", 2)[2] if urn.count("::") > 2 else ""


def _paths(urns: Any) -> tuple[str, ...]:
    return tuple(sorted(path for path in map(_path, urns) if path and _STACK not in path))
