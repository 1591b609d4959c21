"""Each mistake in a lab's machine in AWS, by the text that it is refused with."""

import subprocess

import pulumi
import pytest
from aws_values import AMI, DIGEST, ED25519, MINE, RSA, filled, public_key, stack_file

from infra.config import parse

STACKS = ("dev", "prod", "lightsail")
CURL = "`curl https://checkip.amazonaws.com`"
CANARY = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ"


def refusal(stack, *changes):
    with pytest.raises(pulumi.RunError) as refused:
        parse(filled(stack, *changes))
    return str(refused.value)


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_that_is_filled_in_is_taken(stack):
    assert parse(filled(stack)).host.kind in ("ec2", "lightsail")


@pytest.mark.parametrize("stack", STACKS)
def test_the_lab_on_aws_is_the_local_one(stack):
    def plain(lab):
        kept = {key: value for key, value in lab.items() if key not in ("host", "protect_data")}
        return kept | {"images": {k: v["name"] for k, v in kept["images"].items()}}

    assert plain(stack_file(stack)) == plain(stack_file("local"))


@pytest.mark.parametrize("stack", STACKS)
def test_each_placeholder_is_refused_with_the_command_that_gives_the_value(stack):
    with pytest.raises(pulumi.RunError) as refused:
        parse(stack_file(stack), stack=stack)
    said = str(refused.value)
    wanted = [
        f"lab.host.admin_cidr: '<your address>/32' is not a range of addresses; your own is what "
        f"{CURL} prints, followed by /32",
        "lab.host.public_key: <your public key> stands there still; write the line that "
        "`cat ~/.ssh/id_ed25519.pub` prints",
    ]
    if stack != "lightsail":
        wanted.append(
            "lab.host.ami: '<an image id>' is not the id of an image; "
            f"`make pin STACK={stack}` writes"
        )
    if stack == "prod":
        wanted.append(
            "lab.images.base.digest: '<its digest>' is not a digest: write sha256: and 64 hex "
            "digits; `make pin STACK=prod` does it"
        )
    assert [text for text in wanted if text not in said] == []
    assert len(said.splitlines()) == 1 + len(wanted)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("0.0.0.0/0", "0.0.0.0/0 would open sshd to the world; your own is what"),
        ("0.0.0.0/1", "0.0.0.0/1 would open sshd to the world"),
        ("128.0.0.0/1", "128.0.0.0/1 would open sshd to the world"),
        ("::/0", "'::/0' is not a range of addresses"),
        ("my house", "'my house' is not a range of addresses"),
        ("203.0.113.300/32", "'203.0.113.300/32' is not a range of addresses"),
        ("203.0.113.7", "203.0.113.7 has no prefix length; write 203.0.113.7/32"),
        ("203.0.113.7/24", "203.0.113.7/24 has host bits set; the range is 203.0.113.0/24"),
        (7, "a range of addresses must be text such as '203.0.113.7/32'; got 7"),
    ],
)
def test_who_may_reach_sshd_is_one_range_and_not_the_world(value, said):
    assert f"lab.host.admin_cidr: {said}" in refusal("dev", ("host.admin_cidr", value))


ONE_MISTAKE = [
    ("dev", "ami", "ami-123", "'ami-123' is not the id of an image; `make pin"),
    ("dev", "ami", "al2", "'al2' is not the id of an image"),
    ("dev", "os", "ubuntu", "ubuntu is not one of al2, al2023"),
    ("dev", "region", "Frankfurt", "'Frankfurt' is not an AWS region; write one such as eu-"),
    ("dev", "instance_type", "big", "'big' is not an EC2 instance type; write one such as t3.s"),
    ("dev", "root_volume_gib", 4, "4 is out of range: at least 8"),
    ("dev", "vpc_id", "vpc-0123abcd", "subnet_id: is missing: vpc_id and subnet_id go together"),
    ("dev", "updates", "some", "some is not one of none, security, all"),
    (
        "dev",
        "instance_type",
        "t4g.small",
        "t4g.small is an arm64 machine and architecture says x86_64; make them agree, then",
    ),
    ("dev", "public_key", public_key("ecdsa-sha2-nistp256"), "and EC2 takes ssh-ed25519 and ssh-"),
    ("dev", "tags", {"aws:x": "1"}, "aws:x begins with aws:, which AWS keeps for itself; rename"),
    ("dev", "tags", {"stack": "1"}, "stack is set by docklab on everything; take another name"),
    ("dev", "tags", {"a": "x" * 257}, "'a' is not a tag that AWS takes"),
    (
        "lightsail",
        "public_key",
        ED25519,
        "is of kind ssh-ed25519, and Lightsail takes ssh-rsa alone; `ssh-keygen -t rsa",
    ),
    (
        "lightsail",
        "blueprint",
        "amazon_linux_2",
        "amazon_linux_2 is not the image of os al2023, amazon_linux_2023; leave blueprint out",
    ),
    ("lightsail", "zone", "us-east-1a", "us-east-1a is not in region eu-central-1"),
    ("lightsail", "bundle", "tiny", "'tiny' is not a Lightsail bundle; `aws lightsail get-bun"),
]


