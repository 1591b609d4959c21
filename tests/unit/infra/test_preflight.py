"""What is refused before anything is touched. Engines here are sockets of this process."""

import json
import re
import socketserver
import threading
from http.server import BaseHTTPRequestHandler

import pulumi
import pytest
from aws_values import filled
from lab_values import changed, good_lab

from infra.config import parse
from infra.preflight import (
    aws_problems,
    engine_problems,
    hijackers,
    preflight,
    sharing_problems,
    source_problems,
)
from infra.surroundings import Surroundings


def around(home="/srv/clone/.docklab", docker_host="unix:///nowhere/docker.sock"):
    return Surroundings(
        organization="organization",
        project="docklab",
        stack="test",
        docker_host=docker_host,
        home=str(home),
        verifier=b"",
    )


@pytest.fixture
def engine(tmp_path):
    """A unix socket that answers with the status it is told."""

    class Answer(BaseHTTPRequestHandler):
        status = 200
        security = ("name=seccomp,profile=default",)

        def do_GET(self):
            known = self.path in ("/_ping", "/info")
            self.send_response(self.status if known else 404)
            self.end_headers()
            if self.path == "/info":
                self.wfile.write(json.dumps({"SecurityOptions": self.security}).encode())

        def log_message(self, *_):
            pass

        def address_string(self):
            return "test"

    server = socketserver.UnixStreamServer(str(tmp_path / "e.sock"), Answer)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    yield Answer, f"unix://{tmp_path}/e.sock"
    server.shutdown()
    server.server_close()


def test_an_engine_that_answers_is_no_problem(engine):
    assert list(engine_problems(engine[1])) == []


def test_something_else_that_answers_is_not_taken_for_an_engine(engine):
    answer, address = engine
    answer.status = 503
    [said] = engine_problems(address)
    assert "answers, but not as a Docker engine (status 503)" in said


@pytest.mark.parametrize("address", ["unix:///nowhere/docker.sock", "tcp://127.0.0.1:1"])
def test_an_engine_that_does_not_answer_is_named_with_the_ways_out(address):
    [said] = engine_problems(address)
    assert f"no Docker engine answers at {address} (" in said
    assert "`make up` sets one up" in said


def test_a_socket_that_never_answers_does_not_hold_the_run_up(tmp_path, monkeypatch):
    monkeypatch.setattr("infra.preflight.ANSWER_SECONDS", 0.05)
    with socketserver.UnixStreamServer(str(tmp_path / "s"), BaseHTTPRequestHandler):
        [said] = engine_problems(f"unix://{tmp_path}/s")
    assert "(timed out)" in said


def test_an_engine_on_another_machine_is_no_local_host():
    [said] = engine_problems("ssh://me@elsewhere")
    assert "DOCKER_HOST: ssh://me@elsewhere is another machine" in said


def test_an_address_that_is_none_is_shown_with_the_right_form():
    [said] = engine_problems("/var/run/docker.sock")
    assert "'/var/run/docker.sock' is not an engine's address; write unix:///path" in said


@pytest.mark.parametrize("name", ["DOCKER_CONTEXT", "DOCKER_CERT_PATH"])
def test_a_variable_that_redirects_the_provider_is_refused_with_its_remedy(name):
    [said] = hijackers({name: "elsewhere", "PATH": "/bin"})
    assert f"{name} is set, and would silently redirect the Docker provider" in said
    assert f"run `unset {name}`" in said


def test_an_empty_variable_redirects_nothing():
    assert list(hijackers({"DOCKER_CONTEXT": ""})) == []


def with_source(source, **more):
    binds = [{"source": str(source), "target": "/x", **more}]
    return parse(changed(("containers.visitor.binds", binds)))


def test_a_missing_source_is_an_error_where_the_lab_does_not_say_create(tmp_path):
    path = tmp_path / "gone"
    [said] = source_problems(with_source(path), around())
    assert f"lab.containers.visitor.binds[0].source: {path} does not exist; make it" in said
    assert list(source_problems(with_source(path, missing="create"), around())) == []


