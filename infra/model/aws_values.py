"""Values of AWS that a lab writes down: who may reach sshd, images, regions, sizes. Form only."""

import re
from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from infra.model.base import quoted, shown, text_of
from infra.model.form import IPV4, prefix, text_form

System = Literal["al2", "al2023"]
BLUEPRINTS: dict[str, str] = {"al2": "amazon_linux_2", "al2023": "amazon_linux_2023"}
OWN_TAGS = ("Name", "project", "stack", "managed-by", "os")
_TAG = re.compile(r"[\w .:/=+@-]*")
_MOST_TAGS = 40
WIDEST_PREFIX = 8  # what is wider is no range of one's own: two halves are the world, too
_GIB = 1024**3
# Memory in GiB by size, of the families that labs are run on; others are not checked.
_BURSTABLE = {
    "nano": 0.5, "micro": 1.0, "small": 2.0, "medium": 4.0, "large": 8.0, "xlarge": 16.0,
    "2xlarge": 32.0,
}  # fmt: skip
_GENERAL = {"medium": 4.0, "large": 8.0, "xlarge": 16.0, "2xlarge": 32.0, "4xlarge": 64.0}
_INSTANCE = re.compile(r"(?P<family>[a-z]+[0-9]+[a-z-]*)\.(?P<size>[a-z0-9-]+)")
_BUNDLE = re.compile(r"(?P<size>nano|micro|small|medium|large|xlarge|2xlarge)_[0-9]+_[0-9]+")


def admin_cidr(value: object) -> IPv4Network:
    """The range that may reach sshd: one's own, never the world."""
    if isinstance(value, IPv4Network):
        return value
    text = text_of(value, "a range of addresses", "203.0.113.7/32")
    hint = "your own is what `curl https://checkip.amazonaws.com` prints, followed by /32"
    try:
        found = IPv4Network(text if "/" in text else f"{text}/32", strict=False)
    except (AddressValueError, NetmaskValueError, ValueError):
        raise ValueError(f"{quoted(text)} is not a range of addresses; {hint}") from None
    if found.prefixlen < WIDEST_PREFIX:
        raise ValueError(f"{found} would open sshd to the world; {hint}")
    if "/" not in text:
        raise ValueError(f"{text} has no prefix length; write {text}/32 for this one address")
    if str(found.network_address) != text.partition("/")[0]:
        raise ValueError(f"{text} has host bits set; the range is {found}")
    return found


def _of_form(pattern: str, what: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"{quoted(value)} is not {what}")
        return value

    return check


def architecture_of(instance_type: str) -> Literal["x86_64", "arm64"]:
    """Of the machines with AWS's own processors: those with a g behind their generation, and a1."""
    family = instance_type.partition(".")[0]
    behind = re.sub(r"^[a-z]+[0-9]+", "", family)
    return "arm64" if family == "a1" or "g" in behind else "x86_64"


def tags(value: dict[str, str]) -> dict[str, str]:
    """Tags of the user's own: none that AWS keeps for itself, or that this project sets."""
    for key, text in value.items():
        if key.lower().startswith("aws:"):
            raise ValueError(
                f"{shown(key)} begins with aws:, which AWS keeps for itself; rename it"
            )
        if key in OWN_TAGS:
            raise ValueError(f"{key} is set by docklab on everything; take another name")
        if not 1 <= len(key) <= 128 or len(text) > 256 or not _TAG.fullmatch(key + text):
            raise ValueError(
                f"{quoted(key)} is not a tag that AWS takes: a name of up to 128 and a value of up "
                "to 256 letters, digits, spaces and _.:/=+-@"
            )
    if len(value) > _MOST_TAGS:
        raise ValueError(f"holds {len(value)} tags; AWS takes 50, and docklab needs some of them")
    return value


