"""The Docker stand-in's pure parts: requests, outputs, durations, uploads, ssh commands."""

from __future__ import annotations

import base64
import io
import tarfile
from pathlib import Path
from typing import Any

import pytest
from docker.errors import DockerException
from hypothesis import given
from hypothesis import strategies as st

from toolchain.standin.docker import durations
from toolchain.standin.docker.container_mounts import port_bindings, volume_binds
from toolchain.standin.docker.container_request import capability_names, create_request, nano_cpus
from toolchain.standin.docker.container_state import outputs_of, published_ports
from toolchain.standin.docker.shapes import image_digest
from toolchain.standin.docker.ssh import ssh_command
from toolchain.standin.docker.uploads import archive
from toolchain.standin.errors import ResourceError

PLANNED = {"image": "x", "name": "box"}


@given(st.integers(0, 10**16))
def test_a_written_duration_parses_to_itself(nanoseconds: int) -> None:
    assert abs(durations.parse(durations.written(nanoseconds)) - nanoseconds) <= nanoseconds / 1e9


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("30s", "30s"),
        ("1m", "1m0s"),
        ("90s", "1m30s"),
        ("1h", "1h0m0s"),
        ("1500ms", "1.5s"),
        ("250ms", "250ms"),
        ("0", "0s"),
        ("1.5h", "1h30m0s"),
    ],
)
def test_a_duration_is_written_in_one_way(text: str, canonical: str) -> None:
    assert durations.written(durations.parse(text)) == canonical


