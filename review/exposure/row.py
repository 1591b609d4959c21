"""One row of the inventory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Literal

from policy.resource import Resource

Kind = Literal["opens", "guards", "tells"]

# How `way` begins for what is in a volume; its key follows.
VOLUME = "volume "
FIRST_BOOT = "first boot"
MACHINE_IMAGE = "machine image"
_MOST_OTHERS = 8
# The order of the inventory.
TOPICS = (
    "from outside",
    "identities",
    "commands",
    "published ports",
    "who reaches whom",
    "ways out",
    "powers",
    "mounts",
    "secrets",
    "data",
    "verification",
    "policy",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed:
    """`opens`: more of it is a risk. `guards`: less of it is. `tells`: neither, but worth a look.

    `subject` is what it is about, and `of` the resource: a guard that goes with that is no loss.
    `way` and `reach` are what is opened and to which range of addresses, where it is to one: less
    is no risk. What opens where a guard of the same `way` is lost is the same risk. `others` are
    reached by it, which is no part of what it is; `whole` is what `text` had no room for.
    """

    topic: str
    subject: str
    text: str
    kind: Kind = "opens"
    way: str = ""
    reach: str = ""
    of: str = field(default="", compare=False)
    others: tuple[str, ...] = field(default=(), compare=False)
    whole: str = field(default="", compare=False)

    @property
    def told(self) -> str:
        """The text, with whom it reaches; of many the first."""
        if not self.others:
            return self.text
        more = len(self.others) - _MOST_OTHERS
        also = f" and {more} more" if more > 0 else ""
        return f"{self.text}, and reaches {', '.join(self.others[:_MOST_OTHERS])}{also}"

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


def maps(value: object) -> list[Mapping[str, Any]]:
    """The mappings of a list; a value that is only known in a run is none."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def is_verification(one: Resource) -> bool:
    return one.path.startswith("docklab:verification:")
