"""Machines in AWS: what guards them, and what they run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from policy import kinds
from policy.resource import Resource
from policy.rule import CannotTell, Rule
from policy.values import PLACEHOLDER, at, each, is_reference, is_secret, listed, look, text

# Since when an operating system gets no more updates; "" while it does.
END_OF_SUPPORT = {"al2": "2026-06-30", "al2023": ""}
_BLUEPRINTS = {"amazon_linux_2": "al2", "amazon_linux_2023": "al2023"}
TAGS = ("managed-by", "project", "stack")
_SESSION_MANAGER = re.compile(r"arn:[\w-]+:iam::aws:policy/AmazonSSMManagedInstanceCore")


def _metadata(resource: Resource) -> Iterator[str]:
    if look(resource, "metadataOptions", "httpEndpoint") == "disabled":
        return
    tokens = look(resource, "metadataOptions", "httpTokens")
    if tokens != "required":
        yield f"metadataOptions.httpTokens is {tokens or 'not said'}: version 1 may be answered"


def _hops(resource: Resource) -> Iterator[str]:
    if look(resource, "metadataOptions", "httpEndpoint") == "disabled":
        return
    hops = look(resource, "metadataOptions", "httpPutResponseHopLimit")
    if hops != 1:
        said = "not said" if hops is None else hops
        yield f"metadataOptions.httpPutResponseHopLimit is {said}: a container may get there"


def _disks(resource: Resource) -> Iterator[str | CannotTell]:
    if look(resource, "rootBlockDevice", "encrypted") is not True:
        yield "rootBlockDevice.encrypted is not true"
    yield from each(listed(resource, "ebsBlockDevices"), _disk)


def _disk(device: object) -> Iterator[str]:
    if at(device, "encrypted") is not True:
        yield f"the disk {at(device, 'deviceName')} is not encrypted"


def _image(resource: Resource) -> Iterator[str]:
    ami = text(resource, "ami")
    if not re.fullmatch(r"ami-[0-9a-f]{8,17}", ami) and not PLACEHOLDER.fullmatch(ami):
        whose = "is looked up in each run" if is_reference(ami) else "is no image's id"
        yield f"ami {ami or '(none)'} {whose}"


def _support(resource: Resource) -> Iterator[str]:
    if resource.type == kinds.LIGHTSAIL:
        blueprint = text(resource, "blueprintId")
        system, said = _BLUEPRINTS.get(blueprint, blueprint), f"blueprintId {blueprint or '(none)'}"
    else:
        system = text(resource, "tags", "os")
        said = f"the tag os ({system or 'none'})"
    if system not in END_OF_SUPPORT:
        there = ", ".join(END_OF_SUPPORT)
        yield f"cannot tell the operating system from {said}; known are {there}"
    elif END_OF_SUPPORT[system]:
        yield f"{system} gets no more updates since {END_OF_SUPPORT[system]}"


def _tags(resource: Resource) -> Iterator[str]:
    tags = look(resource, "defaultTags", "tags")
    there = tags if isinstance(tags, Mapping) else {}
    missing = [tag for tag in TAGS if not there.get(tag)]
    if missing:
        yield f"defaultTags has no {', '.join(missing)}"


def _protection(resource: Resource) -> Iterator[str]:
    if look(resource, "disableApiTermination") is not True:
        yield "disableApiTermination is not true"


def _role(resource: Resource) -> Iterator[str]:
    if resource.type == kinds.INLINE_POLICY:
        yield "a policy of its own gives the machine powers beyond Session Manager"
        return
    policy = text(resource, "policyArn")
    if not _SESSION_MANAGER.fullmatch(policy):
        yield f"the machine gets {policy or 'a policy without a name'}"


def _first_boot(resource: Resource) -> Iterator[str]:
    for key in ("userData", "userDataBase64"):
        said = resource.inputs.get(key)
        if said is not None and not is_secret(said):
            yield f"{key} is no secret of Pulumi's"


RULES = (
    Rule(
        id="metadata-service-v2",
        title="An instance answers only version 2 of the metadata service",
        severity="high",
        reason="Version 1 gives the instance's credentials to any request that a program on it can "
        "be talked into making",
        remedy='metadata_options with http_tokens="required"',
        reference="cdk-nag EC2IMDSv2Enabled; checkov CKV_AWS_79",
        types=(kinds.EC2,),
        check=_metadata,
    ),
    Rule(
        id="metadata-service-one-hop",
        title="The metadata service is not reached from containers",
        severity="medium",
        reason="A container is one hop further than the machine; with two hops it gets the "
        "machine's credentials",
        remedy="metadata_options with http_put_response_hop_limit=1",
        reference="checkov CKV_AWS_341",
        types=(kinds.EC2,),
        check=_hops,
    ),
    Rule(
        id="disk-encrypted",
        title="An instance's disks are encrypted",
        severity="high",
        reason="The volumes' data lies on them, and on every snapshot of them",
        remedy="root_block_device with encrypted=True; a change replaces the machine",
        reference="cdk-nag EC26; checkov CKV_AWS_8",
        types=(kinds.EC2,),
        check=_disks,
    ),
    Rule(
        id="machine-image-pinned",
        title="A machine's image is named by its id",
        severity="medium",
        reason="An image that is looked up changes under the lab, and with it the machine is "
        "replaced, volumes and all",
        remedy="`make pin STACK=<stack>` writes the id into lab.host.ami",
        types=(kinds.EC2,),
        check=_image,
    ),
    Rule(
        id="os-in-support",
        title="A machine's operating system still gets updates",
        severity="medium",
        reason="After its end of support, holes that become known stay open",
        remedy="write `os: al2023` under lab.host, then `make pin`; that replaces the machine",
        types=(kinds.EC2, kinds.LIGHTSAIL),
        check=_support,
    ),
    Rule(
        id="required-tags",
        title=f"Everything in AWS carries the tags {', '.join(TAGS)}",
        severity="low",
        reason="By them what a lab left behind is found, and its cost told apart",
        remedy="default_tags of the AWS provider with these tags",
        types=(kinds.AWS,),
        check=_tags,
    ),
    Rule(
        id="termination-protection",
        title="In production AWS refuses to end the instance",
        severity="medium",
        reason="One wrong click ends the machine with everything on it",
        remedy="write termination_protection: true under lab.host",
        reference="cdk-nag EC29",
        types=(kinds.EC2,),
        check=_protection,
        production=True,
    ),
    Rule(
        id="machine-role-minimal",
        title="A machine may do nothing in AWS but be reached by Session Manager",
        severity="high",
        reason="Whoever breaks out of a container has the machine's powers in AWS",
        remedy="attach AmazonSSMManagedInstanceCore alone",
        types=(kinds.ROLE_POLICY, kinds.INLINE_POLICY),
        check=_role,
    ),
    Rule(
        id="user-data-secret",
        title="The first boot's orders are a secret of Pulumi's",
        severity="high",
        reason="They hold the machine's private host key, and would stand in the state in plain",
        remedy="wrap user_data in pulumi.Output.secret",
        reference="checkov CKV_AWS_46",
        types=(kinds.EC2, kinds.LIGHTSAIL),
        check=_first_boot,
    ),
)
