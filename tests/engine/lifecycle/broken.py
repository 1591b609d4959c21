"""Engines that are broken in one point, for mutants that a check must tell."""

from __future__ import annotations

import docker.types
from engine.lifecycle.things import folder

from lifecycle import inside
from lifecycle.engine import Engine


class NoVolume(Engine):
    """The path is a folder of the layer."""

    def mount(self, volume: str, read_only: bool) -> None:  # noqa: ARG002
        return None

    def create(self, name: str, step: str, volume: str, *, read_only: bool = False) -> str:
        made = super().create(name, step, volume, read_only=read_only)
        if step == "wait":
            self._api.put_archive(made, "/", folder(inside.VOLUME))
        return made


class Tmpfs(Engine):
    """The path is memory of the container."""

    def mount(self, volume: str, read_only: bool) -> docker.types.Mount:  # noqa: ARG002
        return docker.types.Mount(inside.VOLUME, None, type="tmpfs")


class Anonymous(Engine):
    """Each container has a volume of its own, which goes with it."""

    def mount(self, volume: str, read_only: bool) -> docker.types.Mount:  # noqa: ARG002
        return docker.types.Mount(inside.VOLUME, None, type="volume")


class OfMemory(Engine):
    """The volume is a tmpfs: a volume by name, and empty for the next container."""

    def create_volume(self, name: str) -> None:
        options = {"type": "tmpfs", "device": "tmpfs"}
        self._api.create_volume(name=name, labels=self.labels, driver_opts=options)


class RemovedBetween(Engine):
    """Who removes the container takes the volume too."""

    def remove(self, container: str) -> None:
        super().remove(container)
        _, volumes = self.scratch()
        for volume in volumes:
            self.remove_volume(volume)


class Tampered(Engine):
    """One byte of the volume is another after the container went."""

    def remove(self, container: str) -> None:
        _, volumes = self.scratch()
        if volumes and len(container) == 64:
            flip = (
                f"f=open({inside.IN_VOLUME!r},'r+b');b=f.read(1);f.seek(0);f.write(bytes([b[0]^1]))"
            )
            done = self._api.exec_create(container, ["python3", "-c", flip])
            self._api.exec_start(done["Id"])
        super().remove(container)


class NotRemoved(Engine):
    """The container only stops."""

    def remove(self, container: str) -> None:
        if len(container) == 64 and self._api.inspect_container(container)["State"]["Running"]:
            self._api.kill(container)
        else:
            super().remove(container)


class SizesUnknown(Engine):
    """A storage driver that says nothing of sizes."""

    def layer_bytes(self, container: str) -> int | None:  # noqa: ARG002
        return None


class SizesConstant(Engine):
    """A storage driver whose sizes mean nothing."""

    def layer_bytes(self, container: str) -> int | None:
        return min(super().layer_bytes(container) or 0, 0)
