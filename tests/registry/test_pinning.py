"""`make pin` against a real registry: digests, tags that move, and what it says when it cannot."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from registry.conftest import NewRegistry, StackFile
from registry.registry import Issuer, Registry, free_port

from toolchain.verbs.errors import VerbError
from toolchain.verbs.pin.pinning import pin
from toolchain.verbs.session import Session

pytestmark = pytest.mark.timeout(60)
STACK = """# Kept: this, and the next.
config:
  docklab:lab:
    host: {{kind: local}}

    images:   # by key
      base: {{name: "{name}/lab/base:1"}} # one line
      tool:
        name: {name}/tool:stable   # many lines
    networks: {{}}
  docklab:other:
    secure: v1:abc
encryptionsalt: v1:xyz
"""


@pytest.fixture
def pinned(registry: Registry, stack_file: StackFile) -> Session:
    """A stack of two images that are there."""
    registry.image("lab/base", "1", "first")
    registry.image("tool", "stable", "tool")
    return stack_file(STACK.format(name=registry.name))


def text(session: Session) -> str:
    return (session.paths.root / "stacks" / "Pulumi.dev.yaml").read_text()


def test_digests_come_beside_their_names_and_all_else_stays(
    pinned: Session, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    before = text(pinned)
    base, tool = registry.image("lab/base", "1", "first"), registry.image("tool", "stable", "tool")
    assert pin(pinned, ()) == 0
    name = f'name: "{registry.name}/lab/base:1"'
    line = f"        name: {registry.name}/tool:stable   # many lines\n"
    assert text(pinned) == before.replace(name, f"{name}, digest: {base}").replace(
        line, f"{line}        digest: {tool}\n"
    )
    shown = capsys.readouterr()
    assert f"+      base: {{{name}, digest: {base}}} # one line\n" in shown.out
    assert f"+        digest: {tool}\n" in shown.out
    assert "written to stacks/Pulumi.dev.yaml" in shown.err


def test_again_changes_nothing(pinned: Session, capsys: pytest.CaptureFixture[str]) -> None:
    pin(pinned, ())
    before = text(pinned)
    capsys.readouterr()
    assert pin(pinned, ()) == 0
    assert pin(pinned, ("--check",)) == 0
    assert text(pinned) == before
    assert capsys.readouterr().out == ""


def test_check_sees_what_is_not_pinned_and_what_has_moved_and_writes_nothing(
    pinned: Session, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    before = text(pinned)
    assert pin(pinned, ("--check",)) == 1
    assert text(pinned) == before
    pin(pinned, ())
    before = text(pinned)
    capsys.readouterr()
    moved = registry.image("lab/base", "1", "second")
    assert pin(pinned, ("--check",)) == 1
    assert f", digest: {moved}}}" in capsys.readouterr().out
    assert text(pinned) == before
    assert pin(pinned, ()) == 0
    assert pin(pinned, ("--check",)) == 0
    assert moved in text(pinned)


def test_a_tag_that_is_not_there_is_named_and_the_others_are_pinned(
    registry: Registry, stack_file: StackFile, capsys: pytest.CaptureFixture[str]
) -> None:
    tool = registry.image("tool", "stable", "tool")
    session = stack_file(STACK.format(name=registry.name))
    assert pin(session, ()) == 1
    said = f"lab.images.base: the registry {registry.name} has no lab/base:1; correct the name"
    assert said in capsys.readouterr().err
    assert text(session).count("digest:") == 1
    assert tool in text(session)
    assert pin(session, ("--check",)) == 2


def test_a_registry_that_is_down_is_named(
    pinned: Session, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.stop()
    before = text(pinned)
    assert pin(pinned, ()) == 1
    said = capsys.readouterr().err
    assert f"lab.images.tool: the registry {registry.name} does not answer" in said
    assert "does not answer (Failed to establish a new connection: [Errno 111] Connection" in said
    assert "Traceback" not in said
    assert text(pinned) == before


def test_a_registry_that_wants_a_login_is_named(
    new_registry: NewRegistry,
    stack_file: StackFile,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    users = tmp_path / "users"
    users.write_text("somebody:$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC\n")
    closed = new_registry({"htpasswd": {"realm": "lab", "path": str(users)}})
    assert pin(stack_file(STACK.format(name=closed.name)), ()) == 1
    said = capsys.readouterr().err
    assert f"lab.images.base: the registry {closed.name} gives lab/base:1 to nobody" in said
    assert "without a login" in said


class Tokens(BaseHTTPRequestHandler):
    """Gives anybody a token to pull, and keeps what it was asked."""

    issuer: ClassVar[Issuer]
    asked: ClassVar[list[dict[str, list[str]]]]

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        self.asked.append(query)
        answer = f'{{"token": "{self.issuer.token(query["scope"][0])}"}}'.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def tokens(tmp_path: Path) -> Iterator[int]:
    """The port of a server of tokens."""
    Tokens.issuer, Tokens.asked = Issuer(tmp_path), []
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Tokens)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_a_registry_that_gives_tokens_to_anybody_is_asked_with_one(
    registry: Registry, new_registry: NewRegistry, stack_file: StackFile, tokens: int
) -> None:
    base = registry.image("lab/base", "1", "first")
    tool = registry.image("tool", "stable", "tool")
    guarded = new_registry(Tokens.issuer.auth(f"http://127.0.0.1:{tokens}/token"))
    session = stack_file(STACK.format(name=guarded.name))
    assert pin(session, ()) == 0
    assert base in text(session)
    assert tool in text(session)
    assert Tokens.asked[0] == {"scope": ["repository:lab/base:pull"], "service": ["registry"]}


def test_a_file_that_cannot_be_edited_says_what_to_write_into_it(
    registry: Registry, stack_file: StackFile
) -> None:
    base = registry.image("lab/base", "1", "first")
    images = f"{{a: &it {{name: '{registry.name}/lab/base:1'}}, b: {{<<: *it}}}}"
    session = stack_file(f"config:\n  docklab:lab:\n    images: {images}\n")
    before = text(session)
    with pytest.raises(VerbError, match=r"images\.b\.digest has no place of its own") as caught:
        pin(session, ())
    assert f"config.docklab:lab.images.a.digest: {base}" in str(caught.value)
    assert text(session) == before


EC2 = """config:
  docklab:lab:
    host:
      kind: ec2
      region: eu-central-1
      os: al2023
      ami: "<an image id>"  # yours
      architecture: arm64
