"""The stacks for AWS on a recording engine: every registration, and what must not be among them."""

import json

import pytest
from aws_values import AMI, ED25519, MINE, RSA
from pulumi.runtime.rpc import deserialize_properties

SECRET = "4dabf18193072939515e22adb298388d"
KIND = {"dev": "ec2", "prod": "ec2", "lightsail": "lightsail"}
EVERY_STACK = pytest.mark.parametrize("stack", KIND)
EVERY_WAY = pytest.mark.parametrize(
    ("preview", "new_stack"), [(False, False), (True, False), (True, True)]
)
COMMAND = "command:local:Command"
INSTANCE = "aws:ec2/instance:Instance"
FIREWALL = "aws:ec2/securityGroup:SecurityGroup"
ROLE = "aws:iam/role:Role"
SAIL = "aws:lightsail/instance:Instance"
DOCKER = "pulumi:providers:docker"
ADDRESS = "203.0.113.9"
TAGS = {"project": "docklab", "stack": "test", "managed-by": "pulumi"}
MADE = {
    "ec2": [
        ("docklab:host:Ec2Host", "host"),
        ("pulumi:providers:aws", "host-aws"),
        (INSTANCE, "host-instance"),
        (FIREWALL, "host-firewall"),
        ("aws:ec2/keyPair:KeyPair", "host-key"),
        ("aws:ec2/eip:Eip", "host-address"),
        ("aws:ec2/eipAssociation:EipAssociation", "host-association"),
    ],
    "lightsail": [
        ("docklab:host:LightsailHost", "host"),
        ("pulumi:providers:aws", "host-aws"),
        (SAIL, "host-instance"),
        ("aws:lightsail/keyPair:KeyPair", "host-key"),
        ("aws:lightsail/staticIp:StaticIp", "host-address"),
        ("aws:lightsail/staticIpAttachment:StaticIpAttachment", "host-attachment"),
        ("aws:lightsail/instancePublicPorts:InstancePublicPorts", "host-firewall"),
    ],
}


@pytest.fixture(scope="module", params=KIND)
def each(request, stack_on):
    return stack_on(request.param)


@pytest.fixture(scope="module")
def dev(stack_on):
    return stack_on("dev")


@pytest.fixture(scope="module")
def sail(stack_on):
    return stack_on("lightsail")


def of_aws(engine):
    return [request for request in engine.requests if request.type.startswith("aws:")]


@EVERY_STACK
@EVERY_WAY
def test_a_machine_is_made_of_these_parts_and_no_others(
    stack_on, engine_for, stack, preview, new_stack
):
    engine = stack_on(stack, engine=engine_for(preview, new_stack))
    found = [
        (request.type, request.name)
        for request in engine.requests
        if "aws" in request.type or request.type.startswith("docklab:host:")
    ]
    assert sorted(found) == sorted(MADE[KIND[stack]])
    commands = {name for name in engine.of(COMMAND) if not name.endswith("-mkdir")}
    assert commands == {"host-hostkey", "host-ready", "isolation-lifecycle"}
    assert {"web-container", "isolation-container"} <= {r.name for r in engine.requests}


def test_an_instance_says_everything_that_aws_would_choose(dev):
    instance = dev.of(INSTANCE)["host-instance"]
    assert {key: value for key, value in instance.items() if key != "userData"} == {
        "ami": AMI,
        "instanceType": "t3.small",
        "keyName": "host-key-0a1b2c3",
        "vpcSecurityGroupIds": ["host-firewall-id"],
        "associatePublicIpAddress": True,
        "metadataOptions": {
            "httpEndpoint": "enabled",
            "httpTokens": "required",
            "httpPutResponseHopLimit": 1,
            "httpProtocolIpv6": "disabled",
            "instanceMetadataTags": "disabled",
        },
        "rootBlockDevice": {
            "volumeType": "gp3",
            "volumeSize": 20,
            "encrypted": True,
            "deleteOnTermination": True,
            "tags": {"Name": "docklab-test-host", **TAGS},
        },
        "userDataReplaceOnChange": True,
        "disableApiTermination": False,
        "instanceInitiatedShutdownBehavior": "stop",
        "creditSpecification": {"cpuCredits": "standard"},
        "tags": {"Name": "docklab-test-host", "os": "al2"},
    }


