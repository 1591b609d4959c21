"""What an EC2 instance may do in AWS: nothing but be reached through SSM Session Manager."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

_MAY_BECOME = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
_PARTITIONS = {"cn": "aws-cn", "us-gov": "aws-us-gov"}


@dataclass(frozen=True, kw_only=True)
class SessionRole:
    """The machine's agent looks for its permission at boot: so the machine comes after `ready`."""

    profile_name: pulumi.Output[str]
    ready: list[pulumi.Resource]


def session_manager(
    name: str, region: str, tags: Mapping[str, str], opts: pulumi.ResourceOptions
) -> SessionRole:
    role = aws.iam.Role(f"{name}-role", assume_role_policy=_MAY_BECOME, tags=tags, opts=opts)
    policy = aws.iam.RolePolicyAttachment(
        f"{name}-session-manager", role=role.name, policy_arn=policy_arn(region), opts=opts
    )
    profile = aws.iam.InstanceProfile(f"{name}-profile", role=role.name, tags=tags, opts=opts)
    return SessionRole(profile_name=profile.name, ready=[policy])


def policy_arn(region: str) -> str:
    """AWS's own policy for the agent, in the part of AWS that a region belongs to."""
    parts = (p for prefix, p in _PARTITIONS.items() if region.startswith(f"{prefix}-"))
    return f"arn:{next(parts, 'aws')}:iam::aws:policy/AmazonSSMManagedInstanceCore"
