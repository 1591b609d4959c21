"""Arguments of the first boot: refused by name, with the way out, and no key is ever shown."""

from dataclasses import replace
from ipaddress import IPv4Network

import pytest
from host_keys import BEGIN, END, pair
from hypothesis import given
from hypothesis import strategies as st

from components.cloud_init import AddressPool, UserData, choose_address_pools

PRIVATE, PUBLIC = pair()
GOOD = UserData(
    os="al2",
    host_key_private=PRIVATE,
    host_key_public=PUBLIC,
    address_pools=(AddressPool(base=IPv4Network("10.213.0.0/16"), size=24),),
)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("os", "ubuntu", "os: 'ubuntu' is not al2 or al2023"),
        ("updates", "some", "updates: 'some' is not none or security or all"),
        ("user", "ec2-user; rm -rf /", "user: .* is not a user's name, such as ec2-user"),
        ("user", "root\n- evil", "user: "),
        ("user", "ec2-user\n", "user: "),
        ("user", "$(id)", "user: "),
        ("user", "", "user: "),
        ("lab_dir", "srv/docklab", "lab_dir: .* is not an absolute path, such as /srv/docklab"),
        ("lab_dir", "/", "lab_dir: "),
        ("lab_dir", "/srv/../etc", "lab_dir: "),
        ("lab_dir", "/srv/a b", "lab_dir: "),
        ("lab_dir", "/srv/'$(id)'", "lab_dir: "),
        ("lab_dir", "/srv/x\nruncmd: [id]", "lab_dir: "),
        ("al2023_release", "2022", "al2023_release: '2022' is not latest, or one such as 2023"),
        ("log_max_size", "10", "log_max_size: '10' is not a size such as 10m"),
        ("log_max_file", 0, "log_max_file: 0 is not a number from 1 to 100"),
    ],
)
def test_a_bad_value_is_refused_by_name(name, value, message):
    with pytest.raises(ValueError, match=message):
        replace(GOOD, **{name: value})


@pytest.mark.parametrize(
    ("private", "message"),
    [
        (pair(2)[0], "host_key_private: is not the private half of host_key_public"),
        (pair(1, cipher="aes256-ctr")[0], "host_key_private: has a passphrase"),
        (PRIVATE.replace("OPENSSH", "RSA"), "host_key_private: is not an OpenSSH private key"),
        (PRIVATE.replace(END, ""), "host_key_private: is not an OpenSSH private key"),
        (f"{BEGIN}\n  runcmd: [id]\n{END}", "host_key_private: is not an OpenSSH private key"),
        (PRIVATE.replace("\n", "\nKEY\nid\n", 1), "host_key_private: is not an OpenSSH"),
        (PUBLIC, "host_key_private: is not an OpenSSH private key"),
        ("", "host_key_private: is not an OpenSSH private key"),
    ],
)
def test_a_bad_private_key_is_refused_and_not_shown(private, message):
    with pytest.raises(ValueError, match=message) as caught:
        replace(GOOD, host_key_private=private)
    assert not [
        line for line in private.splitlines() if len(line) > 9 and line in str(caught.value)
    ]


@pytest.mark.parametrize(
    ("public", "message"),
    [
        (PRIVATE, r"host_key_public: is a private key; give the line of the \.pub file"),
        ("ssh-rsa AAAAB3NzaC1yc2E=", "host_key_public: is not an OpenSSH ed25519 public key"),
        (PUBLIC.split()[1], "host_key_public: is not an OpenSSH ed25519 public key"),
        ("ssh-ed25519 AAAA", "host_key_public: is not an OpenSSH ed25519 public key"),
        ("", "ssh-keygen -t ed25519"),
    ],
)
def test_a_bad_public_key_is_refused_and_a_private_one_not_shown(public, message):
    with pytest.raises(ValueError, match=message) as caught:
        replace(GOOD, host_key_public=public)
    assert PRIVATE.splitlines()[1] not in str(caught.value)


def test_a_keys_comment_goes_nowhere():
    hostile = replace(GOOD, host_key_public=PUBLIC.strip() + "\nruncmd: [id]")
    assert hostile.public_key == " ".join(PUBLIC.split()[:2])


SUBNETS = st.lists(
    st.builds(
        lambda base, bits, prefix: IPv4Network((int(base) | bits, prefix), strict=False),
        st.sampled_from(
            [IPv4Network(n)[0] for n in ("10.0.0.0/8", "10.213.0.0/16", "172.16.0.0/12")]
        )
        | st.sampled_from([IPv4Network("192.168.0.0/16")[0]]),
        st.integers(0, 2**16 - 1),
        st.integers(13, 29),  # eight of them leave room in every private range together
    ),
    max_size=8,
)


@given(SUBNETS)
def test_pools_never_overlap_a_subnet_of_the_lab(subnets):
    pools = choose_address_pools(subnets)
    assert pools
    for pool in pools:
        assert pool.base.is_private
        assert pool.base.prefixlen < pool.size
        assert not any(pool.base.overlaps(subnet) for subnet in subnets)


@given(SUBNETS.filter(lambda all_: not any(n.overlaps(IPv4Network("10.213.0.0/16")) for n in all_)))
def test_a_subnet_more_or_less_changes_no_pool_and_so_replaces_no_machine(subnets):
    assert choose_address_pools(subnets) == choose_address_pools([])


def test_where_all_private_ranges_are_taken_no_pool_is_invented():
    taken = [IPv4Network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
    with pytest.raises(ValueError, match="narrow one to leave a /24"):
        choose_address_pools(taken)
    (last,) = choose_address_pools([*taken[:2], IPv4Network("192.168.0.0/17")])
    assert last.base == IPv4Network("192.168.128.0/20")
