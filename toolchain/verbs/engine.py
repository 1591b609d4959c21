"""The engine's side of a repair: lists and removes by the Docker SDK. Decides nothing (leftovers.py
does)."""

import contextlib
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from toolchain.verbs.deployment import EngineAddress
from toolchain.verbs.errors import VerbError
from toolchain.verbs.leftovers import STACK_LABEL, Thing

_SECONDS = 20


_REPAIR = "an interrupted run must be put right there first"


def connect(address: EngineAddress, needed: str = _REPAIR) -> Any:
    """A client for an engine; VerbError in the engine's words when it does not answer.

    needed: what it is needed for, as a part of that sentence.
    """
    import docker
    import docker.errors
    import requests.exceptions

    host = address.host
    try:
        client = _over_ssh(address) if host.startswith("ssh://") else _client(host)
        client.ping()
    except (docker.errors.DockerException, requests.exceptions.RequestException, OSError) as error:
        raise VerbError(
            f"the Docker engine at {host} does not answer, and {needed}:"
            f" {error}. Start that engine and run the same again."
        ) from error
    return client


def _client(host: str) -> Any:
    import docker

    return docker.DockerClient(base_url=host, timeout=_SECONDS)


def _over_ssh(address: EngineAddress) -> Any:
    """Through the machine's own ssh under the options of the lab: the SDK takes no options."""
    import docker

    from toolchain.standin.docker.ssh import SshClient

    client = docker.DockerClient.__new__(docker.DockerClient)
    client.api = SshClient(address.host, address.ssh_options, timeout=_SECONDS)
    return client


def running_ids(address: EngineAddress) -> frozenset[str] | None:
    """Ids of all running containers; None when the engine does not answer, which is for others to
    report."""
    try:
        client = connect(address)
    except VerbError:
        return None
    try:
        return frozenset(item["Id"] for item in client.api.containers())
    finally:
        client.close()


def first_pids(address: EngineAddress, ids: Iterable[str]) -> dict[str, int]:
    """The first process of each running container among `ids`, by id; those the engine tells."""
    import docker.errors

    client = connect(address)
    try:
        found = {}
        for identity in ids:
            with contextlib.suppress(docker.errors.NotFound):
                found[identity] = int(client.api.inspect_container(identity)["State"]["Pid"])
        return {identity: pid for identity, pid in found.items() if pid}
    finally:
        client.close()


def things(client: Any, stack: str, volumes: Iterable[str]) -> list[Thing]:
    """Containers, networks and volumes labelled with the stack, and those of the named volumes that
    exist."""
    label = {"label": f"{STACK_LABEL}={stack}"}
    found = [
        _thing(
            "container",
            item["Names"][0].lstrip("/"),
            item["Id"],
            item.get("Labels"),
            float(item["Created"]),
        )
        for item in client.api.containers(all=True, filters=label)
    ]
    found += [
        _thing("network", item["Name"], item["Id"], item.get("Labels"), _moment(item["Created"]))
        for item in client.api.networks(filters=label)
    ]
    wanted = frozenset(volumes)
    listed = client.api.volumes(filters=label)["Volumes"] or []
    labelled = {item["Name"] for item in listed}
    if wanted:
        listed += [
            item
            for item in client.api.volumes()["Volumes"] or []
            if item["Name"] in wanted - labelled
        ]
    found += [
        _thing("volume", item["Name"], item["Name"], item.get("Labels"), _moment(item["CreatedAt"]))
        for item in listed
    ]
    return found


def _thing(
    kind: str, name: str, identity: str, labels: dict[str, str] | None, created: float
) -> Thing:
    return Thing(kind, name, identity, labels or {}, created)


def _moment(text: str) -> float:
    """The engine's times: RFC 3339 with up to nine digits of a second."""
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text)).timestamp()


def remove(client: Any, found: Iterable[Thing]) -> Iterator[Thing]:
    """Removes one by one and yields what is gone; VerbError names what the engine would not give
    up."""
    import docker.errors

    calls = {
        "container": lambda thing: client.api.remove_container(thing.id, force=True, v=True),
        "network": lambda thing: client.api.remove_network(thing.id),
        "volume": lambda thing: client.api.remove_volume(thing.id),
    }
    for thing in found:
        try:
            calls[thing.kind](thing)
        except docker.errors.NotFound:
            continue
        except docker.errors.APIError as error:
            raise VerbError(
                f"{thing.kind} {thing.name} was left by an interrupted run and the engine does"
                " not remove it:"
                f" {error.explanation}. Remove it by hand and run the same again."
            ) from error
        yield thing