def instance_memory(instance_type: str) -> int | None:
    """Bytes of memory of an EC2 instance type, None for a type that is not known here."""
    match = _INSTANCE.fullmatch(instance_type)
    if match is None:
        return None
    family = match["family"]
    table = _BURSTABLE if family.startswith("t") else _GENERAL if family.startswith("m") else {}
    size = table.get(match["size"])
    return None if size is None else int(size * _GIB)


def bundle_memory(bundle: str) -> int | None:
    """Bytes of memory of a Lightsail bundle, None for one that is not known here."""
    match = _BUNDLE.fullmatch(bundle)
    return int(_BURSTABLE[match["size"]] * _GIB) if match else None


Tags = Annotated[
    dict[str, str],
    AfterValidator(tags),
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {"type": "string", "maxLength": 256},
            "propertyNames": {
                "title": "tag",
                "pattern": "^(?![Aa][Ww][Ss]:)",
                "minLength": 1,
                "maxLength": 128,
                "not": {"enum": list(OWN_TAGS)},
            },
            "maxProperties": _MOST_TAGS,
        }
    ),
]
AdminCidr = Annotated[
    IPv4Network,
    BeforeValidator(admin_cidr),
    text_form(
        "range",
        IPV4 + prefix(32),
        "an IPv4 range of /8 to /32",
        "203.0.113.7/32",
    ),
]
_AMI = r"ami-([0-9a-f]{8}|[0-9a-f]{17})"
AmiId = Annotated[
    str,
    AfterValidator(
        _of_form(
            _AMI, "the id of an image; `make pin STACK=<stack>` writes the region's Amazon Linux"
        )
    ),
    text_form(
        "id", _AMI, "an image's id; `make pin STACK=<stack>` writes it", "ami-0123456789abcdef0"
    ),
]
_REGION = r"[a-z]{2}(-[a-z]+)+-[0-9]"
Region = Annotated[
    str,
    AfterValidator(_of_form(_REGION, "an AWS region; write one such as eu-central-1")),
    text_form("region", _REGION, "a region of AWS", "eu-central-1"),
]
_ZONE = r"[a-z]{2}(-[a-z]+)+-[0-9][a-z]"
Zone = Annotated[
    str,
    AfterValidator(_of_form(_ZONE, "an availability zone, such as eu-central-1a")),
    text_form("zone", _ZONE, "an availability zone of the region", "eu-central-1a"),
]
_INSTANCE_TYPE = r"[a-z]+[0-9]+[a-z0-9-]*\.[a-z0-9-]+"
InstanceType = Annotated[
    str,
    AfterValidator(_of_form(_INSTANCE_TYPE, "an EC2 instance type; write one such as t3.small")),
    text_form(
        "instance type",
        _INSTANCE_TYPE,
        "an EC2 instance type of the architecture, with memory for the lab",
        "t3.small",
    ),
]
_BUNDLE_ID = r"[a-z0-9]+(_[a-z]+)*_[0-9]+_[0-9]+"
Bundle = Annotated[
    str,
    AfterValidator(
        _of_form(
            _BUNDLE_ID,
            "a Lightsail bundle; `aws lightsail get-bundles` lists them, such as small_3_0",
        )
    ),
    text_form(
        "bundle",
        _BUNDLE_ID,
        "a Lightsail bundle with memory for the lab; `aws lightsail get-bundles` lists them",
        "small_3_0",
    ),
]
_SUBNET = r"subnet-[0-9a-f]{8,17}"
SubnetId = Annotated[
    str,
    AfterValidator(_of_form(_SUBNET, "a subnet's id: write subnet-…")),
    text_form("id", _SUBNET, "a subnet's id", "subnet-0123456789abcdef0"),
]
_VPC = r"vpc-[0-9a-f]{8,17}"
VpcId = Annotated[
    str,
    AfterValidator(_of_form(_VPC, "a VPC's id: write vpc-…")),
    text_form("id", _VPC, "a VPC's id", "vpc-0123456789abcdef0"),
]
