"""A lab that is no lab is refused by name, all mistakes at once, no secret shown."""

import pulumi
import pytest
from lab_refusal import refusal
from lab_values import GONE, changed, good_lab

from infra.config import parse

WEB = "containers.web"
TWICE = {"rule": "writable-root", "resource": "web-container", "reason": "a lesson about it"}
BAD = {
    "an unknown key at the top": (
        [("networking", {})],
        "lab.networking: is not a setting here; did you mean networks? known: host, images,",
    ),
    "a missing host": (
        [("host", GONE)],
        "lab.host: is missing; write where the lab runs, such as {kind: local}",
    ),
    "an unknown kind of host": (
        [("host.kind", "moon")],
        "lab.host.kind: moon is not one of local, ssh, ec2, lightsail",
    ),
    "no containers": ([("containers", {})], "lab.containers: must not be empty; write"),
    "a finding that is let pass twice": (
        [("policy", {"suppress": [TWICE, {**TWICE, "resource": "other"}, TWICE]})],
        "lab.policy.suppress[2]: writable-root on web-container is let pass by suppress[0] "
        "already; keep one of the two",
    ),
    "no images": ([("images", {})], "lab.images: must not be empty; write"),
    "a key that is no DNS name": (
        [("containers.Web_1", {"image": "base"})],
        "lab.containers.Web_1: 'Web_1' is not a key: as it becomes a DNS name, use 1 to 63 of a-z",
    ),
    "the verification's own name": (
        [("containers.isolation-check", {"image": "base"})],
        "isolation-check is the verification's own name; take another key",
    ),
    "an image reference that is none": (
        [("images.base.name", "Python:3.11")],
        "lab.images.base.name: 'Python:3.11' is not an image reference; write "
        "[registry/]repository:tag in lower case",
    ),
    "an image without tag": (
        [("images.base.name", "registry.example:5000/python")],
        "lab.images.base.name: registry.example:5000/python has neither tag nor digest",
    ),
    "a digest in the name": (
        [("images.base.name", "python@sha256:" + "0" * 64)],
        "holds a digest; write it beside the name, as digest: sha256:<64 hex digits>",
    ),
    "a digest cut short": (
        [("images.base.digest", "sha256:abc")],
        "lab.images.base.digest: 'sha256:abc' is not a digest: write sha256: and 64 hex digits",
    ),
    "one container where isolation needs two": (
        [("containers", {"web": {"image": "base"}})],
        "lab.containers: holds 1 container, and isolation is verified between at least 2; add one, "
        "or write verification: {enabled: false}",
    ),
    "an undeclared verification image": (
        [("verification", {"image": "tools"})],
        "lab.verification.image: 'tools' is no image of this lab; declared: base",
    ),
    "no verification image among several": (
        [("images.other", {"name": "debian:12"})],
        "lab.verification.image: is missing: of base, other, name the one with python3",
    ),
    "a requirement that is none": (
        [("verification", {"require": {"user": "maybe"}})],
        "lab.verification.require.user: maybe is not one of auto, true, false",
    ),
    "a deadline too short": (
        [("verification", {"deadline_ms": 1})],
        "lab.verification.deadline_ms: 1 is out of range: at least 50",
    ),
    "a way out by name": (
        [("verification", {"egress": ["example.org:443"]})],
        "lab.verification.egress[0]: 'example.org:443' is not an IPv4 address and port (names are "
        "not looked up); write it as in 192.0.2.1:443",
    ),
    "a way out without its port": (
        [("verification", {"egress": ["192.0.2.9"]})],
        "'192.0.2.9' is not an IPv4 address and port",
    ),
    "a way out by a port's name": (
        [("verification", {"egress": ["192.0.2.9:https"]})],
        "lab.verification.egress[0]: '192.0.2.9:https' has no port; write it as in 192.0.2.9:443",
    ),
    "a way out by an impossible port": (
        [("verification", {"egress": ["192.0.2.9:65536"]})],
        "lab.verification.egress[0]: 65536 is no port; take one from 1 to 65535",
    ),
    "a way out that is no list": (
        [("verification", {"egress": "192.0.2.9:443"})],
        "lab.verification.egress: must be a list; got 192.0.2.9:443",
    ),
    "a way out that YAML took for a number": (
        [("verification", {"egress": [7]})],
        "lab.verification.egress[0]: 7 is a number; write an address and port in quotes",
    ),
    "a way out to this machine": (
        [("verification", {"egress": ["127.0.0.1:80"]})],
        "lab.verification.egress[0]: 127.0.0.1 is no address of another machine",
    ),
    "a way out to everybody": (
        [("verification", {"egress": ["224.0.0.1:80"]})],
        "lab.verification.egress[0]: 224.0.0.1 is no address of another machine",
    ),
    "a way out into the lab": (
        [("verification", {"egress": ["172.30.20.10:80"]})],
        "lab.verification.egress[0]: 172.30.20.10:80 is inside network back of this lab; name an "
        "address beyond the machine",
    ),
    "a way out twice": (
        [("verification", {"egress": ["192.0.2.9:443", "192.0.2.9:443"]})],
        "lab.verification.egress[1]: 192.0.2.9:443 is there already; write it once",
    ),
    "too many ways out": (
        [("verification", {"egress": [f"192.0.2.9:{n}" for n in range(1, 10)]})],
        "lab.verification.egress: holds 9 addresses; one that answers is enough, 8 the most",
    ),
    "a list for a mapping": (
        [("containers", ["web"])],
        "lab.containers: must be a mapping of keys to settings; got a list",
    ),
}


@pytest.mark.parametrize(("changes", "text"), BAD.values(), ids=BAD)
def test_a_bad_lab_is_refused_by_key_value_and_way_out(changes, text):
    assert text in refusal(*changes)


def test_the_good_lab_is_accepted():
    assert list(parse(good_lab()).containers) == ["web", "visitor", "keeper"]


def test_every_problem_is_told_at_once_with_their_number():
    with pytest.raises(pulumi.RunError, match=r"\(3 problems\)") as refused:
        parse(
            changed(
                ("containers.web.memory", "1MiB"),
                ("containers.keeper.cpus", -1),
                ("networks.front.subnet", "8.8.8.0/24"),
            )
        )
    assert len(str(refused.value).splitlines()) == 4


@pytest.mark.parametrize("where", ["environment", "secret_environment"])
def test_a_value_that_may_be_a_secret_is_never_echoed(where):
    with pytest.raises(pulumi.RunError, match=f"{where}.TOKEN: must be text") as refused:
        parse(changed((f"{WEB}.{where}", {"TOKEN": 271828})))
    assert "271828" not in str(refused.value)


def test_a_secret_where_the_name_of_one_belongs_is_not_echoed():
    with pytest.raises(pulumi.RunError, match=r"TOKEN: is not a configuration key's name") as e:
        parse(changed((f"{WEB}.secret_environment", {"TOKEN": "hunter2!"})))
    assert "hunter2" not in str(e.value)


def test_a_secret_inside_the_lab_is_refused_without_showing_it():
    with pytest.raises(
        pulumi.RunError, match="name that key under the container's secret_env"
    ) as e:
        parse(changed((f"{WEB}.memory", "hunter2")), is_secret=True)
    assert "hunter2" not in str(e.value)


def test_a_stack_without_a_lab_is_told_where_to_write_one():
    with pytest.raises(
        pulumi.RunError, match=r"holds no docklab:lab; write one in stacks/Pulumi\."
    ):
        parse(None)
