"""Commands that Pulumi runs, on the machine of whoever runs it or on one behind ssh."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator

from policy.resource import Resource
from review.exposure.row import Exposed, mapping

TYPES = ("command:local:Command", "command:remote:Command")
_WHEN = ("create", "update", "delete")
# Variables of our own commands that are data to them, and never run.
_DATA = (
    *("DIRECTORY", "DOCKER_HOST", "FIRST_BOOT", "LIFECYCLE_SPEC", "LIFECYCLE_SSH_OPTIONS"),
    *("SOCKET", "WITHIN"),
)
# How a command of ours reaches its machine; what of that changes is told of the provider.
_SSH = re.compile(r"ssh( -O exit)?( -o ('[^']*'|\S+)| -[ilp] \S+| -T)+( --)? \S+")
# The commands of this program's own components, each by its owner and its role.
_OWN = re.compile(
    r"docklab:storage:HostDirectory\$[^:]+:local:Command::[^:]+-mkdir"
    r"|docklab:host:\w+Host\$[^:]+:local:Command::[^:]+-(hostkey|ready)"
    r"|docklab:verification:VolumeCheck\$[^:]+:local:Command::[^:]+-lifecycle"
)


def is_own(one: Resource) -> bool:
    return bool(_OWN.fullmatch(one.path))


def but_for_ssh(whole: str) -> str:
    return _SSH.sub("ssh", whole)


def of_command(one: Resource) -> Iterator[Exposed]:
    """A row for each of a command's texts: by the first line, and what tells it from another."""
    where = "here" if one.type == TYPES[0] else "on the machine"
    for when in _WHEN:
        text = one.inputs.get(when)
        if not text or when in one.options.ignore_changes:
            continue
        around = {
            name: value
            for name, value in mapping(one.inputs.get("environment")).items()
            if name not in _DATA
        }
        whole = [text, one.inputs.get("interpreter"), one.inputs.get("dir"), around]
        mark = hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:8]
        said = " ".join(f"{name}={value}" for name, value in sorted(around.items()))
        first = " ".join(str(text).split("\n", 1)[0].split())[:60]
        yield Exposed(
            topic="commands",
            subject=one.name,
            text=f"runs {where} to {when} it: {first}… ({mark})",
            kind="tells",
            way=f"{when} command",
            of=one.name,
            whole=" ".join(f"{said} {text}".split()),
        )