@pytest.mark.parametrize("text", ["", "5", "5 s", "s", "1d", "soon"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    assert "not a valid duration" in str(durations.refusal(text))


def test_capabilities_are_sent_as_dockers_own_client_sends_them() -> None:
    assert capability_names(["net_raw", "CAP_CHOWN", "NET_RAW"]) == ["CAP_CHOWN", "CAP_NET_RAW"]
    assert capability_names(["all"]) == ["ALL"]


def test_a_bind_says_whether_it_may_be_written_and_a_host_path_wins() -> None:
    targets, binds, sources = volume_binds(
        [
            {"volumeName": "data", "containerPath": "/data"},
            {"hostPath": "/etc", "volumeName": "x", "containerPath": "/etc", "readOnly": True},
            {"hostPath": "/z", "containerPath": "/z", "selinuxRelabel": "z"},
            {"containerPath": "/anonymous"},
            {"fromContainer": "other"},
        ]
    )
    assert set(targets) == {"/data", "/etc", "/z", "/anonymous"}
    assert binds == ["data:/data:rw", "/etc:/etc:ro", "/z:/z:rw,z"]
    assert sources == ["other"]


@pytest.mark.parametrize("volume", [{}, {"fromContainer": "a", "containerPath": "/b"}])
def test_a_volume_that_is_neither_or_both_is_refused(volume: dict[str, str]) -> None:
    with pytest.raises(ResourceError, match="Unable to parse volumes"):
        volume_binds([volume])


def test_a_port_may_be_published_twice() -> None:
    exposed, bindings = port_bindings(
        [
            {"internal": 80, "external": 8080, "ip": "127.0.0.1", "protocol": "tcp"},
            {"internal": 80, "external": 8081, "ip": "0.0.0.0", "protocol": "tcp"},
        ]
    )
    assert list(exposed) == ["80/tcp"]
    assert [binding["HostPort"] for binding in bindings["80/tcp"]] == ["8080", "8081"]


def test_a_request_holds_only_what_was_asked_for_and_always_says_no_init() -> None:
    request = create_request(PLANNED)
    assert set(request) == {"Image", "Tty", "OpenStdin", "HostConfig"}
    assert request["HostConfig"]["Init"] is False
    assert "CapAdd" not in request["HostConfig"]


def test_unconfined_system_paths_are_not_sent_to_the_engine_as_an_option() -> None:
    options = ["systempaths=unconfined", "no-new-privileges:true"]
    host = create_request({**PLANNED, "securityOpts": options})["HostConfig"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["MaskedPaths"] == host["ReadonlyPaths"] == []


def test_memory_is_sent_in_bytes_and_unlimited_swap_as_it_is() -> None:
    host = create_request({**PLANNED, "memory": 64, "memorySwap": -1})["HostConfig"]
    assert (host["Memory"], host["MemorySwap"]) == (64 * 1024 * 1024, -1)


@pytest.mark.parametrize("text", ["many", "0.0000000001"])
def test_cpus_that_are_no_fitting_number_are_refused(text: str) -> None:
    assert nano_cpus("0.5") == 500_000_000
    with pytest.raises(ResourceError, match="Error setting cpus"):
        nano_cpus(text)


def test_an_empty_argument_in_a_command_is_refused() -> None:
    with pytest.raises(ResourceError, match="values for command may not be empty"):
        create_request({**PLANNED, "command": ["sh", ""]})


def inspected(**state: Any) -> dict[str, Any]:
    return {
        "Name": "/box",
        "Image": "sha256:abc",
        "Config": {"Image": "name:tag", "Env": ["PASSWORD=x"], "Labels": {"a": "b"}},
        "HostConfig": {"MemorySwap": -1, "LogConfig": {"Type": "json-file", "Config": {"a": "b"}}},
        "State": {"Running": True, "ExitCode": 0, **state},
        "NetworkSettings": {"Ports": {"80/tcp": None}},
    }


def test_what_the_engine_may_have_from_elsewhere_is_not_read_back() -> None:
    outputs = outputs_of(inspected(), {"image": "name:tag"})
    assert not {"envs", "labels", "volumes", "uploads", "networksAdvanced"} & set(outputs)
    assert outputs["logOpts"] == {}
    assert outputs["memorySwap"] == -1


def test_an_image_is_read_back_in_the_form_in_which_it_was_given() -> None:
    assert outputs_of(inspected(), {"image": "name:tag"})["image"] == "name:tag"
    assert outputs_of(inspected(), {"image": "sha256:old"})["image"] == "sha256:abc"


@pytest.mark.parametrize(("must_run", "found"), [(True, False), (False, False)])
def test_a_stopped_container_is_read_as_one_that_need_not_run(must_run: bool, found: bool) -> None:
    stopped = inspected(Running=False, ExitCode=3)
    outputs = outputs_of(stopped, {"mustRun": must_run, "ports": [{"internal": 80}]})
    assert outputs["mustRun"] is found
    assert outputs["exitCode"] == 3
    assert (outputs["ports"] == []) is must_run
    assert "exitCode" not in outputs_of(inspected(), {"mustRun": True})


def test_published_ports_are_in_the_order_of_their_numbers() -> None:
    found = {
        "443/tcp": [{"HostIp": "0.0.0.0", "HostPort": "2"}],
        "80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "1"}],
        "53/udp": None,
    }
    assert [port["internal"] for port in published_ports(found)] == [80, 443]


def test_the_digest_of_the_right_repository_is_taken() -> None:
    digests = ["127.0.0.1:5000/nginx@sha256:a", "nginx@sha256:b"]
    assert image_digest("nginx:1", digests) == "nginx@sha256:b"
    assert image_digest("other:1", digests) == digests[0]
    assert image_digest("nginx:1", None) == ""


def entry(upload: dict[str, Any]) -> tuple[tarfile.TarInfo, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive(upload))) as tar:
        (member,) = tar.getmembers()
        content = tar.extractfile(member)
        assert content is not None
        return member, content.read()


def test_an_upload_carries_its_bytes_mode_and_owner(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"\0\1")
    assert entry({"file": "/x", "content": "é"})[1] == "é".encode()
    assert entry({"file": "/x", "source": str(source)})[1] == b"\0\1"
    encoded = base64.b64encode(b"\xff").decode()
    member, content = entry({"file": "/x", "contentBase64": encoded, "owner": "7", "group": "8"})
    assert (content, member.mode, member.uid, member.gid) == (b"\xff", 0o644, 7, 8)
    assert entry({"file": "/x", "content": "a", "executable": True})[0].mode == 0o744
    assert entry({"file": "/x", "content": "a", "permissions": "0600"})[0].mode == 0o600


@pytest.mark.parametrize(
    ("upload", "text"),
    [
        ({}, "one of 'content', 'content_base64', or 'source' must be set"),
        ({"content": "a", "source": "/b"}, "only one of"),
        ({"source": "/no/such/file"}, "could not read file"),
        ({"content": "a", "owner": "no-such-user"}, "no user no-such-user"),
    ],
)
def test_an_upload_without_one_clear_content_is_refused(upload: dict[str, str], text: str) -> None:
    with pytest.raises(ResourceError, match=text):
        archive({"file": "/x", **upload})


def test_the_ssh_command_has_the_users_options_first_and_ends_in_dial_stdio() -> None:
    options = ["-i", "key", "-o", "StrictHostKeyChecking=yes"]
    command = ssh_command("ssh://me@example.org:2222", options)
    assert command[:5] == ["ssh", *options]
    assert command[5:] == [
        *["-o", "ConnectTimeout=30", "-T", "-l", "me", "-p", "2222", "--", "example.org"],
        *["docker", "system", "dial-stdio"],
    ]
    own = ssh_command("ssh://example.org/run/x.sock", ["-o", "ConnectTimeout=3"])
    assert "ConnectTimeout=30" not in own
    assert own[-5:] == ["docker", "--host", "unix:///run/x.sock", "system", "dial-stdio"]


@pytest.mark.parametrize("host", ["ssh://me:secret@example.org", "ssh://", "ssh://h?x=1"])
def test_an_ssh_address_that_cannot_be_used_is_refused_without_its_password(host: str) -> None:
    with pytest.raises(DockerException, match="ssh address") as caught:
        ssh_command(host, [])
    assert "secret" not in str(caught.value)