def test_a_link_to_a_dangerous_place_is_followed(tmp_path):
    link = tmp_path / "harmless"
    link.symlink_to("/proc")
    [said] = source_problems(with_source(link), around())
    assert f"{link} (in truth /proc) may not be mounted: /proc holds the machine's proc" in said


@pytest.mark.parametrize("inside", ["", "state", "lab", "passphrase"])
def test_the_projects_own_folder_is_not_mounted(tmp_path, inside):
    home = tmp_path / ".docklab"
    (home / "lab").mkdir(parents=True)
    (home / "state").mkdir()
    (home / "passphrase").touch()
    [said] = source_problems(with_source(home / inside), around(home))
    assert f"{home} holds the project's state, passphrase and engine" in said


def test_a_folder_around_the_project_is_not_mounted(tmp_path):
    [said] = source_problems(with_source(tmp_path), around(tmp_path / "clone/.docklab"))
    assert "may not be mounted" in said


def test_the_labs_own_folder_is_made_on_demand(tmp_path):
    assert list(source_problems(parse(good_lab()), around(tmp_path / ".docklab"))) == []


def test_everything_wrong_with_the_machine_is_told_at_once():
    with pytest.raises(pulumi.RunError, match="this machine is not ready for the lab") as refused:
        preflight(parse(good_lab()), around(), {"DOCKER_CONTEXT": "x", "DOCKER_CERT_PATH": "y"})
    assert re.findall(r"(DOCKER_\w+) is set|(no Docker engine)", str(refused.value)) == [
        ("DOCKER_CONTEXT", ""),
        ("DOCKER_CERT_PATH", ""),
        ("", "no Docker engine"),
    ]


def lab_with(mode, value="host", **more):
    allowed = {"ipc_mode": "ipc", "pid_mode": "pid", "network_mode": "net", "userns_mode": "user"}
    modes = {mode: value, **more}
    return parse(
        changed(
            *((f"containers.web.{name}", wanted) for name, wanted in modes.items()),
            ("containers.web.allow_shared_namespaces", [allowed[name] for name in modes]),
        )
    )


@pytest.mark.parametrize(("mode", "space"), [("ipc_mode", "IPC"), ("pid_mode", "PID")])
def test_a_namespace_that_the_engine_cannot_share_is_named_before_it_refuses(engine, mode, space):
    answer, address = engine
    answer.security = ("name=seccomp,profile=default", "name=userns")
    [said] = sharing_problems(lab_with(mode), address)
    assert f"lab.containers.web.{mode}: host joins the host's {space} namespace" in said
    assert "write userns_mode: host" in said


def test_what_the_engine_can_share_is_left_to_the_verification(engine):
    answer, address = engine
    assert list(sharing_problems(lab_with("ipc_mode"), address)) == []
    answer.security = ("name=userns",)
    assert list(sharing_problems(lab_with("ipc_mode", userns_mode="host"), address)) == []
    assert list(sharing_problems(parse(good_lab()), address)) == []


@pytest.mark.parametrize(
    ("stack", "changes", "missing"),
    [
        ("dev", (), ["ssh-keygen"]),
        ("lightsail", (), ["ssh-keygen"]),
        ("dev", (("host.session_manager", True),), ["ssh-keygen", "aws", "session-manager-plugin"]),
    ],
)
def test_programs_that_a_machine_in_aws_needs_are_missed_by_name(
    monkeypatch, tmp_path, stack, changes, missing
):
    host = parse(filled(stack, *changes)).host
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [line.split()[0] for line in aws_problems(host)] == missing
    for name in missing:
        (tmp_path / name).touch(mode=0o755)
    assert list(aws_problems(host)) == []


def test_a_local_lab_needs_no_program_of_aws(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert list(aws_problems(parse(good_lab()).host)) == []
