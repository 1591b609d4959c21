"""A machine in AWS or one behind ssh: its addresses, keys and powers, and what guards it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from policy.resource import Resource
from review.exposure.firewall import (
    of_public_ports,
    of_rule,
    of_rule_of_its_own,
    of_security_group,
)
from review.exposure.row import FIRST_BOOT, MACHINE_IMAGE, Exposed, mapping, maps, texts

_HOST_KEY = "KnownHostsCommand="


def of_machine(one: Resource) -> Iterator[Exposed]:
    """Rows of a resource that is no container, network, volume or command."""
    make = _MAKE.get(one.type)
    return make(one) if make else iter(())


def _outside(one: Resource, text: str) -> Exposed:
    return Exposed(topic="from outside", subject=one.name, text=text, of=one.name)


def _guard(one: Resource, text: str, topic: str = "from outside") -> Exposed:
    return Exposed(topic=topic, subject=one.name, text=text, kind="guards", of=one.name)


def _identity(one: Resource, text: str) -> Exposed:
    return Exposed(topic="identities", subject=one.name, text=text, of=one.name)


def _tells(one: Resource, what: str, which: str) -> Exposed:
    return Exposed(
        topic="identities",
        subject=one.name,
        text=f"{what}: {which}",
        kind="tells",
        way=what,
        of=one.name,
    )


def _instance(one: Resource) -> Iterator[Exposed]:
    inputs = one.inputs
    metadata, disk = mapping(inputs.get("metadataOptions")), mapping(inputs.get("rootBlockDevice"))
    if inputs.get("associatePublicIpAddress"):
        yield _outside(one, "has a public address")
    for group in texts(inputs.get("vpcSecurityGroupIds")):
        yield _outside(one, f"lets in whom {group} lets in")
    if metadata.get("httpTokens") == "required":
        yield _guard(one, "metadata only to who holds a token (IMDSv2)")
    if metadata.get("httpPutResponseHopLimit") == 1:
        yield _guard(one, "metadata no further than the machine itself")
    if disk.get("encrypted") is True:
        yield _guard(one, "root volume is encrypted", "data")
    if inputs.get("disableApiTermination") is True:
        yield _guard(one, "AWS refuses to terminate it", "data")
    if inputs.get("instanceInitiatedShutdownBehavior") in (None, "stop"):
        yield _guard(one, "a shutdown from inside stops it, and does not end it", "data")
    if inputs.get("userDataReplaceOnChange") is True:
        yield _guard(one, "another first boot makes the machine anew", "data")
    if inputs.get("iamInstanceProfile"):
        yield _identity(one, f"acts in AWS as {inputs['iamInstanceProfile']}")
    yield _tells(one, MACHINE_IMAGE, str(inputs.get("ami")))
    yield _first_boot(one)


def _lightsail(one: Resource) -> Iterator[Exposed]:
    yield _outside(one, "has a public address")
    if one.inputs.get("ipAddressType") not in (None, "ipv4"):
        yield _outside(one, f"has addresses of type {one.inputs['ipAddressType']}")
    yield _tells(one, MACHINE_IMAGE, str(one.inputs.get("blueprintId")))
    yield _first_boot(one)


def _first_boot(one: Resource) -> Exposed:
    return _tells(one, FIRST_BOOT, f"user data {one.inputs.get('userData')}")


def _address(one: Resource) -> Iterator[Exposed]:
    yield _outside(one, "is a fixed public address")


def _key(one: Resource) -> Iterator[Exposed]:
    key = _shortened(one.inputs.get("publicKey"))
    yield _identity(one, f"whoever holds the private half of {key} may log in")


def _shortened(key: object) -> str:
    text = str(key)
    kind, _, body = text.partition(" ")
    return f"{kind} …{body[-16:]}" if len(body) > 40 else text


def _role(one: Resource) -> Iterator[Exposed]:
    for statement in maps(mapping(one.inputs.get("assumeRolePolicy")).get("Statement")):
        if statement.get("Effect") == "Allow":
            yield _identity(one, f"may be taken on by {_principal(statement)}")
    for policy in texts(one.inputs.get("managedPolicyArns")):
        yield _identity(one, f"is allowed {policy}")
    for inline in maps(one.inputs.get("inlinePolicies")):
        yield _identity(one, f"is allowed {inline.get('policy')}")


def _principal(statement: Mapping[str, object]) -> str:
    if "NotPrincipal" in statement:
        return f"anyone but {statement['NotPrincipal']}"
    who = statement.get("Principal")
    return "anyone" if who in ("*", {"AWS": "*"}) else str(who)


def _permission(one: Resource) -> Iterator[Exposed]:
    what = one.inputs.get("policyArn") or one.inputs.get("policy")
    yield _identity(one, f"{one.inputs.get('role')} is allowed {what}")


def _docker(one: Resource) -> Iterator[Exposed]:
    host = str(one.inputs.get("host"))
    yield _tells(one, "engine", host)
    options = texts(one.inputs.get("sshOpts"))
    if not host.startswith("ssh://"):
        return
    if "StrictHostKeyChecking=yes" in options:
        yield _guard(one, "takes no machine for another: the host key is checked", "identities")
    key = [option for option in options if option.startswith(_HOST_KEY)]
    yield from (_tells(one, "host key", _shortened(option.rpartition("* ")[2])) for option in key)
    rest = " ".join(option for option in options if option not in key)
    mark = hashlib.sha256(rest.encode()).hexdigest()[:8]
    yield replace(_tells(one, "ssh options", f"{rest[:60]}… ({mark})"), whole=rest)


_MAKE: Mapping[str, Callable[[Resource], Iterator[Exposed]]] = {
    "aws:ec2/securityGroup:SecurityGroup": of_security_group,
    "aws:ec2/securityGroupRule:SecurityGroupRule": of_rule,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": of_rule_of_its_own,
    "aws:lightsail/instancePublicPorts:InstancePublicPorts": of_public_ports,
    "aws:ec2/instance:Instance": _instance,
    "aws:lightsail/instance:Instance": _lightsail,
    "aws:ec2/eip:Eip": _address,
    "aws:lightsail/staticIp:StaticIp": _address,
    "aws:ec2/keyPair:KeyPair": _key,
    "aws:lightsail/keyPair:KeyPair": _key,
    "aws:iam/role:Role": _role,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _permission,
    "aws:iam/rolePolicy:RolePolicy": _permission,
    "pulumi:providers:docker": _docker,
}
