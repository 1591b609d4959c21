"""Stops a run that would destroy a volume's data, before anything is registered after it. The shell
around `components.data_loss`, which decides.

It asks the engine what the last checkpoint holds. On a stack without any checkpoint that question
crashes the engine, so it waits for the provider's id: unknown in the first preview, and in an `up`
known only once the provider is in the checkpoint.
"""

from collections.abc import Awaitable
from typing import Any

import pulumi

from components.data_loss import DeclaredVolume, allowed_losses, losses
from components.host import Host
from components.recorded_state import Recorded, recorded
from infra.model.lab import Lab
from infra.surroundings import Surroundings

_RESOURCES = "pulumi:pulumi:readStackResourceOutputs"


def data_guard(lab: Lab, host: Host, around: Surroundings) -> pulumi.Output[list[pulumi.Resource]]:
    """What the lab's components depend on: nothing, known once no data is lost without leave.

    Raises:
        pulumi.RunError: inside the output, naming each volume, its data and the ways out.
    """
    name = f"{around.organization}/{around.project}/{around.stack}"

    def ask(_: str) -> Awaitable[dict[str, Any]]:
        return pulumi.runtime.invoke_async(_RESOURCES, {"stackName": name})

    def decide(found: list[Any]) -> list[pulumi.Resource]:
        answer, docker_host = found
        last = recorded(answer["outputs"])
        _say_moved(last, docker_host)
        declared = {
            key: DeclaredVolume(driver=volume.driver, options=volume.options)
            for key, volume in lab.volumes.items()
        }
        lost = losses(last.volumes, declared, lab.allow_data_loss)
        for key, name in allowed_losses(last.volumes, declared, lab.allow_data_loss):
            pulumi.log.warn(
                f"DATA LOSS: volume {name} ({key}) and its data go, as allow_data_loss says; "
                f"take {key} out of that list afterwards"
            )
        if lost:
            raise pulumi.RunError("\n".join(["this change would destroy data:", *lost]))
        return []

    answer: pulumi.Output[dict[str, Any]] = host.docker.id.apply(ask)
    return pulumi.Output.all(answer, host.docker_host).apply(decide)


def _say_moved(last: Recorded, docker_host: str) -> None:
    if last.docker_host not in (None, docker_host):
        pulumi.log.warn(
            f"the lab was last brought up on {last.docker_host}, and now on {docker_host}; "
            "if that is another engine nothing of the lab is there yet, and only "
            "`pulumi up --refresh` finds out"
        )
