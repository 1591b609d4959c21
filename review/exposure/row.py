"""One row of the inventory."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Literal

from policy.resource import Resource

Kind = Literal["opens", "guards", "tells"]

# How `way` begins for what is in a volume; its key follows.
VOLUME = "volume "
FIRST_BOOT = "first boot"
# The order of the inventory.
TOPICS = (
    "from outside",
    "identities",
    "published ports",
    "who reaches whom",
    "ways out",
    "powers",
    "mounts",
    "secrets",
    "data",
    "verification",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed:
    """`opens`: more of it is a risk. `guards`: less of it is. `tells`: neither, but worth a look.

    `subject` is what it is about: a guard that goes with its subject is no loss. `way` and `reach`
    are what is opened and to which range of addresses, where it is to one: less is no risk.
    """

    topic: str
    subject: str
    text: str
    kind: Kind = "opens"
    way: str = ""
    reach: str = ""

    @property
    def order(self) -> tuple[int, str, str]:
        return TOPICS.index(self.topic), self.subject, self.text


def is_narrower(row: Exposed, than: Exposed) -> bool:
    """Whether a row opens the same to fewer addresses than another did."""
    if not row.reach or (row.subject, row.way) != (than.subject, than.way):
        return False
    try:
        inner, outer = ip_network(row.reach), ip_network(than.reach)
    except ValueError:
        return False
    if isinstance(inner, IPv4Network) and isinstance(outer, IPv4Network):
        return inner.subnet_of(outer)
    return (
        isinstance(inner, IPv6Network) and isinstance(outer, IPv6Network) and inner.subnet_of(outer)
    )


def key_of(one: Resource) -> str:
    """The key that the stack file has for it: `web` of `web-container`."""
    return one.name.rpartition("-")[0] or one.name


def is_verification(one: Resource) -> bool:
    return one.path.startswith("docklab:verification:")
