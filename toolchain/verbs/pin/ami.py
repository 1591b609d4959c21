"""The public SSM parameter that names the current image of an Amazon Linux. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

_FOLDER = "/aws/service/ami-amazon-linux-latest"
_PARAMETERS = {
    "al2": "amzn2-ami-kernel-5.10-hvm-{}-gp2",
    "al2023": "al2023-ami-kernel-default-{}",
}
_ARCHITECTURES = ("x86_64", "arm64")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
_AMI = re.compile(r"ami-[0-9a-f]{8}([0-9a-f]{9})?")


class Question(NamedTuple):
    """What is asked of AWS: a parameter's name in a region."""

    region: str
    parameter: str

    @property
    def command(self) -> tuple[str, ...]:
        return (
            *("aws", "ssm", "get-parameter", "--region", self.region, "--name", self.parameter),
            *("--query", "Parameter.Value", "--output", "text"),
        )


def parameter_name(system: str, architecture: str) -> str:
    """Raises ValueError, naming the key, for a system or architecture without one."""
    if system not in _PARAMETERS:
        raise ValueError(f"lab.host.os: {system!r} is none of {', '.join(_PARAMETERS)}")
    if architecture not in _ARCHITECTURES:
        known = ", ".join(_ARCHITECTURES)
        raise ValueError(f"lab.host.architecture: {architecture!r} is none of {known}")
    return f"{_FOLDER}/{_PARAMETERS[system].format(architecture)}"


def question(host: Mapping[str, Any]) -> Question:
    """Of `lab.host` of kind ec2, with the model's defaults. Raises ValueError, naming the key."""
    region = str(host.get("region", ""))
    if not _REGION.fullmatch(region):
        raise ValueError(f"lab.host.region: {region!r} is no region; write one as eu-central-1")
    name = parameter_name(str(host.get("os", "al2")), str(host.get("architecture", "x86_64")))
    return Question(region, name)


def is_ami(text: str) -> bool:
    return bool(_AMI.fullmatch(text))
