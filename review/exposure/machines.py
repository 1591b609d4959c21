"""What a machine in AWS, or one behind ssh, lets in, and what guards it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policy.resource import Resource
from review.exposure.containers import maps, texts
from review.exposure.row import FIRST_BOOT, Exposed

_WORLD = ("0.0.0.0/0", "::/0")


def of_machine(one: Resource) -> Iterator[Exposed]:
    """Rows of a resource that is no container, network or volume."""
    make = {
        "aws:ec2/securityGroup:SecurityGroup": _security_group,
        "aws:ec2/securityGroupRule:SecurityGroupRule": _rule,
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule_of_its_own,
        "aws:lightsail/instancePublicPorts:InstancePublicPorts": _public_ports,
        "aws:ec2/instance:Instance": _instance,
        "aws:lightsail/instance:Instance": _lightsail,
        "aws:ec2/eip:Eip": _address,
        "aws:lightsail/staticIp:StaticIp": _address,
        "aws:ec2/keyPair:KeyPair": _key,
        "aws:lightsail/keyPair:KeyPair": _key,
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _permission,
        "aws:iam/rolePolicy:RolePolicy": _permission,
        "pulumi:providers:docker": _docker,
    }.get(one.type)
    return make(one) if make else iter(())


def _outside(one: Resource, text: str) -> Exposed:
    return Exposed(topic="from outside", subject=one.name, text=text)


def _guard(one: Resource, text: str, topic: str = "from outside") -> Exposed:
    return Exposed(topic=topic, subject=one.name, text=text, kind="guards")


def _security_group(one: Resource) -> Iterator[Exposed]:
    for rule in maps(one.inputs.get("ingress")):
        yield from _ingress(one, rule, "cidrBlocks", "ipv6CidrBlocks")


def _rule(one: Resource) -> Iterator[Exposed]:
    if one.inputs.get("type") == "ingress":
        yield from _ingress(one, one.inputs, "cidrBlocks", "ipv6CidrBlocks")


def _rule_of_its_own(one: Resource) -> Iterator[Exposed]:
    ranges = [str(one.inputs[key]) for key in ("cidrIpv4", "cidrIpv6") if one.inputs.get(key)]
    rule = {**one.inputs, "protocol": one.inputs.get("ipProtocol"), "ranges": ranges}
    yield from _ingress(one, rule, "ranges")


def _public_ports(one: Resource) -> Iterator[Exposed]:
    for rule in maps(one.inputs.get("portInfos")):
        yield from _ingress(one, rule, "cidrs", "ipv6Cidrs")


def _ingress(one: Resource, rule: Mapping[str, Any], *keys: str) -> Iterator[Exposed]:
    """A rule without any range lets in the world."""
    ranges = [text for key in keys for text in texts(rule.get(key))]
    ranges += [f"members of {group}" for group in texts(rule.get("securityGroups"))]
    first, last = rule.get("fromPort"), rule.get("toPort")
    every = rule.get("protocol") in ("-1", "all")
    ports = "every port" if every else f"port {first}" if first == last else f"ports {first}-{last}"
    protocol = "" if every else f"/{rule.get('protocol')}"
    for source in ranges or [_WORLD[0]]:
        whom = f"the whole world ({source})" if source in _WORLD else source
        way = f"{ports}{protocol}"
        yield Exposed(
            topic="from outside",
            subject=one.name,
            text=f"lets {whom} in on {way}",
            way=way,
            reach=source,
        )


def _instance(one: Resource) -> Iterator[Exposed]:
    inputs = one.inputs
    metadata = inputs.get("metadataOptions")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    disk = inputs.get("rootBlockDevice")
    disk = disk if isinstance(disk, Mapping) else {}
    if inputs.get("associatePublicIpAddress"):
        yield _outside(one, "has a public address")
    if metadata.get("httpTokens") == "required":
        yield _guard(one, "metadata only to who holds a token (IMDSv2)")
    if metadata.get("httpPutResponseHopLimit") == 1:
        yield _guard(one, "metadata no further than the machine itself")
    if disk.get("encrypted") is True:
        yield _guard(one, "root volume is encrypted", "data")
    if inputs.get("disableApiTermination") is True:
        yield _guard(one, "AWS refuses to terminate it", "data")
    if inputs.get("iamInstanceProfile"):
        text = f"acts in AWS as {inputs['iamInstanceProfile']}"
        yield Exposed(topic="identities", subject=one.name, text=text)
    yield _tells(one, "machine image", str(inputs.get("ami")))
    yield _first_boot(one)


def _lightsail(one: Resource) -> Iterator[Exposed]:
    yield _outside(one, "has a public address")
    yield _tells(one, "machine image", str(one.inputs.get("blueprintId")))
    yield _first_boot(one)


def _tells(one: Resource, what: str, which: str) -> Exposed:
    return Exposed(
        topic="identities", subject=one.name, text=f"{what}: {which}", kind="tells", way=what
    )


def _first_boot(one: Resource) -> Exposed:
    return _tells(one, FIRST_BOOT, f"user data {one.inputs.get('userData')}")


def _address(one: Resource) -> Iterator[Exposed]:
    yield _outside(one, "is a fixed public address")


def _key(one: Resource) -> Iterator[Exposed]:
    text = f"whoever holds the private half of {_shortened(one.inputs.get('publicKey'))} may log in"
    yield Exposed(topic="identities", subject=one.name, text=text)


def _shortened(key: object) -> str:
    text = str(key)
    kind, _, body = text.partition(" ")
    return f"{kind} …{body[-16:]}" if len(body) > 40 else text


def _permission(one: Resource) -> Iterator[Exposed]:
    what = one.inputs.get("policyArn") or one.inputs.get("policy")
    text = f"{one.inputs.get('role')} is allowed {what}"
    yield Exposed(topic="identities", subject=one.name, text=text)


def _docker(one: Resource) -> Iterator[Exposed]:
    host = str(one.inputs.get("host"))
    yield _tells(one, "engine", host)
    options = texts(one.inputs.get("sshOpts"))
    if not host.startswith("ssh://"):
        return
    if "StrictHostKeyChecking=yes" in options:
        yield _guard(one, "takes no machine for another: the host key is checked", "identities")
    for option in options:
        if option.startswith("KnownHostsCommand="):
            yield _tells(one, "host key", _shortened(option.rpartition("* ")[2]))