def test_a_machine_without_credits_is_told_nothing_about_them(stack_on):
    instance = stack_on("dev", ("host.instance_type", "m6i.large")).of(INSTANCE)["host-instance"]
    assert "creditSpecification" not in instance


def test_a_vpc_and_subnet_of_ones_own_are_used(stack_on):
    own = {"vpc_id": "vpc-0123abcd", "subnet_id": "subnet-0123abcd", "vpc_cidr": "10.1.0.0/16"}
    engine = stack_on("dev", *((f"host.{key}", value) for key, value in own.items()))
    assert engine.of(INSTANCE)["host-instance"]["subnetId"] == "subnet-0123abcd"
    assert engine.of(FIREWALL)["host-firewall"]["vpcId"] == "vpc-0123abcd"


def test_ssh_is_open_to_the_admin_alone(dev):
    firewall = dev.of(FIREWALL)["host-firewall"]
    [rule] = firewall["ingress"]
    assert {key: value for key, value in rule.items() if key != "description"} == {
        "protocol": "tcp",
        "fromPort": 22,
        "toPort": 22,
        "cidrBlocks": [MINE],
    }
    [out] = firewall["egress"]
    assert (out["protocol"], out["cidrBlocks"]) == ("-1", ["0.0.0.0/0"])
    assert "vpcId" not in firewall


def test_lightsail_opens_ssh_to_the_admin_and_closes_the_rest(sail):
    [ports] = sail.of("aws:lightsail/instancePublicPorts:InstancePublicPorts").values()
    assert ports == {
        "instanceName": "host-instance-0a1b2c3",
        "portInfos": [{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrs": [MINE]}],
    }


def test_a_lightsail_machine_says_everything_that_aws_would_choose(sail):
    instance = sail.of(SAIL)["host-instance"]
    assert {key: value for key, value in instance.items() if key != "userData"} == {
        "availabilityZone": "eu-central-1a",
        "blueprintId": "amazon_linux_2023",
        "bundleId": "small_3_0",
        "keyPairName": "host-key-0a1b2c3",
        "ipAddressType": "ipv4",
        "tags": {"Name": "docklab-test-host"},
    }


def test_nothing_is_let_in_from_anywhere(each):
    assert of_aws(each)
    for request in of_aws(each):
        inputs = deserialize_properties(request.object)
        text = json.dumps({k: v for k, v in inputs.items() if k not in ("egress", "userData")})
        assert "0.0.0.0/0" not in text, request.name
        assert "::/0" not in text, request.name


@EVERY_STACK
def test_the_provider_is_explicit_and_tags_everything(stack_on, stack):
    engine = stack_on(stack, ("host.tags", {"owner": "me"}))
    [provider] = engine.of("pulumi:providers:aws").values()
    # The SDK's own two; credentials are tried out first, so that their absence is said once.
    given = {key: value for key, value in provider.items() if not key.startswith("skip")}
    assert given == {"region": "eu-central-1", "defaultTags": given["defaultTags"]}
    assert provider["skipCredentialsValidation"] == "false"
    assert json.loads(provider["defaultTags"]) == {"tags": {"owner": "me", **TAGS}}
    assert all("::host-aws::" in request.provider for request in of_aws(engine))


def test_the_users_public_key_goes_to_aws(dev, sail):
    assert dev.of("aws:ec2/keyPair:KeyPair")["host-key"]["publicKey"] == ED25519
    assert sail.of("aws:lightsail/keyPair:KeyPair")["host-key"]["publicKey"] == RSA


def test_every_image_and_machine_is_pinned_in_prod(stack_on):
    engine = stack_on("prod")
    [image] = engine.of("docker:index/remoteImage:RemoteImage").values()
    assert image["name"] == "python@sha256:" + "d" * 64
    assert engine.of(INSTANCE)["host-instance"]["ami"] == AMI
    assert engine.of(INSTANCE)["host-instance"]["disableApiTermination"] is True


def test_the_outputs_say_how_to_get_there(each):
    said = each.outputs
    assert said["address"] == ADDRESS
    assert said["docker_version"] == "25.0.8"
    assert said["docker_host"] == f"export DOCKER_HOST=ssh://ec2-user@{ADDRESS}"
    assert said["ssh"].startswith("ssh ")
    assert said["ssh"].endswith(f"ec2-user@{ADDRESS}")
    assert said["verdict"].startswith("isolated:")
    assert json.loads(said["report"])["verdict"] == "isolated"