@pytest.mark.parametrize(("stack", "key", "value", "said"), ONE_MISTAKE)
def test_a_mistake_names_its_key_and_the_way_out(stack, key, value, said):
    text = refusal(stack, (f"host.{key}", value))
    assert said in text
    assert len(text.splitlines()) == 2
    assert "STACK=<stack>" not in said


@pytest.mark.parametrize(
    ("stack", "key", "size", "has"),
    [
        ("dev", "instance_type", "t3.nano", "512MiB"),
        ("lightsail", "bundle", "nano_3_0", "512MiB"),
    ],
)
def test_a_machine_too_small_for_the_lab_is_refused(stack, key, size, has):
    assert (
        f"lab.host.{key}: {size} has {has} of memory, and the lab may use 704MiB "
        "(512MiB of them for the system); take a larger one"
    ) in refusal(stack, (f"host.{key}", size))


@pytest.mark.parametrize(
    ("stack", "subnet", "said"),
    [
        ("dev", "172.31.4.0/24", "overlaps 172.31.0.0/16, the VPC's range (lab.host.vpc_cidr)"),
        ("lightsail", "172.26.4.0/24", "overlaps 172.26.0.0/16, the range of all Lightsail mac"),
        ("dev", "172.17.4.0/24", "overlaps 172.17.0.0/16, the engine's default bridge"),
    ],
)
def test_a_subnet_that_is_somebody_elses_is_refused(stack, subnet, said):
    text = refusal(stack, ("networks.back.subnet", subnet))
    assert f"lab.networks.back.subnet: {subnet} {said}" in text


@pytest.mark.parametrize("value", [ED25519.split()[1], "ssh-ed25519", "ssh-ed25519 AAAA", "x y"])
def test_what_is_no_public_key_is_refused_without_being_shown(value):
    text = refusal("dev", ("host.public_key", value))
    assert "lab.host.public_key: " in text
    assert "AAAA" not in text


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize(
    "pasted",
    [
        f"-----BEGIN OPENSSH PRIVATE KEY-----\n{CANARY}\n-----END OPENSSH PRIVATE KEY-----\n",
        f"-----BEGIN RSA PRIVATE KEY----- {CANARY} -----END RSA PRIVATE KEY-----",
        CANARY,
    ],
    ids=["a file", "a line", "its middle"],
)
def test_a_private_key_in_the_place_of_the_public_one_is_never_shown(stack, pasted):
    text = refusal(stack, ("host.public_key", pasted))
    assert CANARY[:12] not in text
    if "BEGIN" in pasted:
        assert "this is a private key, and a public key is a public one; take the key out" in text


@pytest.mark.parametrize("key", ["ami", "admin_cidr", "public_key", "region"])
def test_what_has_no_default_must_be_there(key):
    lab = filled("dev")
    del lab["host"][key]
    with pytest.raises(pulumi.RunError, match=rf"lab\.host\.{key}: is missing; write "):
        parse(lab)


def test_a_real_pair_of_keys_is_told_apart(tmp_path):
    file = tmp_path / "key"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)]
    subprocess.run(command, check=True)
    public = file.with_suffix(".pub").read_text()
    assert parse(filled("dev", ("host.public_key", public))).host.public_key in public
    text = refusal("dev", ("host.public_key", file.read_text()))
    assert not any(line in text for line in file.read_text().splitlines() if line)


def test_the_sample_values_are_in_the_right_form():
    lab = parse(filled("prod"))
    assert lab.host.ami == AMI
    assert str(lab.host.admin_cidr) == MINE
    assert lab.images["base"].digest == DIGEST
    assert parse(filled("lightsail")).host.public_key == RSA
