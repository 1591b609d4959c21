"""The gate before everything on a remote machine: it takes ssh, is set up, its engine answers."""

import shlex
from collections.abc import Sequence
from pathlib import Path

import pulumi
import pulumi_command as command

from components.ssh_access import SshAccess, way_in
from components.ssh_access import command as ssh_command

_SCRIPT = Path(__file__).with_suffix(".sh")


def readiness(
    name: str,
    access: pulumi.Input[SshAccess],
    *,
    first_boot: bool,
    within_seconds: int,
    triggers: Sequence[pulumi.Input[str]],
    opts: pulumi.ResourceOptions,
) -> command.local.Command:
    """A command that ends well when the machine is ready; its output is the engine's version.

    It runs again when a trigger changes, such as the id of an instance.
    """
    known: pulumi.Output[SshAccess] = pulumi.Output.from_input(access)
    return command.local.Command(
        f"{name}-ready",
        create=known.apply(gate),
        environment={
            "WITHIN": str(within_seconds),
            "FIRST_BOOT": "yes" if first_boot else "no",
            "SOCKET": known.apply(lambda a: a.socket or ""),
            "END_SHARED": known.apply(end_shared),
            "WAY_IN": known.apply(way_in),
        },
        triggers=list(triggers),
        opts=pulumi.ResourceOptions.merge(
            opts,
            pulumi.ResourceOptions(
                custom_timeouts=pulumi.CustomTimeouts(create=f"{within_seconds + 60}s")
            ),
        ),
    )


def gate(access: SshAccess) -> str:
    """The script, with ssh as its arguments; each try has a connection of its own, because the
    groups of a connection are those of its beginning."""
    arguments = shlex.join(ssh_command(access, shared=False))
    return f"set -- {arguments}\n{_SCRIPT.read_text(encoding='utf-8')}"


def end_shared(access: SshAccess) -> str:
    """Ends the connection that earlier commands share, if there is one."""
    words = ssh_command(access, shared=True)
    return shlex.join([words[0], "-O", "exit", *words[1:]])
