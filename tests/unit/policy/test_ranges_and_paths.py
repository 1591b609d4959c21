"""Properties: a range stays too wide however it is cut up, a folder however it is written."""

from ipaddress import IPv4Network, IPv6Network

from hypothesis import given
from hypothesis import strategies as st
from unit.policy.cases import bind, ingress

from policy.judge import Stack, findings
from policy.rules.exposure import WIDEST, ranges_of_the_world
from policy.rules.mounts import clean, holds_socket, is_of_the_lab, is_sensitive

STACK = Stack(name="s", production=False)
DOTS = st.sampled_from(["", ".", "x/.."])


@st.composite
def networks(draw, narrow=False):
    v6 = draw(st.booleans())
    bits, widest = (128, WIDEST[6]) if v6 else (32, WIDEST[4])
    prefix = draw(st.integers(widest, bits) if narrow else st.integers(0, widest - 1))
    address = draw(st.integers(0, 2**bits - 1)) >> (bits - prefix) << (bits - prefix)
    return (IPv6Network if v6 else IPv4Network)((address, prefix))


@st.composite
def written(draw, path):
    """The same path, written in another way."""
    parts = path.split("/")[1:]
    return "".join(f"/{draw(DOTS)}/{part}" for part in parts) + draw(st.sampled_from(["", "/"]))


def found(resource):
    return {f.rule for f in findings(resource, STACK)}


@given(networks())
def test_a_range_that_is_too_wide_is_found(network):
    key = "cidrBlocks" if network.version == 4 else "ipv6CidrBlocks"
    assert "ingress-from-the-world" in found(ingress(**{key: [str(network)]}))


@given(networks(), st.integers(1, 4))
def test_a_range_cut_into_pieces_is_as_wide(network, cuts):
    assert ranges_of_the_world([str(n) for n in network.subnets(prefixlen_diff=cuts)]) == [
        str(network)
    ]


@given(networks(narrow=True))
def test_a_range_of_ones_own_is_let_in(network):
    assert ranges_of_the_world([str(network)]) == []


@given(st.sampled_from(["/etc", "/proc/1", "/root", "/home", "/var/lib/docker"]).flatmap(written))
def test_a_sensitive_folder_is_found_however_it_is_written(path):
    assert "sensitive-folder" in found(bind(path))


@given(st.sampled_from(["/run/docker.sock", "/var/run", "/var/run/docker.sock"]).flatmap(written))
def test_a_socket_is_found_however_it_is_written(path):
    assert "runtime-socket" in found(bind(path))


@given(st.text(alphabet="ab./-", max_size=30).map("/srv/".__add__))
def test_no_way_of_writing_leads_out_of_a_folder_unseen(path):
    flat = clean(path)
    assert clean(flat) == flat
    assert "//" not in flat
    assert "/../" not in f"{flat}/"
    assert (holds_socket(path), is_sensitive(path)) == (holds_socket(flat), is_sensitive(flat))


def test_a_lab_folder_is_known_by_its_place_and_not_by_what_leads_away_from_it():
    assert is_of_the_lab("/srv/docklab/notes")
    assert not is_of_the_lab("/srv/docklab/../data")
    assert not is_of_the_lab("/srv/docklab")
