"""A folder of the host for bind mounts, made where missing. Never deletes what is in it."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_command as command

from components.ssh_access import remotely

# The user inside may be any uid outside (userns-remap), hence the mode of /tmp.
_CREATE = """\
if [ -d "$DIRECTORY" ]; then echo existed
else mkdir -p -- "$DIRECTORY" && chmod 1777 -- "$DIRECTORY" && echo created; fi"""
# Only a folder that was made here, and only when nothing is left in it.
_DELETE = 'if [ "$PULUMI_COMMAND_STDOUT" = created ]; then {remove}; fi; true'
_REMOVE = 'rmdir -- "$DIRECTORY" 2>/dev/null'


@dataclass(frozen=True, kw_only=True)
class HostDirectoryArgs:
    """`path` is absolute on the host at `address`; `shell` comes before what is to run there."""

    path: str
    address: pulumi.Input[str] = "localhost"
    shell: pulumi.Input[Sequence[str]] = ()


class HostDirectory(pulumi.ComponentResource):
    def __init__(
        self, name: str, args: HostDirectoryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("docklab:storage:HostDirectory", name, None, opts)
        shell: pulumi.Output[Sequence[str]] = pulumi.Output.from_input(args.shell)
        command.local.Command(
            f"{name}-mkdir",
            create=shell.apply(lambda prefix: _there(prefix, _CREATE, args.path)),
            delete=shell.apply(
                lambda prefix: _DELETE.format(remove=_there(prefix, _REMOVE, args.path))
            ),
            update='printf %s "$PULUMI_COMMAND_STDOUT"',  # made here once, made here for ever
            environment={"DIRECTORY": args.path},
            triggers=[args.path, args.address],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"path": args.path})


def _there(shell: Sequence[str], script: str, path: str) -> str:
    """A line for this machine's sh; over ssh a variable does not travel, so it goes along."""
    return remotely(shell, f"DIRECTORY={shlex.quote(path)}\n{script}") if shell else script
