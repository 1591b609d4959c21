"""The verbs' own command line, what they read from a checkpoint, and what they say."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest

import toolchain.verbs as verbs
from toolchain.paths import Paths
from toolchain.verbs import deployment as state
from toolchain.verbs import down, messages, session, up, verified
from toolchain.verbs.backend import FileBackend
from toolchain.verbs.errors import VerbError
from toolchain.verbs.process import Outcome

_NOW = {"timestamp": "2026-11-24T00:00:00Z"}
CHECK_URN = "urn:pulumi:local::docklab::docklab:verification:NamespaceCheck$" + state.CONTAINER


@pytest.mark.parametrize(
    ("argv", "stack", "extra"),
    [
        (["up"], "local", ()),
        (["up", "--stack", "two"], "two", ()),
        (["up", "--stack=two", "--refresh", "--diff"], "two", ("--refresh", "--diff")),
        (["up", "-s", "two", "--", "--target", "x"], "two", ("--target", "x")),
    ],
)
def test_the_stack_is_ours_and_the_rest_is_pulumis(
    argv: list[str], stack: str, extra: tuple[str]
) -> None:
    assert verbs.parse(argv) == verbs.Request("up", stack, extra)


@pytest.mark.parametrize(
    ("argv", "complaint"),
    [
        ([], "'nothing' is no verb; there are: setup, doctor, env, up, preview"),
        (["fly"], "'fly' is no verb"),
        (["up", "--stack"], "--stack needs the name of a stack"),
        (["clean", "--force"], "clean takes no arguments, got '--force'"),
    ],
)
def test_a_wrong_command_line_is_explained(argv: list[str], complaint: str) -> None:
    with pytest.raises(VerbError, match=complaint) as caught:
        verbs.parse(argv)
    assert caught.value.code == 2


def test_a_missing_stack_is_an_error_that_lists_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "stacks").mkdir()
    for name in ("local", "two"):
        (tmp_path / "stacks" / f"Pulumi.{name}.yaml").touch()
    paths = Paths(root=tmp_path, home=tmp_path / ".docklab")
    with pytest.raises(VerbError, match=r"there is no stack 'tow'.*Stacks with a file: local, two"):
        session.require_stack_file(paths, "tow")
    session.require_stack_file(paths, "two")


def _resource(kind: str, identity: str = "i", **more: Any) -> dict[str, Any]:
    return {"urn": f"urn:{identity}", "type": kind, "custom": True, "id": identity, **more}


def _check(code: int | None, **more: Any) -> dict[str, Any]:
    outputs = {"exitCode": code, "containerLogs": 'noise\n{"verdict": "isolated"}\n'}
    return _resource(state.CONTAINER, outputs=outputs, **more) | {"urn": CHECK_URN}


def test_a_stack_of_components_and_providers_alone_holds_nothing() -> None:
    component = {"urn": "c", "type": "docklab:network:BridgeNetwork", "custom": False}
    provider = _resource("pulumi:providers:docker")
    assert not state.holds_resources({"resources": [component, provider]})
    assert state.holds_resources({"resources": [_resource(state.VOLUME)]})
    assert state.holds_resources({"pending_operations": [{"type": "creating"}]})


def test_every_engine_of_the_state_is_named_once() -> None:
    providers = [
        _resource("pulumi:providers:docker", f"p{i}", inputs={"host": host})
        for i, host in enumerate(("unix:///a", "unix:///b", "unix:///a"))
    ]
    hosts = [address.host for address in state.engines({"resources": providers})]
    assert hosts == ["unix:///a", "unix:///b"]


def test_the_report_is_the_last_json_line_of_the_log() -> None:
    assert verified.report_of('{"a": 1}\nwarning\n{"b": 2}\n') == '{"b": 2}'
    assert verified.report_of("nothing\n") is None


def test_a_secret_output_reads_as_missing() -> None:
    stack = _resource(
        "pulumi:pulumi:Stack", outputs={"verdict": {"ciphertext": "x"}, "report": "r"}
    )
    assert state.text_output({"resources": [stack]}, "verdict") is None
    assert state.text_output({"resources": [stack]}, "report") == "r"


@pytest.mark.parametrize("code", [1, 2, None])
def test_a_verification_that_did_not_pass_is_run_again(code: int | None) -> None:
    expected = ("--replace", CHECK_URN)
    assert up.verify_again({"resources": [_check(code)]}, ()) == expected


def test_a_verification_that_passed_is_not_run_again() -> None:
    assert up.verify_again({"resources": [_check(0)]}, ()) == ()
    assert up.verify_again({}, ()) == ()


def test_a_verification_older_than_a_container_s_start_is_run_again() -> None:
    deployment = {"resources": [_check(0)]}
    assert up.verify_again(deployment, (), outdated=True) == ("--replace", CHECK_URN)


def test_a_report_tells_which_processes_were_verified() -> None:
    check = verified.Check("urn", 0, '{"targets": [{"id": "ab", "pid": 7}]}', "image")
    assert verified.verified_pids(check) == {"ab": 7}
    assert verified.verified_pids(check._replace(logs="{cut}")) == {}
    assert verified.verified_pids(None) == {}


def test_targets_of_the_users_own_are_not_mixed_with_ours() -> None:
    assert up.verify_again({"resources": [_check(1)]}, ("--target", "urn:x")) == ()


def test_what_did_not_come_up_is_made_anew_but_never_a_volume() -> None:
    failed = [
        _resource(kind, identity, initErrors=["1 error occurred"])
        for kind, identity in ((state.CONTAINER, "web"), (state.VOLUME, "data"))
    ]
    assert up.verify_again({"resources": failed}, ()) == ("--replace", "urn:web")


def test_what_a_refresh_found_gone_is_not_asked_to_be_replaced() -> None:
    again = ("--replace", "urn:a", "--replace", "urn:b")
    left = {"resources": [_resource(state.CONTAINER, "b")]}
    assert up.still_there(again, left) == ("--replace", "urn:b")


def test_only_containers_meant_to_run_are_missed() -> None:
    meant = _resource(state.CONTAINER, "1", outputs={"mustRun": True, "name": "web"})
    once = _resource(state.CONTAINER, "2", outputs={"mustRun": False, "name": "check"})
    leaving = _resource(state.CONTAINER, "3", outputs={"mustRun": True}, delete=True)
    assert state.should_run({"resources": [meant, once, leaving]}) == {"1": "web"}


def test_a_container_on_its_way_out_is_not_the_verification() -> None:
    assert verified.check({"resources": [_check(1, delete=True)]}) is None


def test_stacks_that_hold_something_are_found_and_a_damaged_one_counts(tmp_path: Path) -> None:
    folder = tmp_path / ".pulumi" / "stacks" / "docklab"
    folder.mkdir(parents=True)
    held = '{"checkpoint": {"latest": {"resources": [{"type": "t", "custom": true}]}}}'
    for name, text in {"full": held, "empty": '{"checkpoint": {}}', "torn": "{"}.items():
        (folder / f"{name}.json").write_text(text)
    (folder / "gone.json.bak").write_text(held)
    (folder / "busy.json").write_text('{"checkpoint": {}}')
    lock = tmp_path / ".pulumi" / "locks" / "organization" / "docklab" / "busy" / "x.json"
    lock.parent.mkdir(parents=True)
    lock.write_text(json.dumps({"pid": 1, "username": "u", "hostname": "elsewhere"} | _NOW))
    assert list(down.holding(FileBackend(str(tmp_path)))) == ["busy", "full", "torn"]


@pytest.mark.parametrize(
    ("env", "own", "words"),
    [
        ({"PULUMI_CONFIG_PASSPHRASE": "s3cret"}, False, ["variable PULUMI_CONFIG_PASSPHRASE"]),
        (
            {"PULUMI_CONFIG_PASSPHRASE": "s3cret", "PULUMI_CONFIG_PASSPHRASE_FILE": "/kept"},
            False,
            ["unset it: then the one in /kept counts"],
        ),
        (
            {"PULUMI_CONFIG_PASSPHRASE_FILE": "/mine"},
            True,
            ["The passphrase in /mine", "stacks/Pulumi.local.yaml", "the one in /kept counts"],
        ),
        ({"PULUMI_CONFIG_PASSPHRASE_FILE": "/kept"}, False, ["The passphrase in /kept"]),
        ({}, False, ["No passphrase is set"]),
    ],
)
def test_a_wrong_passphrase_is_told_by_where_it_came_from(
    env: dict[str, str], own: bool, words: list[str]
) -> None:
    text = messages.wrong_passphrase(env, "local", "stacks/Pulumi.local.yaml", own, "/kept")
    assert all(word in text for word in words)
    assert "s3cret" not in text


@pytest.mark.parametrize(
    "complaint",
    [
        "error: getting stack configuration: get stack secrets manager: incorrect passphrase",
        "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or another variable",
        "error: unable to read PULUMI_CONFIG_PASSPHRASE_FILE: open /x: no such file or directory",
    ],
)
def test_pulumis_words_about_the_passphrase_are_recognised(complaint: str) -> None:
    assert messages.is_about_passphrase(complaint)
    assert not messages.is_about_passphrase("error: update failed")


def test_advice_names_the_stack_unless_it_is_the_default() -> None:
    assert "`make up`" in messages.interrupted("up", "local")
    assert "`make up STACK=two`" in messages.interrupted("up", "two")


def test_an_interrupted_run_ends_with_the_signals_status() -> None:
    assert Outcome(255, signal.SIGINT).exit_code == 130
    assert Outcome(0, signal.SIGINT).exit_code == 0
    assert Outcome(1, 0).exit_code == 1
