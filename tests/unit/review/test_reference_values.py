"""What the program takes, an editor does not underline: values of every form."""

import re

import pytest
from aws_values import ED25519, RSA, filled
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from lab_values import changed
from pydantic import ValidationError

from infra.model import aws_values, names, ssh
from infra.model.lab import Lab
from review.reference.schema import stack_schema

VALIDATOR = Draft202012Validator(stack_schema())


def complaints(lab):
    return [error.message for error in VALIDATOR.iter_errors({"config": {"docklab:lab": lab}})]


def takes(lab):
    try:
        Lab.model_validate(lab)
    except ValidationError:
        return False
    return True


ascii_text = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)


def of(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True)


octet = st.integers(0, 255).map(str)
addresses = st.tuples(octet, octet, octet, octet).map(".".join)
paths = of(r"/{0,2}(\.{0,3}|proc|etc|run|srv|var|a b)?(/+(\.{1,3}|lib|docker|x\.y|)){0,3}")
sizes = of(r" ?[0-9]{1,4}(\.[0-9]{1,2})? ?([kKmMgG]([iI]?[bB])?|[iI]?[bB])? ?")
keys = of(r" ?(ssh-rsa|ssh-ed25519) +")
WEB = "containers.web"
# What the value at a place is drawn from; most of it is taken, some is not.
PLACES = {
    f"{WEB}.memory": sizes,
    f"{WEB}.tmpfs": st.dictionaries(paths, sizes, max_size=2),
    f"{WEB}.cpus": st.floats(-1, 64) | st.integers(-1, 9),
    f"{WEB}.user": of(names._USER.pattern),
    f"{WEB}.working_dir": paths,
    f"{WEB}.hostname": of(names._LABEL.pattern),
    f"{WEB}.capabilities": st.lists(
        st.tuples(
            st.sampled_from(["", "CAP_", "cap_", "Cap_"]), st.sampled_from(sorted(names.KNOWN))
        )
        .map("".join)
        .flatmap(lambda name: st.sampled_from([name, name.lower(), name.title()])),
        max_size=2,
    ),
    f"{WEB}.command": st.lists(ascii_text, max_size=3),
    f"{WEB}.environment": st.dictionaries(of(names._VARIABLE.pattern), ascii_text, max_size=2),
    f"{WEB}.secret_environment": st.dictionaries(
        of(names._VARIABLE.pattern), of(names._CONFIG_KEY.pattern), max_size=2
    ),
    f"{WEB}.health_check": st.fixed_dictionaries(
        {"command": ascii_text | st.lists(ascii_text, max_size=2)},
        optional={
            "interval": of(r"([0-9]{1,2}(\.[0-9])?(ms|s|m|h)){1,3}"),
            "start_period": st.none() | of("[0-9](s|m)"),
            "retries": st.integers(0, 5),
        },
    ),
    f"{WEB}.restart": st.sampled_from(["no", False, "always", "on-failure", True]),
    f"{WEB}.volumes.0.target": paths,
    f"{WEB}.networks.front": st.none()
    | st.fixed_dictionaries(
        {}, optional={"aliases": st.lists(of(names._LABEL.pattern), max_size=2)}
    ),
    f"{WEB}.ports.0.address": addresses,
    "containers.visitor.binds.0.source": paths | paths.map("${{lab_dir}}{}".format),
    "images.base.name": of(names._IMAGE.pattern).filter(lambda name: len(name) < 300),
    "networks.back.subnet": st.tuples(
        st.sampled_from(["10", "172", "192"]), st.sampled_from(["16", "30", "168"]), octet
    ).flatmap(
        lambda n: st.sampled_from(
            [f"{'.'.join(n)}.0/24", f"{'.'.join(n)}.0/255.255.255.0", f"{'.'.join(n)}.0/029"]
        )
    ),
    "verification.egress": st.lists(
        st.tuples(addresses, st.integers(0, 65536).map(str)).map(":".join), max_size=3, unique=True
    ),
    "verification.deadline_ms": st.integers(0, 20_000),
    "verification.require": st.fixed_dictionaries(
        {}, optional={"user": st.sampled_from(["auto", True, False, "yes"])}
    ),
    "policy.suppress": st.lists(
        st.fixed_dictionaries(
            {
                "rule": of("[a-z][a-z0-9]*(-[a-z0-9]+)*"),
                "resource": ascii_text,
                "reason": st.text(max_size=20) | st.just(f"  {'x' * 500}\n"),
            }
        ),
        max_size=1,
    ),
    "volumes.data": st.none()
    | st.fixed_dictionaries(
        {},
        optional={"driver": of("[a-z0-9][a-zA-Z0-9_./-]*"), "protect": st.none() | st.booleans()},
    ),
}
KEY_LINES = st.sampled_from([ED25519, RSA, f" {RSA}  me@home \n", f"{ED25519}\tmy key"])
MACHINE = {
    "admin_cidr": st.tuples(octet, st.integers(0, 33)).map(lambda n: f"{n[0]}.0.0.0/{n[1]}")
    | addresses.map("{}/32".format)
    | octet.map("{}.0.0.0/255.0.0.0".format),
    "public_key": KEY_LINES,
    "identity_file": of(ssh._FILE.pattern),
    "ami": of(aws_values._AMI),
    "instance_type": of(r"(m5|c7i-flex|t3a?|u-6tb1)\.[a-z0-9-]{1,9}"),
    "tags": st.dictionaries(
        st.text(max_size=5) | st.sampled_from(["os", "AWS:x", "Ä"]), ascii_text
    ),
    "vpc_cidr": st.sampled_from(["10.0.0.0/8", "192.168.0.0/16", "172.31.0.0/16"]),
    "ready_within": of(r"([0-9]{1,2}(ms|s|m|h)){1,2}"),
    "root_volume_gib": st.integers(7, 20_000),
}


@pytest.mark.parametrize("place", PLACES)
@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_what_the_program_takes_is_never_underlined(place, data):
    lab = changed((place, data.draw(PLACES[place])))
    if takes(lab):
        assert complaints(lab) == []


@pytest.mark.parametrize("key", MACHINE)
@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_what_the_program_takes_for_a_machine_is_never_underlined(key, data):
    lab = filled("dev", (f"host.{key}", data.draw(MACHINE[key])))
    if takes(lab):
        assert complaints(lab) == []