"""
AWS = """#!/bin/sh
echo "$@" >> '{folder}/asked'
{answer}
"""


def aws(folder: Path, answer: str) -> str:
    """A PATH with an `aws` that writes down what it is asked."""
    (folder / "aws").write_text(AWS.format(folder=folder, answer=answer))
    (folder / "aws").chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


def test_the_machine_s_image_comes_from_the_public_parameter(
    stack_file: StackFile, tmp_path: Path
) -> None:
    session = stack_file(EC2, aws(tmp_path, "echo ami-0123456789abcdef0"))
    assert pin(session, ()) == 0
    assert text(session) == EC2.replace('"<an image id>"', "ami-0123456789abcdef0")
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
    asked = f"ssm get-parameter --region eu-central-1 --name {name} --query Parameter.Value"
    assert (tmp_path / "asked").read_text().startswith(asked)
    assert pin(session, ("--check",)) == 0


def test_without_the_aws_cli_the_command_to_run_elsewhere_is_said(
    stack_file: StackFile, capsys: pytest.CaptureFixture[str]
) -> None:
    session = stack_file(EC2)
    assert pin(session, ()) == 1
    said = capsys.readouterr().err
    assert "lab.host.ami: the AWS CLI is not here." in said
    assert "`aws ssm get-parameter --region eu-central-1 --name /aws/service/" in said
    assert text(session) == EC2


def test_what_aws_says_is_said(
    stack_file: StackFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refusal = "echo 'Unable to locate credentials' >&2; exit 253"
    assert pin(stack_file(EC2, aws(tmp_path, refusal)), ()) == 1
    assert "says: Unable to locate credentials" in capsys.readouterr().err
    assert pin(stack_file(EC2, aws(tmp_path, "echo None")), ()) == 1
    assert "says: None" in capsys.readouterr().err
