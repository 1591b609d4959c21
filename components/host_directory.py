"""A folder of this machine for bind mounts, made where missing. Never deletes what is in it."""

from dataclasses import dataclass

import pulumi
import pulumi_command as command

# The user inside may be any uid outside (userns-remap), hence the mode of /tmp.
_CREATE = """\
if [ -d "$DIRECTORY" ]; then echo existed
else mkdir -p -- "$DIRECTORY" && chmod 1777 -- "$DIRECTORY" && echo created; fi"""
# Only a folder that was made here, and only when nothing is left in it.
_DELETE = """\
if [ "$PULUMI_COMMAND_STDOUT" = created ]; then rmdir -- "$DIRECTORY" 2>/dev/null; fi; true"""


@dataclass(frozen=True, kw_only=True)
class HostDirectoryArgs:
    """`path` is absolute on the machine that runs Pulumi."""

    path: str


class HostDirectory(pulumi.ComponentResource):
    def __init__(
        self, name: str, args: HostDirectoryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("docklab:storage:HostDirectory", name, None, opts)
        command.local.Command(
            f"{name}-mkdir",
            create=_CREATE,
            delete=_DELETE,
            environment={"DIRECTORY": args.path},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"path": args.path})
