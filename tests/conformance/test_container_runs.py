"""docker.Container that runs to its end: attach, logs, exit code, uploads, timeouts, failures."""

from __future__ import annotations

import base64
import signal
import subprocess
import time
from typing import Any

import docker
import pulumi
import pytest
from conformance.containers import declare, exists, running
from conformance.harness import Failed, Stack

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(120)]
ONCE = {"attach": True, "logs": True, "must_run": False}
AGAIN = pulumi.ResourceOptions(replace_on_changes=["*"], delete_before_replace=True)


def shell(script: str) -> list[str]:
    return ["sh", "-c", script]


def test_a_run_that_ends_badly_is_a_good_create_with_its_exit_code_and_logs(
    stack: Stack, host: str, image: str
) -> None:
    def program(code: int = 123) -> None:
        script = f"echo out; sleep 0.2; echo err >&2; exit {code}"
        declare(host, image=image, command=shell(script), **ONCE)

    made = stack.up(program)
    assert made.outputs["exit_code"] == 123
    assert made.outputs["logs"] == "out\nerr\n"
    assert stack.up(program).changed() == []
    assert stack.up(program, "--refresh").changed() == []

    again = stack.up(lambda: program(code=0))
    assert again.of("box") == ["delete-replaced", "replace", "create-replacement"]
    assert again.outputs["exit_code"] == 0


def test_uploads_are_there_before_the_container_starts(stack: Stack, host: str, image: str) -> None:
    binary = bytes(range(256))

    def program(content: str = "one") -> None:
        uploads = [
            {"file": "/srv/text", "content": content},
            {"file": "/srv/binary", "content_base64": base64.b64encode(binary).decode()},
            {"file": "/srv/run", "content": "#!/bin/sh\necho ran\n", "executable": True},
            {"file": "/srv/mode", "content": "x", "permissions": "0600"},
        ]
        script = "cat /srv/text; echo; md5sum < /srv/binary; /srv/run; stat -c %a /srv/*"
        declare(host, image=image, command=shell(script), uploads=uploads, **ONCE)

    made = stack.up(program)
    assert made.outputs["logs"].split("\n") == [
        "one",
        "e2c865db4162bed963bfaa9ef6ac18f0  -",
        "ran",
        "644",
        "600",
        "744",
        "644",
        "",
    ]
    assert stack.up(program, "--refresh").changed() == []
    assert stack.up(lambda: program("two")).outputs["logs"].startswith("two\n")


def test_a_start_that_fails_keeps_the_container_in_the_state_and_is_made_good_on_request(
    engine: docker.APIClient, stack: Stack, host: str, image: str
) -> None:
    name = stack.name("box")

    def program(*, options: pulumi.ResourceOptions | None = None, **changes: Any) -> None:
        bad = {"command": ["/no-such-command"], **changes}
        declare(host, name=name, image=image, options=options, **bad)

    with pytest.raises(Failed, match=r"(?s)Unable to start container:.*no-such-command"):
        stack.up(program)
    identity = engine.inspect_container(name)["Id"]
    kept = stack.stored("box")
    assert kept is not None
    assert kept["id"] == identity
    assert kept["initErrors"]

    # An empty update forgets the failure: a trap, and what replace_on_changes is for.
    assert stack.up(program).of("box") == ["update"]
    assert not running(engine, name)

    with pytest.raises(Failed, match="Unable to start container"):
        stack.up(lambda: program(command=["/still-none"]))
    good = stack.up(lambda: program(options=AGAIN, command=["sleep", "100"]))
    assert good.of("box")[0] == "delete-replaced"
    assert running(engine, name)


def test_an_attached_container_that_takes_too_long_fails_and_can_be_destroyed(
    engine: docker.APIClient, stack: Stack, host: str, image: str
) -> None:
    name = stack.name("box")
    brief = pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="3s"))
    started = time.monotonic()
    with pytest.raises(Failed, match="Unable to wait container end of execution"):
        stack.up(lambda: declare(host, options=brief, name=name, image=image, **ONCE))
    assert time.monotonic() - started < 30
    assert stack.stored("box") is not None
    stack.destroy()
    assert not exists(engine, name)


def test_an_interrupted_attach_leaves_nothing_that_destroy_does_not_find(
    engine: docker.APIClient, stack: Stack, host: str, image: str
) -> None:
    name = stack.name("box")

    def interrupt(process: subprocess.Popen[str]) -> None:
        deadline = time.monotonic() + 30
        while not (exists(engine, name) and running(engine, name)):
            assert time.monotonic() < deadline, "the container never started"
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        # The official plugin goes on waiting: let the container end by itself.
        time.sleep(1)
        if exists(engine, name):
            engine.kill(name)

    with pytest.raises(Failed):
        stack.up(lambda: declare(host, name=name, image=image, **ONCE), during=interrupt)
    stack.destroy()
    assert not exists(engine, name)
