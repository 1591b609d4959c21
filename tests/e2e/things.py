"""What a Docker engine has of one stack, asked of the engine itself and not of Pulumi."""

from __future__ import annotations

import contextlib
from typing import Any

import docker
from docker.errors import NotFound


class OnEngine:
    """volume: what the names of the stack's volumes start with (they carry no label)."""

    def __init__(self, docker_host: str, stack: str, volume: str) -> None:
        self.stack = stack
        self._volume = volume
        self._client = docker.DockerClient(base_url=docker_host, timeout=60)

    def containers(self) -> dict[str, str]:
        """Name without `docklab-<stack>-`, and id; stopped ones too."""
        found = self._client.api.containers(all=True, filters=self._label())
        return {self._key(item["Names"][0].lstrip("/")): item["Id"] for item in found}

    def networks(self) -> dict[str, str]:
        found = self._client.api.networks(filters=self._label())
        return {self._key(item["Name"]): item["Id"] for item in found}

    def volumes(self) -> set[str]:
        """Those named after the stack's volume, and the anonymous ones of its containers."""
        listed = self._client.api.volumes()["Volumes"] or []
        named = {item["Name"] for item in listed if item["Name"].startswith(f"{self._volume}-")}
        return named | self.mounted()

    def mounted(self) -> set[str]:
        """Every volume that one of the containers uses."""
        details = [self.inspect(key) for key in self.containers()]
        mounts = [mount for one in details for mount in one["Mounts"]]
        return {mount["Name"] for mount in mounts if mount["Type"] == "volume"}

    def still_there(self, volumes: set[str]) -> set[str]:
        """Which of the volumes the engine has."""
        listed = self._client.api.volumes()["Volumes"] or []
        return volumes & {item["Name"] for item in listed}

    def scratch(self) -> set[str]:
        """Containers and volumes that were made to try something and should go by themselves."""
        chosen = {"label": [f"docklab.stack={self.stack}", "docklab.scratch"]}
        found = self._client.api.containers(all=True, filters=chosen)
        listed = self._client.api.volumes(filters=chosen)["Volumes"] or []
        return {one["Id"] for one in found} | {one["Name"] for one in listed}

    def nothing(self) -> bool:
        """Whether no container, network or volume is left."""
        return not (self.containers() or self.networks() or self.volumes())

    def named(self, key: str) -> str:
        return f"docklab-{self.stack}-{key}"

    def inspect(self, key: str) -> dict[str, Any]:
        found: dict[str, Any] = self._client.api.inspect_container(self.named(key))
        return found

    def container(self, key: str) -> Any:
        """The SDK's object, to stop, update or remove it behind Pulumi's back."""
        return self._client.containers.get(self.named(key))

    def shell(self, key: str, script: str) -> str:
        """What a shell in a container says."""
        done = self.container(key).exec_run(["sh", "-c", script])
        return str(done.output.decode()).strip()

    def isolates_users(self) -> bool:
        return any("userns" in option for option in self._client.info()["SecurityOptions"])

    def remove(self) -> None:
        """All of it; what is already gone is no fault."""
        volumes = self.volumes()
        for identity in self.containers().values():
            with contextlib.suppress(NotFound):
                self._client.api.remove_container(identity, force=True, v=True)
        for identity in self.networks().values():
            with contextlib.suppress(NotFound):
                self._client.api.remove_network(identity)
        for name in self.still_there(volumes):
            self._client.api.remove_volume(name, force=True)

    def _label(self) -> dict[str, str]:
        return {"label": f"docklab.stack={self.stack}"}

    def _key(self, name: str) -> str:
        return name.removeprefix(f"docklab-{self.stack}-")
