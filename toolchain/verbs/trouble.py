"""What a failed run's errors mean where they need more than their own words: AWS, and protection.
Pure."""

from __future__ import annotations

import json
import re

from toolchain.verbs.messages import make

PROTECTED = (
    "Nothing of what is protected was lost. The lab says protect_data: true, or a volume says"
    " protect: true, and what you asked for would delete or replace it. If the data may go, keep"
    " a copy with `{backup}`, write protect_data: false into stacks/Pulumi.{stack}.yaml, run"
    " `{up}` with nothing else changed, then this again."
)
# What an error looks like, and what to do: {again} is the verb, {pin} another, {stack} the stack.
_TROUBLES: tuple[tuple[str, str], ...] = (
    (
        r"no resource plugin 'pulumi-resource-aws'|could not (load|find) plugin for aws",
        "This stack makes a machine in AWS, and Pulumi's AWS plugin is not on this machine: it"
        " comes from get.pulumi.com, which this machine does not reach. Everything up to it is in"
        " order. Where there is internet, `{again}` gets it by itself; to carry it over, run"
        " `pulumi plugin install resource aws` there and copy the folder plugins/ of PULUMI_HOME.",
    ),
    (
        r"ExpiredToken|security token included in the request is expired|token has expired",
        "Your AWS credentials have expired. Sign in anew (`aws sso login`, or however you got"
        " them), see that `aws sts get-caller-identity` answers, and run `{again}` again.",
    ),
    (
        r"NoCredentialProviders|[Nn]o valid credential sources|failed to refresh cached credentials"
        r"|unable to validate AWS credentials|InvalidClientTokenId|AuthFailure"
        r"|Invalid credentials configured|SignatureDoesNotMatch",
        "AWS got no credentials that it takes. Set them up with `aws configure sso` or `aws"
        " configure`, name them with AWS_PROFILE if they are not the default ones, see that"
        " `aws sts get-caller-identity` answers, and run `{again}` again. They stay with you: the"
        " stack file and the state hold none.",
    ),
    (
        r"OperationNotPermitted[\s\S]*disableApiTermination|disableApiTermination[\s\S]*may not be",
        "AWS refuses to end the instance, because the lab says termination_protection: true. If it"
        " is to go, write termination_protection: false into stacks/Pulumi.{stack}.yaml, run"
        " `{up}`, then `{again}` again.",
    ),
    (
        r"UnauthorizedOperation|AccessDenied|not authorized to perform",
        "Your AWS user may not do what the error above names. Ask whoever runs the account for that"
        " action (docs/guide/aws.md lists what the lab needs), then run `{again}` again: it goes on"
        " from what is there.",
    ),
    (
        r"VcpuLimitExceeded|InstanceLimitExceeded|AddressLimitExceeded|ServiceQuotaExceeded"
        r"|maximum number of (addresses|instances)",
        "The account's quota in this region is used up. `aws service-quotas"
        " list-service-quotas --service-code ec2` shows it; ask there for more, end what is not"
        " needed any more, or take a smaller instance_type. Then run `{again}` again.",
    ),
    (
        r"InvalidAMIID|InvalidAMIID\.NotFound|image id '\[?ami-",
        "The region has no such image, or has it no longer. `{pin}` writes its current one; then"
        " run `{again}` again.",
    ),
    (
        r"No default VPC|VPCIdNotSpecified|DefaultVpcDoesNotExist",
        "The account has no default VPC in this region. Write vpc_id, subnet_id (a public one) and"
        " vpc_cidr under host in stacks/Pulumi.{stack}.yaml, or make a default one with"
        " `aws ec2 create-default-vpc`; then run `{again}` again.",
    ),
    (
        r"because it is protected|is currently marked for protection",
        PROTECTED,
    ),
)


def paragraph(errors: str, verb: str, stack: str) -> str | None:
    """What to do about the first trouble that is known; None when none is."""
    for pattern, text in _TROUBLES:
        if re.search(pattern, errors):
            return _filled(text, verb, stack)
    return None


def protected(stack: str) -> str:
    """What is said before a protected lab is taken down."""
    return _filled(PROTECTED, "down", stack)


def _filled(text: str, verb: str, stack: str) -> str:
    commands = {name: make(name, stack) for name in ("up", "pin", "backup")}
    return text.format(again=make(verb, stack), stack=stack, **commands)


def errors_in(events: str) -> str:
    """The errors of a run, from Pulumi's log of its events: JSON, one a line."""
    found = []
    for line in events.splitlines():
        try:
            event = json.loads(line).get("diagnosticEvent") or {}
        except (ValueError, AttributeError):
            continue
        if event.get("severity") == "error":
            found.append(re.sub(r"<\{%[^%]*%\}>", "", str(event.get("message", ""))))
    return "\n".join(found)
