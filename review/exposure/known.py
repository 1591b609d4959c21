"""What of a resource the inventory or the rules have an eye on, and what can open nothing.

The rest is judged by nobody: a change of it is said to be so, and is never called harmless.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from policy.resource import Resource
from review.exposure.commands import TYPES as COMMANDS
from review.exposure.commands import is_own
from review.exposure.row import is_verification

_TAGS = "tags"
_INSTANCE = (
    *("ami", "associatePublicIpAddress", "availabilityZone", "creditSpecification"),
    *("disableApiTermination", "ebsOptimized", "iamInstanceProfile"),
    *("instanceInitiatedShutdownBehavior", "instanceType", "keyName", "metadataOptions"),
    *("monitoring", "rootBlockDevice", "subnetId", _TAGS, "userData", "userDataReplaceOnChange"),
    *("volumeTags", "vpcSecurityGroupIds"),
)
_CONTAINER = (
    *("attach", "capabilities", "cgroupnsMode", "command", "containerReadRefreshTimeout"),
    *("containerReadRefreshTimeoutMilliseconds", "cpuPeriod", "cpuQuota", "cpuSet", "cpuShares"),
    *("cpus", "destroyGraceSeconds", "devices", "domainname", "entrypoints", "envs"),
    *("healthcheck", "hostname", "image", "init", "ipcMode", "labels", "logs", "maxRetryCount"),
    *("memory", "memoryReservation", "memorySwap", "mounts", "mustRun", "name", "networkMode"),
    *("networksAdvanced", "pidMode", "ports", "privileged", "publishAllPorts", "readOnly"),
    *("removeVolumes", "restart", "rm", "securityOpts", "shmSize", "start", "stdinOpen"),
    *("stopSignal", "stopTimeout", "tmpfs", "tty", "user", "usernsMode", "volumes", "wait"),
    *("waitTimeout", "workingDir"),
)
_COMMAND = (
    *("addPreviousOutputInEnv", "create", "delete", "dir", "environment", "interpreter"),
    *("logging", "triggers", "update"),
)
_FIREWALL_RULE = ("description", "fromPort", "toPort", _TAGS, "securityGroupId")
_KNOWN: Mapping[str, frozenset[str]] = {
    token: frozenset(names)
    for token, names in {
        "docker:index/container:Container": _CONTAINER,
        "docker:index/network:Network": (
            *("checkDuplicate", "driver", "internal", "ipamConfigs", "labels", "name"),
        ),
        "docker:index/volume:Volume": ("driver", "driverOpts", "labels", "name"),
        "docker:index/remoteImage:RemoteImage": (
            *("forceRemove", "keepLocally", "name", "pullTriggers", "triggers"),
        ),
        "command:local:Command": _COMMAND,
        "aws:ec2/instance:Instance": _INSTANCE,
        "aws:ec2/eip:Eip": ("domain", _TAGS),
        "aws:ec2/eipAssociation:EipAssociation": (
            *("allocationId", "allowReassociation", "instanceId"),
        ),
        "aws:ec2/keyPair:KeyPair": ("keyName", "publicKey", _TAGS),
        "aws:ec2/securityGroup:SecurityGroup": (
            *("description", "egress", "ingress", "name", "revokeRulesOnDelete", _TAGS, "vpcId"),
        ),
        "aws:ec2/securityGroupRule:SecurityGroupRule": (
            *_FIREWALL_RULE,
            *("cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "protocol", "self"),
            *("sourceSecurityGroupId", "type"),
        ),
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
            *_FIREWALL_RULE,
            *("cidrIpv4", "cidrIpv6", "ipProtocol", "prefixListId", "referencedSecurityGroupId"),
        ),
        "aws:iam/role:Role": (
            *("assumeRolePolicy", "description", "inlinePolicies", "managedPolicyArns"),
            *("maxSessionDuration", "name", "namePrefix", _TAGS),
        ),
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("policyArn", "role"),
        "aws:iam/rolePolicy:RolePolicy": ("name", "policy", "role"),
        "aws:iam/instanceProfile:InstanceProfile": ("name", "namePrefix", "role", _TAGS),
        "aws:lightsail/instance:Instance": (
            *("availabilityZone", "blueprintId", "bundleId", "ipAddressType", "keyPairName"),
            *("name", _TAGS, "userData"),
        ),
        "aws:lightsail/keyPair:KeyPair": ("name", "publicKey", _TAGS),
        "aws:lightsail/instancePublicPorts:InstancePublicPorts": ("instanceName", "portInfos"),
        "aws:lightsail/staticIp:StaticIp": ("name",),
        "aws:lightsail/staticIpAttachment:StaticIpAttachment": ("instanceName", "staticIpName"),
        "pulumi:providers:aws": (
            *("defaultTags", "region", "skipCredentialsValidation", "skipRegionValidation"),
        ),
        "pulumi:providers:docker": ("host", "sshOpts"),
        "pulumi:providers:command": (),
    }.items()
}
# The verification's own containers run what `exposure.inventory` tells by the program's mark.
_OF_THE_VERIFICATION = frozenset(("uploads",))


def is_known(one: Resource) -> bool:
    """Whether a type has a place in the inventory; of commands, whether it is one of ours."""
    return one.type in _KNOWN and (one.type not in COMMANDS or is_own(one))


def unjudged(one: Resource, names: Iterable[str]) -> list[str]:
    """Those of these inputs that neither a row nor a rule tells of, each once."""
    known = _KNOWN.get(one.type, frozenset())
    if is_verification(one):
        known |= _OF_THE_VERIFICATION
    return [name for name in dict.fromkeys(names) if name not in known]
