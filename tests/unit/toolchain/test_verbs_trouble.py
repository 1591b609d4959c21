"""What a failed run's errors are said to mean, in the words that AWS and Pulumi use."""

import json

import pytest

from toolchain.verbs import deployment as state
from toolchain.verbs import trouble

NO_PLUGIN = (
    "no resource plugin 'pulumi-resource-aws' found in the workspace at version v7.51.1 or on "
    "your $PATH"
)
KNOWN = [
    (NO_PLUGIN, "Pulumi's AWS plugin is not on this machine"),
    (
        "pulumi:providers:aws resource 'host-aws' has a problem: No valid credential sources found",
        "AWS got no credentials that it takes. Set them up with `aws configure sso`",
    ),
    ("NoCredentialProviders: no valid providers in chain", "AWS got no credentials"),
    (
        "operation error STS: GetCallerIdentity, InvalidClientTokenId: The security token included "
        "in the request is invalid",
        "AWS got no credentials",
    ),
    (
        "api error ExpiredToken: The security token included in the request is expired",
        "Your AWS credentials have expired",
    ),
    (
        "creating EC2 Instance: operation error EC2: RunInstances, api error UnauthorizedOperation:"
        " You are not authorized to perform this operation",
        "Your AWS user may not do what the error above names",
    ),
    (
        "api error VcpuLimitExceeded: You have requested more vCPU capacity than your current "
        "vCPU limit of 5 allows",
        "The account's quota in this region is used up",
    ),
    ("api error AddressLimitExceeded: The maximum number of addresses has been", "quota"),
    ("api error InvalidAMIID.NotFound: The image id '[ami-1]' does not exist", "`make pin STACK="),
    ("api error VPCIdNotSpecified: No default VPC for this user", "aws ec2 create-default-vpc"),
    (
        "api error OperationNotPermitted: The instance 'i-1' may not be terminated. Modify its "
        "'disableApiTermination' instance attribute and try again",
        "write termination_protection: false into stacks/Pulumi.dev.yaml",
    ),
    (
        'unable to replace resource "urn:pulumi:dev::docklab::data-volume"\n'
        "as it is currently marked for protection. To unprotect the resource, remove",
        "The lab says protect_data: true",
    ),
    (
        'resource "urn:pulumi:dev::docklab::data" cannot be deleted\nbecause it is protected',
        "The lab says protect_data: true",
    ),
]


@pytest.mark.parametrize(("errors", "said"), KNOWN)
def test_an_error_of_aws_becomes_a_paragraph_with_a_way_out(errors, said):
    text = trouble.paragraph(errors, "up", "dev")
    assert text is not None
    assert said in text
    assert "make " in text
    assert "{" not in text


def test_an_error_that_is_not_known_is_left_to_pulumi():
    assert trouble.paragraph("the moon is full", "up", "dev") is None
    assert trouble.paragraph("", "up", "dev") is None


def test_the_verb_to_run_again_is_the_one_that_failed():
    assert "`make preview STACK=dev`" in (trouble.paragraph(NO_PLUGIN, "preview", "dev") or "")


def test_a_lab_with_protected_volumes_is_not_half_taken_down() -> None:
    def volume(name: str, protect: bool) -> dict[str, object]:
        urn = f"urn:pulumi:dev::docklab::docker:index/volume:Volume::{name}"
        kind = "docker:index/volume:Volume"
        return {"urn": urn, "type": kind, "id": name, "custom": True, "protect": protect}

    there = {"resources": [volume("kept", True), volume("other", False)]}
    assert state.protected_volumes(there) == ("kept",)
    assert "`make backup STACK=dev`" in trouble.protected("dev")


def test_errors_are_read_from_the_log_of_events_and_nothing_else_is():
    def line(severity: str, message: str) -> str:
        return json.dumps({"diagnosticEvent": {"severity": severity, "message": message}})

    log = [
        line("warning", "al2"),
        line("error", "<{%fg 1%}>error: <{%reset%}>no plugin"),
        json.dumps({"preludeEvent": {"config": {}}}),
        '{"diagnosticEvent": {"severity": "error", "mess',
        "[]",
    ]
    assert trouble.errors_in("\n".join(log)) == "error: no plugin"
