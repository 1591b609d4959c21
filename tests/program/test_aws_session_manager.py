"""A machine in AWS with no open port: reached through SSM Session Manager."""

import json

import pytest

INSTANCE = "aws:ec2/instance:Instance"
FIREWALL = "aws:ec2/securityGroup:SecurityGroup"
ROLE = "aws:iam/role:Role"
DOCKER = "pulumi:providers:docker"


@pytest.fixture(scope="module")
def session(stack_on):
    return stack_on("dev", ("host.session_manager", True))


def test_with_session_manager_nothing_is_open_and_no_address_is_kept(session):
    assert session.of(FIREWALL)["host-firewall"]["ingress"] == []
    assert session.of("aws:ec2/eip:Eip") == {}
    instance = session.of(INSTANCE)["host-instance"]
    assert "associatePublicIpAddress" not in instance
    assert instance["iamInstanceProfile"] == "host-profile-0a1b2c3"


def test_with_session_manager_ssh_goes_through_it_to_the_instance(session):
    [provider] = session.of(DOCKER).values()
    assert provider["host"] == "ssh://ec2-user@host-instance-id"
    [proxy] = [o for o in json.loads(provider["sshOpts"]) if o.startswith("ProxyCommand=")]
    assert proxy == (
        "ProxyCommand=aws ssm start-session --target %h --document-name AWS-StartSSHSession "
        "--parameters portNumber=%p --region eu-central-1"
    )


def test_session_managers_role_may_do_nothing_else(session):
    role = session.of(ROLE)["host-role"]
    [statement] = json.loads(role["assumeRolePolicy"])["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    assert not {"inlinePolicies", "managedPolicyArns"} & set(role)
    [policy] = session.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment").values()
    assert policy["policyArn"] == "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"


def test_without_session_manager_the_machine_has_no_role(stack_on):
    assert [r.name for r in stack_on("dev").requests if r.type.startswith("aws:iam")] == []
