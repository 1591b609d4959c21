"""Plugin processes over gRPC, as the engine sees them: start, speak once, refuse by name, end."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, provider_pb2_grpc

from toolchain.standin.values import to_struct

ROOT = Path(__file__).parents[3]
SECONDS = 20
COMMAND_URN = "urn:pulumi:s::p::command:local:Command::c"


class Listener(engine_pb2_grpc.EngineServicer):
    """The engine's side: it only listens."""

    def __init__(self) -> None:
        self.heard: list[engine_pb2.LogRequest] = []

    def Log(self, request: Any, context: Any) -> Any:  # noqa: ARG002
        self.heard.append(request)
        return empty_pb2.Empty()


@pytest.fixture
def engine() -> Iterator[tuple[str, Listener]]:
    server, listener = grpc.server(ThreadPoolExecutor(2)), Listener()
    engine_pb2_grpc.add_EngineServicer_to_server(listener, server)
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    yield address, listener
    server.stop(0)


class Plugin:
    """One plugin process and the engine's connection to it."""

    def __init__(self, name: str, address: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"toolchain.standin.{name}", address],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        port = int(self.process.stdout.readline())
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.calls = provider_pb2_grpc.ResourceProviderStub(self.channel)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        self.channel.close()
        self.process.send_signal(number)
        _, complaints = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, complaints


@pytest.fixture
def plugin(engine: tuple[str, Listener]) -> Iterator[Plugin]:
    made = Plugin("command", engine[0])
    yield made
    if made.process.poll() is None:
        made.end()


@pytest.mark.parametrize("name", ["docker", "command"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_plugin_ends_quietly_when_told_to(name: str, number: int) -> None:
    assert Plugin(name, "127.0.0.1:1").end(number) == (0, "")


def running(process: int) -> bool:
    """Whether it lives; one that ended and was not waited for does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone_within(process: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while running(process) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not running(process)


def test_a_plugin_whose_cli_was_killed_ends_by_itself() -> None:
    cli = subprocess.Popen(
        ["sh", "-c", f"'{sys.executable}' -m toolchain.standin.command x:1 & echo $!; wait"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert cli.stdout is not None
    process, port = int(cli.stdout.readline()), cli.stdout.readline()
    assert int(port) > 0
    assert running(process)
    cli.kill()
    cli.wait()
    assert gone_within(process, SECONDS)


def test_a_plugin_that_ends_takes_its_commands_with_it(plugin: Plugin, tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    inputs = to_struct({"create": f"echo $$ > '{marker}'; exec sleep 100"})
    request = provider_pb2.CreateRequest(urn=COMMAND_URN, properties=inputs)
    going = plugin.calls.Create.future(request, timeout=SECONDS)
    deadline = time.monotonic() + SECONDS
    while not (marker.exists() and marker.read_text()):
        assert time.monotonic() < deadline, "the command never started"
        time.sleep(0.05)
    plugin.end()
    assert going.exception(SECONDS) is not None
    assert gone_within(int(marker.read_text()), SECONDS)


def test_all_processes_of_one_operation_say_once_that_they_are_stand_ins(
    engine: tuple[str, Listener],
) -> None:
    address, listener = engine
    plugins = [Plugin("command", address) for _ in range(3)]
    for one in plugins:
        one.calls.Configure(provider_pb2.ConfigureRequest(), timeout=SECONDS)
    assert [one.end()[0] for one in plugins] == [0, 0, 0]
    (said,) = listener.heard
    assert "command: served by docklab's stand-in provider, not the official plugin" in said.message
    assert said.severity == engine_pb2.INFO


def test_resource_types_and_functions_that_it_has_not_are_refused_by_name(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError) as check:
        plugin.calls.Check(
            provider_pb2.CheckRequest(urn="urn:pulumi:s::p::command:remote:Command::c"),
            timeout=SECONDS,
        )
    with pytest.raises(grpc.RpcError) as invoke:
        plugin.calls.Invoke(provider_pb2.InvokeRequest(tok="command:local:run"), timeout=SECONDS)
    refusal = "the stand-in command provider does not support"
    assert f"{refusal} command:remote:Command" in check.value.details()
    assert f"{refusal} command:local:run" in invoke.value.details()


def test_a_property_that_it_has_not_is_a_failed_check_and_no_error(plugin: Plugin) -> None:
    answer = plugin.calls.Check(
        provider_pb2.CheckRequest(urn=COMMAND_URN, news=to_struct({"archivePaths": ["x"]})),
        timeout=SECONDS,
    )
    (failure,) = answer.failures
    assert failure.property == "archivePaths"
    assert "Command.archivePaths: use the official plugin" in failure.reason


def test_cancel_ends_a_command_that_would_run_on(plugin: Plugin) -> None:
    request = provider_pb2.CreateRequest(
        urn=COMMAND_URN, properties=to_struct({"create": "sleep 100"})
    )
    running = plugin.calls.Create.future(request, timeout=SECONDS)
    plugin.calls.Cancel(empty_pb2.Empty(), timeout=SECONDS)
    with pytest.raises(grpc.RpcError, match="the operation was cancelled"):
        running.result()


def test_a_custom_timeout_ends_a_command(plugin: Plugin) -> None:
    request = provider_pb2.CreateRequest(
        urn=COMMAND_URN, properties=to_struct({"create": "sleep 100"}), timeout=0.2
    )
    with pytest.raises(grpc.RpcError, match="context deadline exceeded"):
        plugin.calls.Create(request, timeout=SECONDS)


def test_an_engine_that_is_away_fails_the_configuration_in_the_known_words() -> None:
    plugin = Plugin("docker", "127.0.0.1:1")
    request = provider_pb2.ConfigureRequest(args=to_struct({"host": "unix:///no/such.sock"}))
    with pytest.raises(grpc.RpcError) as caught:
        plugin.calls.Configure(request, timeout=SECONDS)
    plugin.end()
    assert "failed to connect to any docker daemon" in caught.value.details()
    assert "unix:///no/such.sock" in caught.value.details()
