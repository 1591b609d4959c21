"""The engine's side of a crowd: its containers, started four at a time, and the verifier's own."""

from __future__ import annotations

import contextlib
import io
import tarfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench.crowd import FOLDER, MEMORY_MIB, Crowd
from bench.lab import IMAGE

_AT_ONCE = 4
_POWERS = ("SYS_PTRACE", "SYS_ADMIN", "SETUID", "SETGID")
_VERIFIER, _FILE = "/verifier", "verifier.pyz"
_OBSERVER_MIB = 128
# Removing a container with no time to end: a bare `sleep` as first process takes no signal.
_NOW = {"v": True, "force": True}


@contextlib.contextmanager
def running(client: Any, crowd: Crowd, subnets: Sequence[str]) -> Iterator[dict[str, str]]:
    """Ids by name of the crowd's containers, which are gone afterwards."""
    api = client.api
    networks = [_network(api, crowd, name, subnets[i]) for i, name in enumerate(crowd.networks)]
    api.create_volume(crowd.volume)
    ids: dict[str, str] = {}
    try:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(lambda name: _start(api, crowd, name, ids), crowd.names))
        yield ids
    finally:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(lambda one: api.remove_container(one, **_NOW), ids.values()))
        for network in networks:
            api.remove_network(network)
        api.remove_volume(crowd.volume, force=True)


def _network(api: Any, crowd: Crowd, name: str, subnet: str) -> str:
    import docker.types

    pool = docker.types.IPAMPool(subnet=subnet)
    made = api.create_network(
        crowd.on_engine(name), driver="bridge", ipam=docker.types.IPAMConfig(pool_configs=[pool])
    )
    return str(made["Id"])


def _start(api: Any, crowd: Crowd, name: str, ids: dict[str, str]) -> None:
    host = api.create_host_config(
        network_mode=crowd.on_engine(crowd.network_of(name)),
        binds=[f"{crowd.volume}:{FOLDER}:{crowd.mode_of(name)}"],
        ipc_mode="private",
        cap_drop=["ALL"],
        security_opt=["no-new-privileges:true"],
        read_only=True,
        mem_limit=f"{MEMORY_MIB}m",
    )
    # The SDK has no word for it in this place.
    host["CgroupnsMode"] = "private"
    made = api.create_container(
        IMAGE, ["sleep", "infinity"], name=crowd.on_engine(name), hostname=name, host_config=host
    )
    ids[name] = str(made["Id"])
    api.start(ids[name])


@contextlib.contextmanager
def observer(client: Any, crowd: Crowd, spec: str, archive: bytes) -> Iterator[str]:
    """Id of a verification container, made with the lab's options and not yet started."""
    api = client.api
    host = api.create_host_config(
        network_mode="none",
        binds=["/proc:/host/proc:ro"],
        ipc_mode="private",
        cap_drop=["ALL"],
        cap_add=list(_POWERS),
        security_opt=["apparmor=unconfined", "label=disable", "no-new-privileges:true"],
        userns_mode="host",
        read_only=True,
        tmpfs={"/tmp": "rw,noexec,nosuid,nodev,size=16777216,mode=1777"},
        mem_limit=f"{_OBSERVER_MIB}m",
        memswap_limit=f"{_OBSERVER_MIB}m",
    )
    host["CgroupnsMode"] = "private"
    made = api.create_container(
        IMAGE,
        ["python3", f"{_VERIFIER}/{_FILE}"],
        name=crowd.on_engine("observer"),
        environment=[f"NSV_SPEC={spec}"],
        volumes=[_VERIFIER],
        host_config=host,
    )
    try:
        api.put_archive(made["Id"], _VERIFIER, _as_tar(archive))
        yield str(made["Id"])
    finally:
        api.remove_container(made["Id"], **_NOW)


def _as_tar(content: bytes) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        member = tarfile.TarInfo(_FILE)
        member.size, member.mode = len(content), 0o644
        tar.addfile(member, io.BytesIO(content))
    return whole.getvalue()
