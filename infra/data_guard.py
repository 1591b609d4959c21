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

    async def decide(answer: dict[str, Any]) -> list[pulumi.Resource]:
        last = recorded(answer["outputs"])
        await _say_replaced(last, lab, host.ends_with)
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
    if host.ends_with is None:
        pulumi.Output.all(answer, host.docker_host).apply(
            lambda found: _say_moved(recorded(found[0]["outputs"]), found[1])
        )
    return answer.apply(decide)


async def _say_replaced(last: Recorded, lab: Lab, machine: pulumi.CustomResource | None) -> None:
    """What a new machine costs, while it is a plan: a machine that stays has its id already."""
    if machine is None or not last.volumes or await machine.id.is_known():
        return
    names = ", ".join(f"{volume.name} ({volume.key})" for volume in last.volumes)
    kept = [v.key for v in last.volumes if v.key in lab.volumes and lab.protects(v.key)]
    pulumi.log.warn(
        f"DATA LOSS: the machine is replaced, and with it go the data of {names} and all folders "
        "on it; `make backup` first keeps the volumes' data"
        + (f". Pulumi refuses it as long as {', '.join(kept)} are protected" if kept else "")
    )


def _say_moved(last: Recorded, docker_host: str) -> None:
    if last.docker_host not in (None, docker_host):
        pulumi.log.warn(
            f"the lab was last brought up on {last.docker_host}, and now on {docker_host}; "
            "if that is another engine nothing of the lab is there yet, and only "
            "`pulumi up --refresh` finds out"
        )
