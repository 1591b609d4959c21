"""Names of images and of AWS's parameters, challenges, and edits of YAML that keep its layout."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from toolchain.verbs.pin import ami, editing, reference, registry
from toolchain.verbs.pin.reference import Reference

LAB = ("config", "docklab:lab")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("python:3.11", Reference("registry-1.docker.io", "library/python", "3.11")),
        ("bitnami/redis:7", Reference("registry-1.docker.io", "bitnami/redis", "7")),
        ("docker.io/python:3", Reference("registry-1.docker.io", "library/python", "3")),
        ("ghcr.io/a/b/c:v1", Reference("ghcr.io", "a/b/c", "v1")),
        ("127.0.0.1:5000/x:1", Reference("127.0.0.1:5000", "x", "1")),
        ("localhost/x:1", Reference("localhost", "x", "1")),
        ("ghcr.io/a/b", Reference("ghcr.io", "a/b", "")),
    ],
)
def test_a_name_leads_to_a_registry_as_docker_reads_it(name: str, expected: Reference) -> None:
    assert reference.parse(name) == expected


@pytest.mark.parametrize(
    ("server", "base"),
    [
        ("127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("127.9.9.9:5000", "http://127.9.9.9:5000"),
        ("localhost:5000", "http://localhost:5000"),
        ("ghcr.io", "https://ghcr.io"),
        ("192.168.1.2:5000", "https://192.168.1.2:5000"),
        ("localhost.example.org", "https://localhost.example.org"),
    ],
)
def test_plain_http_is_for_loopback_alone(server: str, base: str) -> None:
    assert Reference(server, "x", "1").base == base


def test_a_challenge_is_read_and_other_schemes_are_not() -> None:
    header = 'Bearer realm="https://auth.example.org/token",service="reg",scope="repository:a:pull"'
    assert registry.challenge(header) == {
        "realm": "https://auth.example.org/token",
        "service": "reg",
        "scope": "repository:a:pull",
    }
    assert registry.challenge('Basic realm="x"') == {}
    assert registry.challenge("") == {}


@pytest.mark.parametrize(
    ("host", "end"),
    [
        ({}, "amzn2-ami-kernel-5.10-hvm-x86_64-gp2"),
        ({"architecture": "arm64"}, "amzn2-ami-kernel-5.10-hvm-arm64-gp2"),
        ({"os": "al2023"}, "al2023-ami-kernel-default-x86_64"),
        ({"os": "al2023", "architecture": "arm64"}, "al2023-ami-kernel-default-arm64"),
    ],
)
def test_each_system_has_its_parameter(host: dict[str, str], end: str) -> None:
    asked = ami.question({"region": "us-gov-west-1", **host})
    assert asked.parameter == f"/aws/service/ami-amazon-linux-latest/{end}"
    assert asked.command[3:7] == ("--region", "us-gov-west-1", "--name", asked.parameter)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ({"region": "<a region>"}, r"lab\.host\.region: '<a region>' is no region; write one as"),
        ({"region": "--debug"}, r"lab\.host\.region: '--debug' is no region"),
        ({"region": "eu-central-1", "os": "al3"}, r"lab\.host\.os: 'al3' is none of al2, al2023"),
        ({"region": "eu-central-1", "architecture": "sparc"}, r"lab\.host\.architecture: 'sparc'"),
    ],
)
def test_a_host_that_has_no_parameter_is_refused_by_its_key(
    host: dict[str, str], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        ami.question(host)


def test_a_value_that_is_there_is_replaced_whatever_its_quotes() -> None:
    text = (
        'a:\n  x: {name: n, "digest": "old" }  # why\n  y:\n    digest: \'old\' # c\n    name: n\n'
    )
    edited = editing.set_values(text, {("a", "x", "digest"): "new", ("a", "y", "digest"): "new"})
    assert edited == text.replace('"old"', "new").replace("'old'", "new")


def test_a_missing_value_comes_behind_the_name() -> None:
    text = (
        "x: { name: 'n' , k: 1 }\ny:\n    # above\n    name: n:1 # beside\n    k: 2\nz:\n  name: n"
    )
    paths = {(key, "digest"): "sha256:aa" for key in "xyz"}
    assert editing.set_values(text, paths) == (
        "x: { name: 'n', digest: sha256:aa , k: 1 }\n"
        "y:\n    # above\n    name: n:1 # beside\n    digest: sha256:aa\n    k: 2\n"
        "z:\n  name: n\n  digest: sha256:aa"
    )


def test_windows_line_ends_and_letters_of_more_than_one_byte_stay() -> None:
    text = "# \U0001f433 Größe\r\nx:\r\n  name: n # ü\r\n  k: 1\r\n"
    edited = editing.set_values(text, {("x", "digest"): "d"})
    assert edited == text.replace("# ü\r\n", "# ü\r\n  digest: d\r\n")


def test_what_two_keys_share_by_an_alias_is_set_once() -> None:
    text = "{a: &it {name: n}, b: *it}"
    edited = editing.set_values(text, {("a", "digest"): "d", ("b", "digest"): "d"})
    assert edited == "{a: &it {name: n, digest: d}, b: *it}"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: &it {name: n}\nb: *it\n", ("a", "digest")),
        ("a: {name: n}\nb: {<<: {name: n}}\n", ("b", "digest")),
        ("a:\n  name: |\n    n\n", ("a", "digest")),
        ("a: {digest: [1], name: n}\n", ("a", "digest")),
        ("a: {other: n}\n", ("a", "digest")),
    ],
)
def test_what_cannot_be_set_alone_is_not_set(text: str, path: tuple[str, ...]) -> None:
    with pytest.raises(editing.Uneditable):
        editing.set_values(text, {path: "d"})


@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.booleans(), min_size=1),
    st.booleans(),
)
def test_whatever_the_style_only_the_values_change(images: dict[str, bool], flow: bool) -> None:
    data = {
        "images": {
            key: {"name": f"{key}:1", **({"digest": "old"} if old else {})}
            for key, old in images.items()
        },
        "rest": [1, {"digest": "old"}],
    }
    text = yaml.safe_dump(data, default_flow_style=flow, width=1000)
    edited = editing.set_values(text, {("images", key, "digest"): "new" for key in images})
    expected = {key: {"name": f"{key}:1", "digest": "new"} for key in images}
    assert yaml.safe_load(edited) == {"images": expected, "rest": data["rest"]}
