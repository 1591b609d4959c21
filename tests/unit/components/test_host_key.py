"""What is made of a printed key pair, and which part of AWS a policy is taken from."""

import pulumi
import pytest
from host_keys import pair

from components.hosts.ec2_role import policy_arn
from components.hosts.host_key import halves


def test_a_printed_pair_is_told_apart_and_loses_its_comment():
    private, public = pair()
    assert halves(private + public) == (private, " ".join(public.split()[:2]))


@pytest.mark.parametrize("printed", ["", "ssh-ed25519 AAAA", pair()[0], pair()[1]])
def test_what_is_no_pair_is_refused_and_not_shown(printed):
    with pytest.raises(pulumi.RunError, match="the host key in the state is damaged") as refused:
        halves(printed)
    assert "AAAA" not in str(refused.value)


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_a_policy_is_taken_from_the_regions_own_part_of_aws(region, partition):
    assert policy_arn(region).startswith(f"arn:{partition}:iam::aws:policy/")
