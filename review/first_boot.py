"""What a new machine's first boot is told, in the clear but for its host key: user data is a secret
as a whole, and a reviewer must see what it does all the same.
"""

from __future__ import annotations

from components.cloud_init import cloud_config
from components.hosts.host_key import halves
from components.hosts.new_machine import first_boot
from infra.hosting_aws import setup
from infra.model.host_aws import Ec2HostConfig, LightsailHostConfig
from infra.model.lab import Lab
from policy.resource import SECRET
from review.samples import HOST_KEY_PAIR, as_written

_FRAME = "OPENSSH PRIVATE KEY-----"


def first_boot_text(lab: Lab) -> str | None:
    """As cloud-config, which Lightsail gets in another wrapping. None where no machine is made."""
    if not isinstance(lab.host, Ec2HostConfig | LightsailHostConfig):
        return None
    text = cloud_config(first_boot(setup(lab, lab.host), *halves(HOST_KEY_PAIR)))
    return _without_key(as_written(text))


def _without_key(text: str) -> str:
    """The lines from one frame of a private key to the other as one."""
    kept: list[str] = []
    inside = False
    for line in text.splitlines():
        if f"BEGIN {_FRAME}" in line:
            inside = True
            kept.append(line.partition("-----BEGIN")[0] + SECRET)
        if not inside:
            kept.append(line)
        if f"END {_FRAME}" in line:
            inside = False
    return "\n".join(kept) + "\n"
