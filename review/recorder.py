"""Runs the program of a stack on an engine that records: no CLI, no network, no credentials."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import traceback
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.mocks import MockMonitor

from infra.config import load, parse
from infra.model.lab import Lab
from infra.program import build, export
from infra.surroundings import DEFAULT_DOCKER_HOST, Surroundings
from lifecycle import fingerprint as lifecycle_fingerprint
from policy.resource import Options, Resource
from review.answers import Answers, OnlyInARun
from review.engine import run_on
from review.stacks import PROJECT, ROOT, StackFile
from review.wire import told
from verifier.archive import build as verifier_archive

_STACK = "pulumi:pulumi:Stack"
_CLONE = "${clone}"
# The SDKs read defaults and credentials from these; what a stack declares is the same without.
_OUTSIDE = ("AWS_", "DOCKER_", "PULUMI_")
# Options that this program has no use for; whoever gives one is to be seen.
_FURTHER = (
    *("importId", "pluginDownloadURL", "pluginChecksums", "replacement_trigger", "transforms"),
    *("hooks", "hideDiffs", "envVarMappings", "state_migrations"),
)
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
    secrets_provider: str = ""
    environment: str = ""


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
        with _alone() as loop:
            run_on(
                monitor,
                program,
                loop,
                project=PROJECT,
                stack=file.name,
                preview=True,
                config=file.config,
                secrets=file.secrets,
                logger=_quiet(),
            )
    except (pulumi.RunError, OnlyInARun) as error:
        raise Refused(str(error)) from None
    except Exception as error:
        raise Refused(_failed(error)) from error
    resources = (_resource(urn, request) for urn, request in monitor.requests.items())
    return Recorded(
        stack=file.name,
        lab=labs[0],
        resources=tuple(sorted(resources, key=lambda r: r.path)),
        secrets_provider=file.secrets_provider,
        environment=file.environment,
    )


def _failed(error: Exception) -> str:
    """Where the program broke; its words may hold what is not for everyone."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(ROOT)]
    place = (own or frames)[-1]
    file = Path(place.filename)
    shown = file.relative_to(ROOT) if file.is_relative_to(ROOT) else file.name
    return (
        f"the program fails with {type(error).__name__} in {shown}, line {place.lineno}; "
        "`make preview` shows it whole"
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


def _quiet() -> logging.Logger:
    """What the program warns of is for a run; the review has its own words for it."""
    logger = logging.getLogger("review")
    logger.setLevel(logging.CRITICAL)
    return logger


@contextlib.contextmanager
def _alone() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop of its own, and an environment without what the SDKs take from there."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(_OUTSIDE)}
    for name in kept:
        del os.environ[name]
    loop, answering = asyncio.new_event_loop(), asyncio.new_event_loop()
    # The mocks want a loop on each thread that answers, and would leave them all open.
    loop.set_default_executor(
        ThreadPoolExecutor(1, initializer=asyncio.set_event_loop, initargs=(answering,))
    )
    try:
        yield loop
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        answering.close()
        os.environ.update(kept)


def _resource(urn: str, request: Any) -> Resource:
    uses: Mapping[str, Any] = request.propertyDependencies
    explicit = set(request.dependencies) - {u for used in uses.values() for u in used.urns}
    return Resource(
        path=_path(urn),
        type=request.type,
        name=request.name,
        parent="" if _STACK in request.parent else _path(request.parent),
        inputs=told(MessageToDict(request.object)),
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
            secret_outputs=tuple(sorted(request.additionalSecretOutputs)),
            aliases=tuple(sorted(alias.urn or alias.spec.name for alias in request.aliases)),
            further=_given(request),
        ),
        is_component=not request.custom,
    )


def _given(request: Any) -> tuple[str, ...]:
    """Names of those options; the SDK always sends some of them, with nothing in them."""
    given = (
        one.name
        for one, value in request.ListFields()
        if one.name in _FURTHER and (one.is_repeated or not one.message_type or value.ByteSize())
    )
    return tuple(sorted(given))


def _path(urn: str) -> str:
    return urn.split("::", 2)[2] if urn.count("::") > 2 else ""


def _paths(urns: Any) -> tuple[str, ...]:
    return tuple(sorted(path for path in map(_path, urns) if path and _STACK not in path))
